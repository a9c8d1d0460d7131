"""The refusal of a booking: what is short, when, and because of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.availability.claims import Claim
from app.domain.availability.policy import Stretch
from app.lib.errors import OutOfStock
from app.lib.wire import wire


@dataclass(frozen=True, slots=True)
class EquipmentShortage:
    """One equipment of which more is wanted than there is."""

    equipment_id: int
    name: str
    stock: int
    stretches: tuple[Stretch, ...]
    takers: tuple[Claim, ...]

    @property
    def short(self) -> int:
        """How many are missing at the worst moment."""
        return max(stretch.short for stretch in self.stretches)

    @property
    def start_at(self) -> datetime:
        """When it begins."""
        return self.stretches[0].period.start

    @property
    def end_at(self) -> datetime:
        """When it is over."""
        return self.stretches[-1].period.end


class Shortage(OutOfStock):
    """The refusal with its reasons, equipment by equipment."""

    def __init__(self, shortages: Sequence[EquipmentShortage]) -> None:
        self.shortages = tuple(shortages)
        words = ", ".join(f"{one.short} × {one.name}" for one in self.shortages)
        super().__init__(f"Short of {words}.", details={"shortages": [_wire(one) for one in self.shortages]})


def missing_words(shortages: Sequence[EquipmentShortage]) -> str:
    """What is short now and whom it concerns, in words; empty when nothing is."""
    return " ".join(
        f"{one.short} × {one.name} short now"
        + (f" for {', '.join(dict.fromkeys(taker.name for taker in one.takers))}." if one.takers else ".")
        for one in shortages
    )


def _wire(one: EquipmentShortage) -> dict[str, object]:
    return {
        "equipment_id": one.equipment_id,
        "name": one.name,
        "stock": one.stock,
        "short": one.short,
        "from": wire(one.start_at),
        "to": wire(one.end_at),
        "periods": [
            {
                "from": wire(stretch.period.start),
                "to": wire(stretch.period.end),
                "short": stretch.short,
            }
            for stretch in one.stretches
        ],
        "competing": [
            {
                "kind": taker.kind,
                "state": taker.state,
                "name": taker.name,
                "event_id": taker.event_id,
                "maintenance_id": taker.maintenance_id,
                "quantity": taker.quantity,
                "from": wire(taker.start_at),
                "to": wire(taker.end_at),
            }
            for taker in one.takers
        ],
    }
