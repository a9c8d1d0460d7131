"""The outermost layer, around everything including error pages, static files and streams."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from app.lib.errors import PayloadTooLarge
from app.web.rate_limits import Standing

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# what binds a document; a browser that fetches from a script says so itself (no page can forge that), and
# for such answers the policy of the page that asked holds
DOCUMENT_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=(), payment=()"),
]
CLIENT_PAGES = ("/q/", "/pay/")
"""Pages of clients, which are opened by a link and found by nobody else."""
MAX_BODY = 30 * 1024 * 1024

REQUESTS = Counter("http_requests", "Requests answered", ["method", "status"])
SECONDS = Histogram("http_request_seconds", "Time to the last byte, live streams apart", ["method"])

log = structlog.get_logger("app.request")


class OuterLayer:
    """Request id, security headers, body limit, access log and metrics."""

    def __init__(self, app: ASGIApp, *, trusted_proxies: frozenset[str], secure: bool) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies
        self.headers = list(SECURITY_HEADERS)
        if secure:
            self.headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and see it through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        scope["request_id"] = request_id  # type: ignore[typeddict-unknown-key]
        scope["client_ip"] = self._client_ip(scope)  # type: ignore[typeddict-unknown-key]
        by_script = (b"sec-fetch-dest", b"empty") in scope["headers"]
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", []))
                headers.extend(self.headers)
                if not by_script:
                    headers.extend(DOCUMENT_HEADERS)
                headers.append((b"x-request-id", request_id.encode()))
                headers.extend(_rate_limit_headers(scope))
                if scope["path"].startswith(CLIENT_PAGES):
                    headers.append((b"x-robots-tag", b"noindex, nofollow"))
                message["headers"] = headers
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, _limited(receive), sending)
            self._account(scope, status, time.perf_counter() - started)

    def _client_ip(self, scope: Any) -> str:
        """Who asks: the nearest address that is no proxy of ours. What stands before it may be invented."""
        peer: str = scope["client"][0] if scope.get("client") else ""
        if peer not in self.trusted_proxies and (peer or not self.trusted_proxies):
            return peer
        # a proxy adds to the line that is there, or adds a line of its own
        lines = (value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
        chain = [address for line in lines for part in line.split(",") if (address := part.strip())]
        strangers = (address for address in reversed(chain) if address not in self.trusted_proxies)
        return next(strangers, chain[0] if chain else peer)

    def _account(self, scope: Any, status: int, seconds: float) -> None:
        path: str = scope["path"]
        REQUESTS.labels(scope["method"], str(status)).inc()
        if path != "/live":
            SECONDS.labels(scope["method"]).observe(seconds)
        if path.startswith(("/static/", "/health/", "/metrics")):
            return
        viewer = scope.get("user")
        log.info(
            "request",
            method=scope["method"],
            path=path,
            status=status,
            ms=round(seconds * 1000, 1),
            user=viewer.username if viewer else None,
            ip=scope["client_ip"],
        )


def _rate_limit_headers(scope: Any) -> list[tuple[bytes, bytes]]:
    """Where the sender stands, on every answer of a route that counts."""
    standing: Standing | None = scope.get("rate_limit")
    if standing is None:
        return []
    return [
        (b"x-ratelimit-limit", str(standing.limit).encode()),
        (b"x-ratelimit-remaining", str(standing.remaining).encode()),
        (b"x-ratelimit-reset", str(standing.reset).encode()),
    ]


def _limited(receive: Receive) -> Callable[[], Any]:
    """Stop reading a body that is larger than any route takes."""
    taken = 0

    async def receiving() -> Any:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise PayloadTooLarge("This is more than 30 MB.")
        return message

    return receiving
