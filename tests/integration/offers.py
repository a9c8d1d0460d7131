"""Quotes that were sent, and clients who have the link, in a few words."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import Equipment, QuoteHappening, QuoteVersion, Rental
from app.domain.clients.service import create_client
from app.domain.documents.content import Document, from_json
from app.domain.quotes.links import link_for
from app.domain.quotes.sending import send_version
from app.domain.quotes.service import create_quote
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import a_rental, an_event, some_equipment
from tests.integration.guests import browser, take_token

SECRET = "test-" + "k" * 40


@dataclass
class Sent:
    """A quote that was sent, with an option, and what it is about."""

    version_id: int
    quote_id: int
    event_id: int
    path: str
    gear: Equipment
    extra: Equipment
    rental: Rental
    option: Rental

    @property
    def key(self) -> str:
        return f"rental:{self.option.id}"


async def a_sent_quote(
    work: UnitOfWork, *, stock: int = 4, wanted: int = 3, lines: int = 0, secret: str = SECRET, **event: Any
) -> Sent:
    """Three pieces at 100 a day, one that may be added at 50, for a client called Helvetia."""
    gear = await some_equipment(work, stock, daily_rate=Decimal(100))
    extra = await some_equipment(work, 2, daily_rate=Decimal(50))
    client = await create_client(work, {"name": "Helvetia Pharma AG", "email": "office@helvetia.example"})
    occasion = await an_event(work, client_id=client.id, **event)
    rental = await a_rental(work, occasion, gear, wanted)
    option = await a_rental(work, occasion, extra, 1, optional=True)
    for _ in range(lines):
        await a_rental(work, occasion, extra, 1, optional=True)
    version = await create_quote(work, occasion.id)
    await send_version(work, version.id, today=now().date())
    link = await link_for(work, secret, version.quote_id)
    return Sent(version.id, version.quote_id, occasion.id, link.path, gear, extra, rental, option)


async def happened(work: UnitOfWork, version_id: int, kind: str) -> list[QuoteHappening]:
    found = await work.session.scalars(
        select(QuoteHappening)
        .where(QuoteHappening.version_id == version_id, QuoteHappening.kind == kind)
        .order_by(QuoteHappening.id)
    )
    return list(found)


async def content_of(work: UnitOfWork, version_id: int) -> Document:
    kept = await work.session.scalar(select(QuoteVersion.content).where(QuoteVersion.id == version_id))
    assert kept is not None
    return from_json(kept)


async def a_client(app: Any, path: str, **headers: str) -> httpx.AsyncClient:
    """Somebody with a browser of their own and the link."""
    guest = browser(app, **headers)
    await take_token(guest, path)
    return guest


def form_of(page: str) -> dict[str, str]:
    """What the form of an acceptance says by itself."""
    names = ("version", "content_hash", "gross")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match} | {
        "name": "Claudia Bärtschi",
        "terms": "1",
    }
