"""Serve the built files from memory: no file system access and no path handling per request."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from app.web.assets.bundle import PREFIX, Assets

TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".ico": b"image/x-icon",
    ".js": b"text/javascript; charset=utf-8",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
    ".webmanifest": b"application/manifest+json",
    ".woff2": b"font/woff2",
}
ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
FOR_EVER = b"public, max-age=31536000, immutable"
AN_HOUR = b"public, max-age=3600"
WITHOUT_HASH = ("favicon.ico", "manifest.webmanifest")


@dataclass(frozen=True, slots=True)
class Variant:
    """One file in one encoding, ready to be sent."""

    encoding: bytes
    body: bytes
    etag: bytes
    headers: list[tuple[bytes, bytes]]


def create_static_handler(directory: Path) -> ASGIRouteHandler:
    """Return the public handler of ``/static/``: the files of a built directory, held in memory.

    Names carry a hash of the content, so answers may be cached for ever. Anything else below ``/static/``,
    whatever its spelling, is 404: names are looked up, never joined to a path.
    """
    served = {
        f"/{path.name}/": _variants(path, FOR_EVER) for path in directory.iterdir() if path.suffix in TYPES
    }
    return _handler(PREFIX.rstrip("/"), served, is_mount=True)


def create_root_handlers(assets: Assets) -> list[ASGIRouteHandler]:
    """Return the public handlers of the files that browsers ask for by a fixed name, cached for an hour."""
    return [
        _handler(
            f"/{name}",
            {f"/{name}": _variants(assets.directory / assets.files[name], AN_HOUR)},
            is_mount=False,
        )
        for name in WITHOUT_HASH
    ]


def _handler(path: str, served: Mapping[str, list[Variant]], *, is_mount: bool) -> ASGIRouteHandler:
    # a mount hands over the rest of the path between slashes; whoever asks is not looked up in the database
    @asgi(path, is_mount=is_mount, opt={"public": True, "skip_authentication": True}, copy_scope=False)
    async def files(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _send(send, 405, [(b"allow", b"GET, HEAD")], b"Method not allowed")
            return
        variants = served.get(scope["path"])
        if variants is None:
            await _send(
                send, 404, [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")], b"Not found"
            )
            return
        headers = dict(scope["headers"])
        variant = _choose(variants, headers.get(b"accept-encoding", b""))
        if variant.etag in headers.get(b"if-none-match", b""):
            await _send(send, 304, variant.headers, b"")
            return
        length = (b"content-length", b"%d" % len(variant.body))
        await _send(send, 200, [*variant.headers, length], b"" if scope["method"] == "HEAD" else variant.body)

    return files


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _choose(variants: list[Variant], accepted: bytes) -> Variant:
    """Return the smallest variant the client accepts; the last one, unencoded, suits everybody."""
    for variant in variants[:-1]:
        for wish in accepted.split(b","):
            name, _, weight = wish.partition(b";")
            if name.strip().lower() == variant.encoding and weight.replace(b" ", b"") not in (
                b"q=0",
                b"q=0.0",
            ):
                return variant
    return variants[-1]


def _variants(path: Path, caching: bytes) -> list[Variant]:
    """Read a file and its compressed siblings, best compression first, the file itself last."""
    found = [(encoding, path.with_name(path.name + ending)) for encoding, ending in ENCODINGS]
    present = [(encoding, sibling) for encoding, sibling in found if sibling.exists()]
    return [
        _variant(encoding, sibling, path.suffix, caching) for encoding, sibling in [*present, (b"", path)]
    ]


def _variant(encoding: bytes, file: Path, suffix: str, caching: bytes) -> Variant:
    body = file.read_bytes()
    etag = b'"%s"' % hashlib.sha256(body).hexdigest()[:16].encode()
    headers = [(b"content-type", TYPES[suffix]), (b"cache-control", caching), (b"etag", etag)]
    headers.append((b"vary", b"accept-encoding"))
    if encoding:
        headers.append((b"content-encoding", encoding))
    return Variant(encoding, body, etag, headers)
