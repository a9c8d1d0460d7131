"""What the bench shows of a case that is open, and of a piece in the hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text

from app.db.models import Case, Equipment, Unit
from app.domain.availability.queries import Connection
from app.domain.prep.case_contents import INSIDE
from app.lib.errors import NotFound

_CONTENTS = text(
    f"""
    select inside.rental_id, inside.unit_id, r.name, u.asset_tag, inside.here as quantity, inside.out,
      e.weight_kg
    from ({INSIDE.format(which="m.case_id = :case_id and m.event_id = :event_id")}) inside
    join rental r on r.id = inside.rental_id
    join equipment e on e.id = inside.equipment_id
    left join unit u on u.id = inside.unit_id
    where inside.here > 0
    order by e.name_order, e.id, u.tag_order, inside.rental_id
    """  # noqa: S608 - words of ours
)


@dataclass(frozen=True, slots=True)
class Entry:
    """So many pieces of a line, or one unit of it, in a case; `out` of them have left."""

    rental_id: int
    unit_id: int | None
    name: str
    asset_tag: str | None
    quantity: int
    out: int
    weight_kg: Decimal | None

    @property
    def weight(self) -> Decimal:
        """What they weigh, in kilograms; nothing where that is not known."""
        return self.quantity * (self.weight_kg or Decimal(0))


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that things are packed into now, with what is in it for this event."""

    id: int
    code: str
    name: str
    weight_kg: Decimal | None
    entries: Sequence[Entry]

    @property
    def pieces(self) -> int:
        """How many are in it."""
        return sum(one.quantity for one in self.entries)

    @property
    def weight(self) -> Decimal:
        """The box with what is in it, in kilograms."""
        return (self.weight_kg or Decimal(0)) + sum((one.weight for one in self.entries), Decimal(0))

    @property
    def unweighed(self) -> bool:
        """Whether some of what is in it has no weight on record."""
        return any(one.weight_kg is None for one in self.entries)


async def open_case(connection: Connection, event_id: int, case_id: int) -> OpenCase:
    """A case with what is in it for an event. Two statements. Raises NotFound."""
    row = (
        await connection.execute(
            select(Case.id, Case.code, Case.name, Case.weight_kg).where(
                Case.id == case_id, Case.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound("This case does not exist, or was deleted.")
    entries = await connection.execute(_CONTENTS, {"case_id": case_id, "event_id": event_id})
    return OpenCase(row.id, row.code, row.name, row.weight_kg, [Entry(*one) for one in entries])


async def name_of_piece(connection: Connection, equipment_id: int, unit_id: int | None) -> str:
    """What a piece in the hand is called: its equipment, with the tag of its unit. Raises NotFound."""
    row = (
        await connection.execute(
            select(Equipment.name, Unit.asset_tag)
            .outerjoin(Unit, (Unit.equipment_id == Equipment.id) & (Unit.id == unit_id))
            .where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return f"{row.name}, {row.asset_tag}" if row.asset_tag else row.name
