"""A device at the bench without a browser: what the API or the page asks for, at little cost of its own."""

import json
import re
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import brotli

_FIELD = re.compile(r'name="(step|by|units|case_id|at|since|known)" value="([^"]*)"')
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
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
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
        self._connection.close()

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> str:
        self._connection.request(method, path, body.encode(), self._own | headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:500]!r}")
        packed = answer.getheader("Content-Encoding") == "br"
        return (brotli.decompress(content) if packed else content).decode()

    def _note(self, text: str) -> None:
        self._state = dict(_FIELD.findall(text[text.index('id="bench-state"') :]))
