"""What a tap or a scan sends, read from its form and from the view in its address."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request

from app.domain.prep.judging import AGAINST_PROMISES
from app.domain.prep.ledger import Act
from app.lib.errors import Forbidden, InvalidInput
from app.lib.fields import clean, identifier
from app.web.forms import form_text
from app.web.permissions import DISPATCH_OVERRIDE
from app.web.state import viewer_of

LONGEST_DEVICE, LONGEST_REASON = 80, 500


async def bench_form(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of a form at the bench, over those of the address it was sent to."""
    return {**dict(request.query_params), **await form_text(request)}


def act_of(form: dict[str, str]) -> Act:
    """Which tap it is, and whether it waited on its device. Raises InvalidInput without a nonce."""
    nonce = nonce_in(form.get("nonce", ""))
    if nonce is None:
        raise InvalidInput({"nonce": "Load the page again: this tap has no number."})
    return Act(
        nonce,
        device=clean(form.get("device", ""))[:LONGEST_DEVICE],
        device_at=_instant(form.get("device_at", "")),
        queued=form.get("queued", "") in ("1", "true"),
    )


def nonce_in(text: str) -> UUID | None:
    """The number of a tap; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def whole_number(form: dict[str, str], name: str) -> int:
    """A number with its sign. Raises InvalidInput."""
    try:
        return int(form.get(name, "").strip().replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        raise InvalidInput({name: "Type a whole number."}) from None


def record_id(form: dict[str, str], name: str) -> int:
    """The id of a record. Raises InvalidInput."""
    found = identifier(form.get(name))
    if found is None:
        raise InvalidInput({name: "This names no record."})
    return found


def reason_of(form: dict[str, str]) -> str:
    """Why something is taken back: what was typed, else what was chosen."""
    return clean(form.get("other_reason", "") or form.get("reason", ""))[:LONGEST_REASON]


def may_force(request: Request[Any, Any, Any], force: str) -> str:
    """The verdict to overrule. Raises Forbidden for who may not take what others are promised."""
    if force in AGAINST_PROMISES and not viewer_of(request).can(DISPATCH_OVERRIDE):
        raise Forbidden("Your role does not allow to take what others are promised. Ask a manager.")
    return force


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
