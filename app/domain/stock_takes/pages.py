"""The page of a stock take put together: rows of gear with what should be here and what was counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from app.domain.availability.queries import Connection
from app.domain.stock_takes.policy import CountedBulk, CountedUnit
from app.domain.stock_takes.queries import Take, counted_bulk, counted_units, stock_take
from app.lib.fields import clean
from app.lib.folding import fold

MOST_ROWS = 80
SHOWN = {"": "To count", "other": "Differences", "all": "Everything"}


@dataclass(frozen=True, slots=True)
class Look:
    """How the list is looked at: what of it, and words to find a row by."""

    show: str = ""
    q: str = ""

    def url(self, take_id: int, **other: str) -> str:
        """The address of the page looked at like this, or otherwise."""
        given = {name: value for name, value in {"show": self.show, "q": self.q, **other}.items() if value}
        return f"/stock-takes/{take_id}" + (f"?{urlencode(given)}" if given else "")


@dataclass(frozen=True, slots=True)
class Row:
    """An equipment in the list. `units` are empty for counted gear."""

    equipment_id: int
    name: str
    sku: str
    location: str
    expected: int
    counted: int
    photo: str | None
    icon: str
    serialized: bool
    units: Sequence[CountedUnit] = field(default=())

    @property
    def difference(self) -> int:
        """How many more were counted than should be here."""
        return self.counted - self.expected

    @property
    def stray(self) -> bool:
        """Whether something of it is not where it should be, or there is more of it than should be."""
        found = any(one.is_found for one in self.units)
        return found or self.difference > 0 or 0 < self.counted < self.expected

    @property
    def done(self) -> bool:
        """Whether all that should be here was counted."""
        if self.serialized:
            return not any(one.is_missing for one in self.units)
        return self.counted >= self.expected


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stock take with the rows that are shown; how many pieces are counted of those that should be here.

    `strays` are what was counted here and belongs elsewhere, shown or not: equipment and unit (None for
    counted gear), with a sentence that says where.
    """

    take: Take
    look: Look
    rows: Sequence[Row]
    hidden: int
    counted: int
    expected: int
    strays: Mapping[tuple[int, int | None], str]


def read_look(given: Mapping[str, str]) -> Look:
    """Read the address; what makes no sense is left out."""
    show = given.get("show", "")
    return Look(show if show in SHOWN else "", clean(given.get("q", ""))[:100])


async def sheet_of(
    connection: Connection, stock_take_id: int, look: Look, *, only: int | None = None
) -> Sheet:
    """Everything the page shows, or the row of one equipment: three statements. Raises NotFound."""
    take = await stock_take(connection, stock_take_id)
    bulk = await counted_bulk(connection, take.id, take.location)
    units = await counted_units(connection, take.id, take.location)
    rows = [*map(_of_bulk, bulk), *_of_units(units)]
    shown = [row for row in rows if (row.equipment_id == only if only else _is_shown(row, look))]
    return Sheet(
        take=take,
        look=look,
        rows=shown[:MOST_ROWS],
        hidden=max(len(shown) - MOST_ROWS, 0),
        counted=sum(min(row.counted, row.expected) for row in rows),
        expected=sum(row.expected for row in rows),
        strays=dict(_strays(bulk, units)),
    )


def sheet_context(sheet: Sheet) -> dict[str, Any]:
    """What the templates of the page need."""
    return {
        "sheet": sheet,
        "take": sheet.take,
        "look": sheet.look,
        "shown": SHOWN,
        "address": f"/stock-takes/{sheet.take.id}",
        "nonce": uuid4,
    }


def _strays(
    bulk: Sequence[CountedBulk], units: Sequence[CountedUnit]
) -> Iterator[tuple[tuple[int, int | None], str]]:
    for piece in bulk:
        if piece.is_found:
            yield (piece.equipment_id, None), piece.belongs
    for unit in units:
        if unit.is_found:
            yield (unit.equipment_id, unit.unit_id), unit.belongs


def _of_bulk(one: CountedBulk) -> Row:
    facts = (one.equipment_id, one.name, one.sku, one.location, one.expected, one.counted)
    return Row(*facts, one.photo, one.icon, serialized=False)


def _of_units(units: Sequence[CountedUnit]) -> list[Row]:
    by_equipment = dict[int, list[CountedUnit]]()
    for one in units:
        by_equipment.setdefault(one.equipment_id, []).append(one)
    return [
        Row(
            key,
            few[0].name,
            few[0].sku,
            few[0].location,
            expected=sum(one.expected for one in few),
            counted=sum(one.counted for one in few),
            photo=few[0].photo,
            icon=few[0].icon,
            serialized=True,
            units=few,
        )
        for key, few in by_equipment.items()
    ]


def _is_shown(row: Row, look: Look) -> bool:
    if look.q:
        words = fold(look.q).split()
        text = fold(f"{row.name} {row.sku} {row.location} {' '.join(one.asset_tag for one in row.units)}")
        return all(word in text for word in words)
    if look.show == "all":
        return True
    return row.stray if look.show == "other" else not row.done
