"""Booking more than there is, on purpose: who may, and in which words."""

from typing import Any

from msgspec import UnsetType

from app.lib.errors import Forbidden
from app.web.permissions import OVERBOOK
from app.web.state import viewer_of


def reason_of(request: Any, sent: str | UnsetType) -> str:
    """The reason for overbooking that was sent, or none. Raises Forbidden without the capability."""
    if isinstance(sent, UnsetType) or not sent:
        return ""
    if not viewer_of(request).can(OVERBOOK):
        raise Forbidden("Your role does not allow overbooking.")
    return sent
