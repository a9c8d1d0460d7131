"""What htmx 4 says in a request and hears in a response: the one file that knows its header names."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
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


def is_partial_request(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """The same as `wants_partial`, of raw headers and without regard to the history."""
    sent = dict(headers)
    return sent.get(b"hx-request") == b"true" and sent.get(b"hx-request-type") == b"partial"


@dataclass(frozen=True, slots=True)
class Toast:
    """A receipt in the corner. tone: "", green, amber, plum or red.

    `undo_url` adds Undo, `link_url` with `link_text` a link.
    """

    title: str
    text: str = ""
    tone: str = "green"
    undo_url: str | None = None
    link_url: str | None = None
    link_text: str = ""


def with_missing(toast: Toast, missing: str) -> Toast:
    """The receipt of something that leaves gear short, as `missing` says, with the way to the workbench."""
    if not missing:
        return toast
    text = f"{toast.text}{'' if toast.text.endswith('.') else '.'} {missing}" if toast.text else missing
    return replace(toast, text=text, tone="amber", link_url="/shortages", link_text="Shortages")


def toast_header(toast: Toast) -> dict[str, str]:
    """The response header that shows a toast."""
    return event_header({"toast": asdict(toast)})


def event_header(events: Mapping[str, object]) -> dict[str, str]:
    """The response header that fires events with their details; ASCII only, as headers must be."""
    return {"HX-Trigger": json.dumps(events)}


def goes_elsewhere(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer leads to another page."""
    return any(name.lower() == b"hx-redirect" for name, _ in headers)


def with_trigger(
    headers: Iterable[tuple[bytes, bytes]], name: str, detail: object
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that also has the page dispatch this event."""
    kept = list[tuple[bytes, bytes]]()
    events = dict[str, object]()
    for header, value in headers:
        if header.lower() == b"hx-trigger":
            events |= json.loads(value)
        else:
            kept.append((header, value))
    return [*kept, (b"hx-trigger", json.dumps(events | {name: detail}).encode())]
