"""Idempotency-Key: the same POST sent again does nothing twice and gets the same answer.

The key is written down before the request goes on. The transaction of the request marks it as done
(`mark_done`), so there is no moment at which the work is done and the key does not say so. The answer is kept
afterwards; should the process die in between, the next try learns that it was done, and no more.

What was refused or failed changed nothing: the key is free again.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Message,
    Receive,
    Scope,
    Send,
)
from sqlalchemy import Interval, LargeBinary, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.lib.errors import Conflict, InvalidInput
from app.web.state import Runtime
from app.web.viewer import Viewer

HEADER = b"idempotency-key"
SHOWN_ONCE = "answer_is_shown_once"
"""In the `opt` of a handler: its answer has a secret, so it is not kept."""

DONE = 0
# no transaction lasts that long: what is still under way then was cut off, and nothing of it is there
LONGEST_REQUEST = timedelta(minutes=2)
_KEPT_HEADERS = (b"content-type", b"etag", b"location")
_KEY = re.compile(rb"[!-~]{1,200}")

_CLAIM = text("""
    insert into idempotency_key (user_id, key, fingerprint) values (:user_id, :key, :fingerprint)
    on conflict (user_id, key) do update set created_at = now(), fingerprint = excluded.fingerprint
      where idempotency_key.status is null and idempotency_key.created_at < now() - :longest
    returning true
""").bindparams(bindparam("longest", type_=Interval))
_FIND = text("""
    select fingerprint, status, headers, body from idempotency_key where user_id = :user_id and key = :key
""")
_MARK = text("update idempotency_key set status = :done where user_id = :user_id and key = :key")
_KEEP = text("""
    update idempotency_key set status = :status, headers = :headers, body = :body
    where user_id = :user_id and key = :key
""").bindparams(bindparam("headers", type_=JSONB), bindparam("body", type_=LargeBinary))
_FREE = text("delete from idempotency_key where user_id = :user_id and key = :key and status is null")

log = structlog.get_logger("app.idempotency")


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a request works under."""

    user_id: int
    key: str

    @property
    def named(self) -> dict[str, Any]:
        """As parameters of a statement."""
        return {"user_id": self.user_id, "key": self.key}


async def mark_done(session: AsyncSession, scope: Any) -> None:
    """Within the transaction of a request: once it is committed, its key is used up."""
    claim: Claim | None = scope.get("idempotency")
    if claim is not None:
        await session.execute(_MARK, {**claim.named, "done": DONE})


class Idempotency(ASGIMiddleware):
    """Honours Idempotency-Key on every POST of somebody who is signed in."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from what is kept, or go on and keep the answer. Raises InvalidInput, Conflict."""
        key = next((value for name, value in scope["headers"] if name == HEADER), None)
        viewer: Viewer | None = scope.get("user")
        if key is None or viewer is None or scope.get("method") != "POST":
            await next_app(scope, receive, send)
            return
        claim = Claim(viewer.id, _checked(key))
        body = await _read(receive)
        here: Runtime = scope["litestar_app"].state.runtime
        async with here.read_engine.connect() as connection:
            kept = await _claim(connection, claim, _fingerprint(scope, body))
        if kept is not None:
            await _send(send, kept.status, kept.headers, kept.body)
            return
        # the answer is kept as it is said, whatever the next one who asks can unpack
        scope["headers"] = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        scope["idempotency"] = claim  # type: ignore[typeddict-unknown-key]
        keeper = _Keeper(send)
        try:
            await next_app(scope, _replay(body, receive), keeper)
        finally:
            kept = keeper.answer if keeper.succeeded and not _is_shown_once(scope) else None
            # also when whoever asked is gone by now
            await asyncio.shield(_settle(here, claim, kept))
        await keeper.let_go()


async def _settle(here: Runtime, claim: Claim, answer: dict[str, Any] | None) -> None:
    """Keep the answer of what was done, free the key of what was not."""
    async with here.read_engine.connect() as connection:
        if answer is not None:
            await connection.execute(_KEEP, {**claim.named, **answer})
        await connection.execute(_FREE, claim.named)


class _Keeper:
    """Holds an answer back until it is kept."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in message["headers"]
                if name.lower() in _KEPT_HEADERS
            }
        elif message["type"] == "http.response.body":
            self._body += message["body"]

    @property
    def succeeded(self) -> bool:
        return 200 <= self._status < 300  # noqa: PLR2004 - what HTTP calls a success

    @property
    def answer(self) -> dict[str, Any]:
        return {"status": self._status, "headers": self._headers, "body": self._body}

    async def let_go(self) -> None:
        for message in self._messages:
            await self._send(message)


async def _claim(connection: AsyncConnection, claim: Claim, fingerprint: str) -> Any:
    """None when the key is ours now, else the answer that is kept. Raises InvalidInput, Conflict."""
    asked = {**claim.named, "fingerprint": fingerprint, "longest": LONGEST_REQUEST}
    if (await connection.execute(_CLAIM, asked)).scalar():
        return None
    known = (await connection.execute(_FIND, claim.named)).one_or_none()
    if known is not None and known.fingerprint != fingerprint:
        raise InvalidInput({"Idempotency-Key": "This key was sent with another request."})
    if known is None or known.status is None:
        raise Conflict("This request is under way. Ask again in a moment.")
    if known.body is None:
        raise Conflict("This was done before; its answer is not kept.")
    return known


def _checked(key: bytes) -> str:
    if not _KEY.fullmatch(key):
        raise InvalidInput({"Idempotency-Key": "Send 1 to 200 printable ASCII characters, without spaces."})
    return key.decode("ascii")


def _fingerprint(scope: Scope, body: bytes) -> str:
    return hashlib.sha256(
        b"\n".join((scope["path"].encode(), scope["query_string"], hashlib.sha256(body).digest()))
    ).hexdigest()


def _is_shown_once(scope: Any) -> bool:
    return bool(scope["route_handler"].opt.get(SHOWN_ONCE))


async def _read(receive: Receive) -> bytes:
    """The whole body; the outer layer bounds it."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message["body"]
        if not message["more_body"]:
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receiving() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    pairs += [(b"idempotency-replayed", b"true"), (b"cache-control", b"no-store")]
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": pairs}
    rest: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}
    await send(start)
    await send(rest)
