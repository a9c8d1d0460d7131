"""A device at the bench without a browser: what the API or the page asks for, at little cost of its own."""

import json
import re
import socket
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import brotli

_FIELD = re.compile(r'name="(step|by|units|case_id|at|since|known)" value="([^"]*)"')
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "Accept": "text/html",
    "Accept-Encoding": "br",
    "Sec-Fetch-Dest": "empty",
}


class Device:
    """One kept connection of somebody who is signed in. Blocks while it waits."""

    def __init__(self, url: str, session_token: str, csrf_token: str) -> None:
        self._host = urlsplit(url).netloc
        name, _, port = self._host.partition(":")
        # not http.client, which takes as long to read an answer as the server takes to find out who asks
        self._socket = socket.create_connection((name, int(port)), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._own = {"Cookie": f"av_session={session_token}", "x-csrftoken": csrf_token}
        self._state = dict[str, str]()

    def scan_by_api(self, event_id: int, tag: str) -> None:
        """Scan a unit. Raises RuntimeError when it is not counted."""
        body = json.dumps({"nonce": str(uuid4()), "code": tag})
        answer = self._send("POST", f"/api/prep/{event_id}/scans", body, {"Content-Type": "application/json"})
        if not json.loads(answer)["data"]["counted"]:
            raise RuntimeError(answer)

    def scan_on_page(self, event_id: int, tag: str) -> None:
        """The same as the page sends it, which is shown first; the next scan sends what the answer says."""
        if not self._state:
            self._note(self._send("GET", f"/prep/{event_id}", "", {}))
        body = urlencode(self._state | {"nonce": str(uuid4()), "code": tag, "device": "Tablet 1"})
        answer = self._send("POST", f"/prep/{event_id}/scans", body, _FORM)
        if 'data-counted="true"' not in answer:
            raise RuntimeError(answer)
        self._note(answer)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> str:
        content = body.encode()
        said = {"Host": self._host, "Content-Length": str(len(content)), **self._own, **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + content)
        head, _, answer = self._received().partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head!r} {answer[:500]!r}")
        packed = b"content-encoding: br" in head.lower()
        return (brotli.decompress(answer) if packed else answer).decode()

    def _received(self) -> bytes:
        """A whole answer, as long as it says that it is."""
        received = b""
        while True:
            more = self._socket.recv(65536)
            if not more:
                raise RuntimeError("the server hung up")
            received += more
            head, found, answer = received.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if not found:
                continue
            if length is None:
                raise RuntimeError(f"no length: {head!r}")
            if len(answer) >= int(length[1]):
                return received

    def _note(self, text: str) -> None:
        self._state = dict(_FIELD.findall(text[text.index('id="bench-state"') :]))
