"""How a booking that does not fit is answered: a panel that says what is short, when, because of whom."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from litestar import Response

from app.domain.availability.shortage import Shortage
from app.lib.periods import FOREVER
from app.web.errors import Rejected
from app.web.htmx import Toast, wants_partial
from app.web.overbooking import FIELD
from app.web.render import page, partial, redirect


@contextmanager
def refusing(
    request: Any,
    event_id: int,
    typed: Mapping[str, str],
    *,
    may_overbook: bool = True,
    field: Mapping[str, Any] | None = None,
) -> Generator[None]:
    """Turn a shortage inside the block into the panel; the transaction rolls back.

    `typed` is sent again when somebody overbooks on purpose, where that is a way. `field` is what
    events/_quantity.html needs to be shown again with what was typed.
    """
    try:
        yield
    except Shortage as shortage:
        kept = typed if may_overbook else None
        raise Rejected(_refusal(request, event_id, kept, shortage, field)) from shortage


def done(request: Any, event_id: int, toast: Toast) -> Response[str]:
    """Answer a booking that was made: the receipt, and no panel of an earlier refusal any more."""
    if wants_partial(request):
        return partial(request, "events/_done.html", toast=toast, rental=None)
    return redirect(request, f"/events/{event_id}", toast=toast)


def _refusal(
    request: Any,
    event_id: int,
    typed: Mapping[str, str] | None,
    shortage: Shortage,
    field: Mapping[str, Any] | None,
) -> Response[str]:
    own = {"_csrf_token", FIELD}
    return page(
        request,
        "events/refused.html",
        partial="events/_refusal_part.html",
        status=409,
        event_id=event_id,
        shortages=shortage.shortages,
        again=request.scope["path"],
        may_overbook=typed is not None,
        kept={name: text for name, text in (typed or {}).items() if name not in own},
        forever=FOREVER,
        field=field,
    )
