"""Booking more than there is, on purpose: who may, and in which words."""

from typing import Any

from msgspec import UnsetType

from app.lib.errors import Forbidden
from app.lib.fields import clean
from app.web.permissions import OVERBOOK
from app.web.state import viewer_of

FIELD = "overbook_reason"
_LONGEST = 500


def take_reason(request: Any, form: dict[str, str]) -> str:
    """The reason for overbooking out of a form, which no longer has it then. Raises Forbidden."""
    return reason_of(request, clean(form.pop(FIELD, ""))[:_LONGEST])


def reason_of(request: Any, sent: str | UnsetType) -> str:
    """The reason for overbooking that was sent, or none. Raises Forbidden without the capability."""
    if isinstance(sent, UnsetType) or not sent:
        return ""
    if not viewer_of(request).can(OVERBOOK):
        raise Forbidden("Your role does not allow overbooking.")
    return sent
