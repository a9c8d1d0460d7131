"""What htmx 4 says in a request and hears in a response: the one file that knows its header names."""

import json
from dataclasses import asdict, dataclass
from typing import Any

VARY = "HX-Request, HX-Request-Type"


def is_htmx(request: Any) -> bool:
    """Whether a script of ours asks, rather than the browser itself."""
    return request.headers.get("hx-request") == "true"


def wants_partial(request: Any) -> bool:
    """Whether only a part of the page is to be swapped; boosted links and history want it whole."""
    return (
        is_htmx(request)
        and request.headers.get("hx-request-type") == "partial"
        and "hx-history-restore-request" not in request.headers
    )


@dataclass(frozen=True, slots=True)
class Toast:
    """A receipt in the corner. tone: "", green, amber, plum or red; `undo_url` adds Undo."""

    title: str
    text: str = ""
    tone: str = "green"
    undo_url: str | None = None


def toast_header(toast: Toast) -> dict[str, str]:
    """The response header that shows a toast; ASCII only, as headers must be."""
    return {"HX-Trigger": json.dumps({"toast": asdict(toast)})}
