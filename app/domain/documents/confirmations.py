"""The confirmation of an order: what was accepted, with the options that were chosen and by whom."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from app.domain.documents.content import Document
from app.domain.documents.printing import Print, print_of
from app.domain.documents.queries import VersionFacts
from app.domain.documents.summing import with_options


def confirmation_of(document: Document, facts: VersionFacts, *, back_url: str = "/") -> Print:
    """The document of an accepted version as a confirmation, dated when it was accepted."""
    if facts.chosen is not None:
        document = with_options(document, facts.chosen)
    confirmed = _confirmed(document, facts.acceptance.at if facts.acceptance else facts.decided_at)
    return print_of(confirmed, acceptance=facts.acceptance, back_url=back_url)


def _confirmed(document: Document, at: datetime | None) -> Document:
    day = at.astimezone(ZoneInfo(document.sender.time_zone)).date() if at else document.dated
    return msgspec.structs.replace(document, kind="order_confirmation", dated=day)
