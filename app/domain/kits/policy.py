"""Pure arithmetic on kits: what so many of them take, and how many are complete."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.events.policy import pieces_along


@dataclass(frozen=True, slots=True)
class Part:
    """So many pieces of an equipment in one kit."""

    equipment_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Along:
    """What comes along with an equipment: `quantity` pieces for every `per` of it, rounded up."""

    equipment_id: int
    accessory_id: int
    quantity: int
    per: int


def merged(parts: Iterable[Part]) -> dict[int, int]:
    """How many pieces of each equipment one kit holds: what stands in it twice is added up."""
    found = Counter[int]()
    for part in parts:
        found[part.equipment_id] += part.quantity
    return dict(found)


def needs(parts: Iterable[Part], along: Iterable[Along], kits: int) -> dict[int, int]:
    """How many pieces of each equipment so many kits take, what comes along included."""
    held = merged(parts)
    found = Counter({key: quantity * kits for key, quantity in held.items()})
    for one in along:
        if one.equipment_id in held:
            wanted = held[one.equipment_id] * kits
            found[one.accessory_id] += pieces_along(one.quantity, one.per, wanted)
    return dict(found)


def complete_kits(parts: Sequence[Part], along: Sequence[Along], free: Mapping[int, int]) -> int:
    """How many kits can be put together of what is free of each equipment.

    Without anything that comes along this is the least of `free // quantity`. A kit without parts is never
    complete; what is missing in `free` is not there, and below zero is none.
    """
    held = merged(parts)
    most = min((max(0, free.get(key, 0)) // quantity for key, quantity in held.items()), default=0)
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if _fits(needs(parts, along, middle), free):
            least = middle
        else:
            most = middle - 1
    return least


def missing_for(
    parts: Sequence[Part], along: Sequence[Along], free: Mapping[int, int], kits: int
) -> dict[int, int]:
    """What so many kits would be short of: pieces by equipment, the worst first."""
    short = {
        key: quantity - max(0, free.get(key, 0))
        for key, quantity in needs(parts, along, kits).items()
        if quantity > max(0, free.get(key, 0))
    }
    return dict(sorted(short.items(), key=lambda pair: (-pair[1], pair[0])))


def moved(order: Sequence[int], key: int, step: int) -> list[int]:
    """The order with one of its members so many places further down; up below zero."""
    place = order.index(key)
    rest = [one for one in order if one != key]
    rest.insert(max(0, min(len(rest), place + step)), key)
    return rest


def _fits(wanted: Mapping[int, int], free: Mapping[int, int]) -> bool:
    return all(quantity <= max(0, free.get(key, 0)) for key, quantity in wanted.items())
