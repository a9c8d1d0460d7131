"""The refusal of a booking: what is short, when, and because of whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.availability.claims import Claim
from app.domain.availability.shortages import ShortEquipment
from app.lib.errors import OutOfStock
from app.lib.wire import wire


@dataclass(frozen=True, slots=True)
class EquipmentShortage(ShortEquipment):
    """One equipment of which more is wanted than there is."""

    takers: tuple[Claim, ...]


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
