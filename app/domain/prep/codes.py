"""What a scanned code may be: the tag of a unit, a case, a SKU, a serial number, a paper of ours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.db.driver import Statement
from app.domain.availability.queries import Connection

PAPERS: Final = {
    "PL": "pick list",
    "PK": "packing list",
    "DN": "delivery note",
    "RN": "return note",
    "HO": "hand-over receipt",
}
"""The kinds of papers that carry a code, by the letters in it."""

LONGEST: Final = 200
_BY_SERIAL: Final = 4
_PAPER = re.compile(r"AV-([A-Z]{2})-(\d{1,18})-(\d{1,9})", re.IGNORECASE)

NAMED: Final = """
    select 'unit' as kind, u.id, u.equipment_id, u.rental_id, 1 as rank from unit u
    where fold(u.asset_tag) = fold(:code) and u.deleted_at is null
    union all
    select 'case', c.id, null, null, 2 from gear_case c
    where fold(c.code) = fold(:code) and c.deleted_at is null
    union all
    select 'equipment', e.id, e.id, null, 3 from equipment e
    where fold(e.sku) = fold(:code) and e.deleted_at is null
    union all
    (select 'unit', u.id, u.equipment_id, u.rental_id, 4 from unit u
    where u.serial_number <> '' and fold(u.serial_number) = fold(:code) and u.deleted_at is null limit 2)
    order by rank
"""
"""What a `code` names; may be read along with something else (`found_in`)."""
_FIND = Statement(NAMED)


@dataclass(frozen=True, slots=True)
class Found:
    """What a code names: the id of a unit, a case or an equipment; `rental_id` is the line a unit is with."""

    kind: Literal["unit", "case", "equipment"]
    id: int
    equipment_id: int | None
    rental_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaperCode:
    """A printed paper: its kind, its event, and the revision of the event's gear when it was printed."""

    kind: str
    event_id: int
    revision: int

    @property
    def text(self) -> str:
        """What the QR code holds: letters, digits and hyphens, which every keyboard layout types alike."""
        return f"AV-{self.kind}-{self.event_id}-{self.revision}"

    @property
    def name(self) -> str:
        """What the paper is called."""
        return PAPERS[self.kind]


def read_paper_code(code: str) -> PaperCode | None:
    """The paper a scanned text is the code of; None when it is something else."""
    match = _PAPER.fullmatch(code.strip())
    if match is None or match[1].upper() not in PAPERS:
        return None
    return PaperCode(match[1].upper(), int(match[2]), int(match[3]))


async def find_code(connection: Connection, code: str) -> Found | None:
    """What a code names: tags before cases, skus and serial numbers. A serial number of two names nothing."""
    return found_in(await _FIND.rows(connection, {"code": code.strip()}))


def found_in(rows: Sequence[Any]) -> Found | None:
    """What the rows of one code come to, of which some may be empty."""
    found = sorted((row for row in rows if row["rank"] is not None), key=lambda row: row["rank"])
    if not found or (len(found) > 1 and found[0]["rank"] == _BY_SERIAL):
        return None
    first = found[0]
    return Found(first["kind"], first["id"], first["equipment_id"], first["rental_id"])
