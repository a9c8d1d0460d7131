"""The pure rules of cases: what is in them, what should be, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Content:
    """So many pieces of a line, or one unit of it, that are in a case now; `out` of them have left."""

    rental_id: int
    equipment_id: int
    unit_id: int | None
    name: str
    sku: str
    asset_tag: str | None
    quantity: int
    out: int
    weight_kg: Decimal | None

    @property
    def weight(self) -> Decimal | None:
        """What all of them weigh, in kilograms; None where that is not known."""
        return None if self.weight_kg is None else self.quantity * self.weight_kg


@dataclass(frozen=True, slots=True)
class Expected:
    """So many pieces of an equipment that should be in a case. `gone`: it was deleted."""

    id: int
    version: int
    equipment_id: int
    quantity: int
    name: str
    sku: str
    photo: str | None
    icon: str
    weight_kg: Decimal | None
    archived: bool
    gone: bool


def missing_from(expected: Sequence[Expected], contents: Sequence[Content]) -> dict[int, int]:
    """How many pieces should be in a case and are not, by equipment; only where some lack."""
    inside: dict[int, int] = {}
    for one in contents:
        inside[one.equipment_id] = inside.get(one.equipment_id, 0) + one.quantity
    lacking = {one.equipment_id: one.quantity - inside.get(one.equipment_id, 0) for one in expected}
    return {equipment_id: pieces for equipment_id, pieces in lacking.items() if pieces > 0}
