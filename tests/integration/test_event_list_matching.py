"""Lines as riders have them, against a catalogue: what is sure, what is only likely, and what is nothing."""

import re
from typing import Any

from sqlalchemy import select

from app.db.models import Equipment
from app.domain.events.matching import match_lines
from app.domain.events.pasting import read_list
from tests.integration.booking import a_category, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}
CATALOGUE = {
    "MIC-SM58": "Shure SM58", "MIC-B58": "Shure Beta 58A", "MIC-U87": "Neumann U 87", "SPK-K2": "L-Acoustics K2",
    "CAS-K2": "K2 dolly for 4 boxes", "AMP-LA4X": "L-Acoustics LA4X", "DIM-LN12": "Luminex LumiNode 12",
    "LGT-CSPAR": "ETC ColorSource PAR", "CBL-XLR5": "XLR 3-pin, 5 m", "CBL-XLR10": "XLR 3-pin, 10 m",
    "CBL-DMX10": "DMX 5-pin, 10 m", "DI-JDI": "Radial JDI DI box", "MIX-Q225": "DiGiCo Quantum 225",
    "LGT-BMFL": "Robe BMFL Spot", "47110815": "Gaffer tape black",
    "SPK-QK122": "QSC K12.2",
}  # fmt: skip
# line, quantity, what is preselected ("" for nothing), whether that is sure
LINES = [
    ("4x SM58", 4, "Shure SM58", True),
    ("4 x SM58", 4, "Shure SM58", True),
    ("4xSM58", 4, "Shure SM58", True),
    ("SM58 (4)", 4, "Shure SM58", True),
    ("SM58: 4", 4, "Shure SM58", True),
    ("SM58 4x", 4, "Shure SM58", True),
    ("4 SM58s", 4, "Shure SM58", True),
    ("two SM 58", 2, "Shure SM58", True),
    ("- 2 Shure SM58", 2, "Shure SM58", True),
    ("3 pcs MIC-SM58", 3, "Shure SM58", True),
    ("Shure Beta 58A", 1, "Shure Beta 58A", True),
    ("3x beta 58a", 3, "Shure Beta 58A", True),
    ("2 u87", 2, "Neumann U 87", True),
    ("2 U 87", 2, "Neumann U 87", True),
    ("four K2", 4, "L-Acoustics K2", True),
    ("2 K2s", 2, "L-Acoustics K2", True),
    ("twelve x K2", 12, "L-Acoustics K2", True),
    ("2 K12", 2, "QSC K12.2", False),
    ("K2 dolly", 1, "K2 dolly for 4 boxes", False),
    ("3 K2 dollies", 3, "", False),
    ("8 LA4X", 8, "L-Acoustics LA4X", True),
    ("LA4X x 12", 12, "L-Acoustics LA4X", True),
    ("4x", 1, "", False),
    ("x 4", 1, "", False),
    ("12", 1, "", False),
    ("12 pcs", 12, "", False),
    ("1 LumiNode 12", 1, "Luminex LumiNode 12", True),
    ("2 Luminode", 2, "Luminex LumiNode 12", False),
    ("12 par", 12, "ETC ColorSource PAR", False),
    ("12 pars", 12, "ETC ColorSource PAR", False),
    ("10x xlr 10m", 10, "XLR 3-pin, 10 m", False),
    ("10 XLR 10 m", 10, "XLR 3-pin, 10 m", False),
    ("20 xlr 5m", 20, "XLR 3-pin, 5 m", False),
    ("2 DI boxes", 2, "Radial JDI DI box", True),
    ("6 DI box", 6, "Radial JDI DI box", True),
    ("6 JDI", 6, "Radial JDI DI box", False),
    ("2 Quantum 225", 2, "DiGiCo Quantum 225", True),
    ("5 BMFL Spots", 5, "Robe BMFL Spot", True),
    ("3x BMFL", 3, "Robe BMFL Spot", False),
    ("2 Two Notes", 2, "", False),
    ("5 Frobnicators", 5, "", False),
    ("47110815", 1, "Gaffer tape black", True),
    ("2x 47110815", 2, "Gaffer tape black", True),
]


async def catalogue(work: Any) -> None:
    async with work() as unit:
        if await unit.session.scalar(select(Equipment.id).where(Equipment.sku == "SPK-K2")):
            return
        category = await a_category(unit)
        for sku, name in CATALOGUE.items():
            await some_equipment(unit, 100, name=name, sku=sku, category_id=category)


async def test_what_real_lines_mean(work: Any) -> None:
    await catalogue(work)
    async with work() as unit:
        connection = await unit.session.connection()
        matches = await match_lines(connection, read_list("\n".join(line for line, *_ in LINES)))
    taken = [
        (
            match.line.text,
            match.reading.quantity,
            match.candidates[0].name if match.candidates and not match.guess else "",
            match.sure,
        )
        for match in matches
    ]
    assert taken == LINES
    offered = {match.line.text: [one.name for one in match.candidates] for match in matches}
    assert "XLR 3-pin, 10 m" in offered["10x xlr 10m"]
    doubts = {match.line.text for match in matches if match.reading.doubt.startswith("A number only")}
    assert doubts == {"4x", "x 4", "12", "12 pcs"}


async def test_what_nothing_is_like_is_looked_for_by_other_words(work: Any, sign_in: Any) -> None:
    await catalogue(work)
    async with work() as unit:
        event = await an_event(unit)
    employee = await sign_in("employee")
    address, text = f"/events/{event.id}/list", "5 Frobnicators\n2 K2"
    page = (await employee.post(address, data={"text": text})).text
    assert 'name="find-0"' in page
    assert 'name="find-1"' not in page
    asked = {"text": text, "quantity-0": "5", "pick-0": "", "find-0": "quantum", "found-0": ""}
    found = (await employee.post(address, data=asked, headers=PART)).text
    picked = re.search(r'value="(\d+)" selected>DiGiCo Quantum 225', found)
    assert picked is not None
    # once found, to skip the line all the same is a choice that stays
    skipped = (await employee.post(address, data=asked | {"found-0": "quantum"}, headers=PART)).text
    assert 'value="" selected>Skip this line' in skipped
    asked |= {"found-0": "quantum", "pick-0": picked[1]}
    assert (await employee.post(f"{address}/rentals", data=asked)).status_code == 303
    assert "DiGiCo Quantum 225" in (await employee.get(f"/events/{event.id}")).text
