"""What was accepted with options has them in every sum the office sees, as the invoice will."""

import csv
import io
from decimal import Decimal
from typing import Any

from app.db.models import QuoteVersion
from app.domain.quotes.accepting import Wish, accept
from tests.integration.offers import a_sent_quote, happened


async def test_options_that_were_chosen_count_on_every_page_and_in_the_file(work: Any, sign_in: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    async with work("manager") as unit:
        await accept(unit, Wish(sent.version_id, "Claudia", (sent.key,)))
    async with work("manager") as unit:
        version = await unit.session.get_one(QuoteVersion, sent.version_id)
        [acceptance] = await happened(unit, sent.version_id, "accepted")
    assert acceptance.gross is not None
    assert version.gross is not None
    assert acceptance.gross > version.gross
    manager = await sign_in("manager")
    words = f"€\N{NO-BREAK SPACE}{acceptance.gross:,.2f}".replace(",", "\N{THIN SPACE}")
    for path in (f"/quotes/{sent.quote_id}", f"/events/{sent.event_id}/quotes", "/quotes?show=accepted"):
        assert words in (await manager.get(path)).text, path
    page = (await manager.get(f"/quotes/{sent.quote_id}")).text
    assert "Net, with 1 option" in page
    assert "chosen" in page
    file = (await manager.get("/quotes/export?show=accepted")).text.lstrip("\N{BOM}")
    [row] = csv.DictReader(io.StringIO(file), delimiter=";" if ";" in file.splitlines()[0] else ",")
    assert Decimal(row["gross"]) == acceptance.gross
    assert {len(row[sum_].partition(".")[2]) for sum_ in ("net", "tax", "gross")} == {2}
    assert Decimal(row["net"]) + Decimal(row["tax"]) == acceptance.gross
