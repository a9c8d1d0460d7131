"""What technicians and viewers read of changes after money changed hands: nothing of sums, prices or discounts."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from app.db.models import Change, User
from app.domain.clients.service import edit_client
from app.domain.invoices.drafts import add_line as add_invoice_line
from app.domain.invoices.issuing import issue
from app.domain.invoices.service import deposit_invoice, edit_invoice
from app.domain.live.feed import Subscriber
from app.domain.payments.service import NewPayment, record_payment
from app.domain.pricing.service import create_list
from app.domain.quotes.accepting import Wish, accept
from app.domain.quotes.lines import add_line, edit_line
from app.domain.quotes.sending import send_version
from app.domain.quotes.service import edit_version
from app.lib.clock import now
from app.web.formatting import THIN
from app.web.permissions import CAPABILITIES, MONEY_READ
from tests.integration.invoicing import a_client
from tests.integration.quoting import a_quote
from tests.integration.test_routes_permissions import MISSING, STREAM, routes_of

# nothing else in this shop is called so, or comes to so much
LIST, LINE, EXTRA = "Friends of the house", "Conjuror for the gala", "Broken glass of the lobby"
SECRETS = (LIST, LINE, EXTRA, "417.83", "1234.56", "13.57", "8.31", "6.29")
_GROUPS = re.compile(rf"(?<=\d)[{THIN},](?=\d{{3}})")
BY_THE_WAY = (r"Q-\d{4}|INV-", r"[Dd]iscount", r"[Pp]rice[ _]list")


@dataclass(frozen=True)
class Told:
    """The records of an event from quote to payment, by the names their ids have in addresses."""

    ids: dict[str, int]
    since: int


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(app: Any) -> AsyncGenerator[Told]:
    from tests.conftest import work_of

    runtime = app.app.state.runtime
    async with work_of(runtime, "manager") as unit:
        since = await unit.session.scalar(select(Change.id).order_by(Change.id.desc()).limit(1))
        listed = await create_list(unit, {"name": LIST})
        client = await a_client(unit)
        quoted = await a_quote(unit, client_id=client.id)
    async with work_of(runtime, "manager") as unit:
        await edit_client(unit, client.id, {"discount_percent": Decimal("13.57")}, version=None)
    async with work_of(runtime, "manager") as unit:
        await edit_client(unit, client.id, {"price_list_id": listed.id, "phone": "0431 5"}, version=None)
    version_id = quoted.version.id
    async with work_of(runtime, "manager") as unit:
        await edit_version(unit, version_id, {"discount_percent": Decimal("8.31")}, version=None)
        await edit_line(unit, version_id, quoted.key, {"discount_percent": Decimal("6.29")}, version=None)
        await add_line(unit, version_id, {"name": LINE, "quantity": Decimal(1), "rate": Decimal("1234.56")})
    async with work_of(runtime, "manager") as unit:
        await send_version(unit, version_id, today=now().date())
    async with work_of(runtime, "manager") as unit:
        await accept(unit, Wish(version_id, "Claudia"))
    async with work_of(runtime, "manager") as unit:
        invoice = await deposit_invoice(unit, quoted.event.id, percent=Decimal(30))
        await edit_invoice(unit, invoice.id, {"closing": f"Less {EXTRA}"}, version=None)
        await add_invoice_line(
            unit, invoice.id, {"name": EXTRA, "rate": Decimal("1234.56"), "tax_percent": Decimal(19)}
        )
        await issue(unit, invoice.id)
        for invoice_id, event_id in ((invoice.id, None), (None, quoted.event.id), (None, None)):
            await record_payment(
                unit,
                NewPayment(
                    Decimal("417.83"), "cash", now().date(), f"told-{invoice_id}-{event_id}",
                    invoice_id=invoice_id, event_id=event_id, client_id=client.id, currency="EUR",
                ),
            )  # fmt: skip
    ids = {
        "event_id": quoted.event.id, "client_id": client.id, "rental_id": quoted.speakers.id,
        "equipment_id": quoted.speaker.id, "quote_id": quoted.version.quote_id, "number": 1,
        "invoice_id": invoice.id, "price_list_id": listed.id, "version_id": version_id,
    }  # fmt: skip
    yield Told(ids, since or 0)


def _addresses(app: Any, role: str, ids: dict[str, int]) -> list[str]:
    """Everything this role may ask for, at these records."""
    found = [
        re.sub(
            r"\{(\w+):(\w+)\}",
            lambda part: str(ids.get(part[1], MISSING.get(part[2], "missing"))),
            route.path,
        )
        for route in routes_of(app)
        if route.method == "GET" and route.path != STREAM and route.capability in CAPABILITIES[role]
    ]
    return sorted({*found, "/search?q=gala", "/search?q=conjuror", "/search?q=friends"})


async def _said(client: Any, addresses: list[str]) -> dict[str, list[str]]:
    """Where something secret stands, and what."""
    told: dict[str, list[str]] = {}
    for address in addresses:
        text = _GROUPS.sub("", (await client.get(address)).text)
        if words := [word for word in SECRETS if _stands(word, text)]:
            told[address] = words
    return told


def _stands(word: str, text: str) -> bool:
    """Whether a word is said; the same figures as the fraction of a second in a moment are not."""
    return re.search(rf"(?<!\d)(?<!\d:){re.escape(word)}", text) is not None


async def test_nothing_tells_of_money_to_those_who_do_not_read_prices(app, told, sign_in):
    assert MONEY_READ not in CAPABILITIES["technician"]
    # so what a technician is not told, no viewer is
    assert CAPABILITIES["viewer"] < CAPABILITIES["technician"]
    addresses = _addresses(app, "technician", told.ids)
    assert f"/events/{told.ids['event_id']}/history" in addresses
    assert len(addresses) > 150
    assert await _said(await sign_in("technician"), addresses) == {}


async def test_those_who_read_prices_find_all_of_it(told, sign_in):
    ids = told.ids
    event, client = f"/events/{ids['event_id']}", f"/clients/{ids['client_id']}"
    quote, invoice = f"/quotes/{ids['quote_id']}", f"/invoices/{ids['invoice_id']}"
    addresses = [f"{event}/history", f"{client}/history", quote, f"{quote}/history", invoice, "/payments"]
    found = await _said(await sign_in("employee"), addresses)
    assert {word for words in found.values() for word in words} == set(SECRETS)
    assert "417.83" in found[f"{event}/history"]
    assert "13.57" in found[f"{client}/history"]
    assert LIST in found[f"{client}/history"]


async def test_a_history_says_the_rest_and_names_no_paper(told, sign_in):
    technician = await sign_in("technician")
    event = (await technician.get(f"/events/{told.ids['event_id']}/history")).text
    client = (await technician.get(f"/clients/{told.ids['client_id']}/history")).text
    entries = "".join(re.findall(r"<main.*</main>", event + client, re.DOTALL))
    assert "added 2 lines" in entries or "Equipment" in entries
    assert "0431 5" in entries
    for pattern in BY_THE_WAY:
        assert not re.search(pattern, entries), pattern


async def test_nobody_takes_back_what_is_not_shown(app, told, sign_in):
    technician = await sign_in("technician")
    async with app.app.state.runtime.sessions() as session:
        rows = (
            await session.execute(
                select(Change.id, Change.operation).where(
                    Change.id > told.since, Change.entity.in_(("client", "quote_line", "invoice", "payment"))
                )
            )
        ).all()
    assert len(rows) > 5
    for row in rows:
        for address in (f"/changes/{row.id}/undo", f"/operations/{row.operation}/undo"):
            answer = await technician.post(address, headers={"hx-request": "true"})
            said = answer.text + str(answer.headers)
            assert not [word for word in SECRETS if _stands(word, said)], address


async def test_signals_name_no_field_of_money(app, told, work):
    feed = app.app.state.feed
    async with work() as unit:
        found = await unit.session.execute(select(User.username, User.id))
        people = {row.username: row.id for row in found}
    pages = {role: Subscriber(people[role], 0, CAPABILITIES[role]) for role in ("technician", "employee")}
    for page in pages.values():
        feed.subscribe(page)
    async with work("manager") as unit:
        await edit_client(
            unit,
            told.ids["client_id"],
            {"discount_percent": Decimal("6.29"), "phone": "0431 6"},
            version=None,
        )
    heard = {role: await _signal_of(page, "client") for role, page in pages.items()}
    for page in pages.values():
        feed.unsubscribe(page)
    assert heard["technician"]["fields"] == ["phone"]
    assert sorted(heard["employee"]["fields"]) == ["discount_percent", "phone"]


async def _signal_of(page: Subscriber, entity: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while event := await page.queue.get():
            data = re.search(rb"data: (.*)", event)
            for signal in json.loads(data[1])["changes"] if data else []:
                if signal["entity"] == entity:
                    return dict(signal)
    raise AssertionError(f"nothing was said of a {entity}")
