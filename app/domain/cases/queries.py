"""Finding cases: where they are now, what is in them, and what should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Case, CaseItem, Category, Equipment, Event
from app.domain.cases.filters import CaseFilter
from app.domain.cases.policy import Content, Expected
from app.domain.prep.case_contents import INSIDE
from app.domain.search.finding import FoundEquipment, equipment_to_choose
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.cursors import beyond, following
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

PAGE = 50
_KEYS: dict[str, Any] = {
    "code": func.natural_order(Case.code),
    "name": func.natural_order(Case.name),
    "location": func.natural_order(Case.location),
}
_HELD: Any = (
    text(
        f"""
    select coalesce(sum(inside.here), 0)::integer as pieces, coalesce(sum(inside.out), 0)::integer as out,
      coalesce(sum(inside.here * e.weight_kg), 0) as weight,
      bool_or(inside.here > 0 and e.weight_kg is null) as unweighed
    from ({INSIDE.format(which="m.case_id = gear_case.id and m.event_id = gear_case.event_id")}) inside
    join equipment e on e.id = inside.equipment_id
    """  # noqa: S608 - words of ours
    )
    .columns(pieces=Case.id.type, out=Case.id.type, weight=Case.weight_kg.type, unweighed=Case.kind.type)
    .lateral("held")
)
_CONTENTS = text(
    f"""
    select inside.rental_id, inside.equipment_id, inside.unit_id, e.name, e.sku, u.asset_tag,
      inside.here as quantity, inside.out, e.weight_kg
    from ({INSIDE.format(which="m.case_id = :case_id and m.event_id = :event_id")}) inside
    join equipment e on e.id = inside.equipment_id
    left join unit u on u.id = inside.unit_id
    where inside.here > 0
    order by e.name_order, e.id, u.tag_order, inside.rental_id
    """  # noqa: S608 - words of ours
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with where it is now. `weight_kg` is that of the empty box, `weight` that of all with it.

    `unweighed` says that some of what is in it has no weight on record.
    """

    id: int
    version: int
    code: str
    name: str
    kind: str
    location: str
    weight_kg: Decimal | None
    notes: str
    created_at: datetime
    event_id: int | None
    event_name: str | None
    pieces: int
    out: int
    held_weight: Decimal
    unweighed: bool

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return f"{self.code}, {self.name}"

    @property
    def place(self) -> str:
        """Where it is: free, packed for its event, or out with it."""
        return "free" if self.event_id is None else "out" if self.out else "packed"

    @property
    def weight(self) -> Decimal:
        """The box with what is in it, in kilograms."""
        return (self.weight_kg or Decimal(0)) + self.held_weight


async def list_cases(
    reading: Reading, wanted: CaseFilter, *, after: str = "", limit: int = PAGE
) -> tuple[list[CaseRow], str]:
    """The cases that match from a cursor on, and the cursor of those that follow ("" for none)."""
    key = _KEYS[wanted.key]
    directions = (key.desc(), Case.id.desc()) if wanted.descending else (key, Case.id)
    statement = _rows(key).where(*_conditions(wanted)).order_by(*directions)
    statement = statement.where(*beyond(after, key, Case.id, descending=wanted.descending))
    rows = (await reading.execute(statement.limit(limit + 1))).all()
    return [_case(row[:-1]) for row in rows[:limit]], following(rows, limit)


async def count_cases(reading: Reading, wanted: CaseFilter) -> int:
    """How many cases match."""
    matching = _rows().where(*_conditions(wanted)).subquery()
    return (await reading.execute(select(func.count()).select_from(matching))).scalar_one()


async def case_by_id(reading: Reading, case_id: int) -> CaseRow:
    """One case. Raises NotFound."""
    row = (await reading.execute(_rows().where(Case.id == case_id, Case.deleted_at.is_(None)))).one_or_none()
    if row is None:
        raise NotFound("This case does not exist, or was deleted.")
    return _case(row)


async def contents_of(reading: Reading, case_id: int, event_id: int | None) -> list[Content]:
    """What is in a case for an event, by equipment; nothing without an event."""
    if event_id is None:
        return []
    rows = await reading.execute(_CONTENTS, {"case_id": case_id, "event_id": event_id})
    return [Content(*row) for row in rows]


async def items_of(reading: Reading, case_id: int) -> list[Expected]:
    """What should be in a case, in its order."""
    statement = (
        select(
            CaseItem.id,
            CaseItem.version,
            CaseItem.equipment_id,
            CaseItem.quantity,
            Equipment.name,
            Equipment.sku,
            Equipment.photo,
            Category.icon,
            Equipment.weight_kg,
            Equipment.archived,
            Equipment.deleted_at.is_not(None),
        )
        .join(Equipment, Equipment.id == CaseItem.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .where(CaseItem.case_id == case_id, CaseItem.deleted_at.is_(None))
        .order_by(CaseItem.position, CaseItem.id)
    )
    return [Expected(*row) for row in await reading.execute(statement)]


async def case_of_item(reading: Reading, item_id: int) -> int:
    """The case an item is for, also one that was taken off. Raises NotFound."""
    statement = (
        select(CaseItem.case_id)
        .join(Case, Case.id == CaseItem.case_id)
        .where(CaseItem.id == item_id, Case.deleted_at.is_(None))
    )
    found = (await reading.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound("This does not exist, or was taken off.")
    return found


async def find_equipment(reading: Reading, typed: str, case_id: int) -> list[FoundEquipment]:
    """Equipment the words may mean; taken is what the case should hold already."""
    held = select(CaseItem.equipment_id).where(CaseItem.case_id == case_id, CaseItem.deleted_at.is_(None))
    return await equipment_to_choose(reading, typed, taken=held)


def _rows(*further: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Case.id,
            Case.version,
            Case.code,
            Case.name,
            Case.kind,
            Case.location,
            Case.weight_kg,
            Case.notes,
            Case.created_at,
            Case.event_id,
            Event.name.label("event_name"),
            _HELD.c.pieces,
            _HELD.c.out,
            _HELD.c.weight,
            func.coalesce(_HELD.c.unweighed, False).label("unweighed"),
            *further,
        )
        .outerjoin(Event, Event.id == Case.event_id)
        .join(_HELD, true())
    )


def _case(row: Sequence[Any]) -> CaseRow:
    return CaseRow(*row)


def _conditions(wanted: CaseFilter) -> Conditions:
    places: dict[str, ColumnElement[bool]] = {
        "free": Case.event_id.is_(None),
        "packed": and_(Case.event_id.is_not(None), _HELD.c.out == 0),
        "out": and_(Case.event_id.is_not(None), _HELD.c.out > 0),
    }
    return [
        Case.deleted_at.is_(None),
        *has_words(wanted.q, Case.code, Case.name, Case.location),
        *all_of(equal(Case.kind, wanted.kind), places.get(wanted.place)),
    ]
