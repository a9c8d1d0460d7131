"""How lines are put on paper: in groups, with what they weigh, and into the cases they travel in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.domain.events.line_order import in_groups
from app.domain.papers.facts import HandedLine, PackedCase, PaperLine, PaperUnit
from app.domain.prep.policy import CHECKED, DISPATCHED, MISSING, PACKED, PICKED, RETURNED

LOCATION, CATEGORY, EVENT = "location", "category", "event"
ORDERS: Final = {LOCATION: "Location", CATEGORY: "Category"}
"""What a pick list can be ordered by."""
NOWHERE: Final = "Without a location"
UNCHECKED: Final = "unchecked"


@dataclass(frozen=True, slots=True)
class Row:
    """A line on paper; `is_part` when it goes along with the line above. `where` is said when it differs."""

    line: PaperLine
    is_part: bool
    where: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading, which may be empty."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """How many pieces there are and what they weigh, as far as that is known."""

    pieces: int
    weight_kg: Decimal
    unknown: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in a case of one line, and its weight if known."""

    line: PaperLine
    quantity: int
    units: tuple[PaperUnit, ...]

    @property
    def weight_kg(self) -> Decimal | None:
        """What all of it weighs."""
        return None if self.line.weight_kg is None else self.line.weight_kg * self.quantity


@dataclass(frozen=True, slots=True)
class Packed:
    """A case on its packing list; without `case` it is what travels loose."""

    case: PackedCase | None
    inside: tuple[Inside, ...]

    @property
    def total(self) -> Total:
        """What it weighs with the case; the case itself counts as unknown where nobody weighed it."""
        total = total_of((one.line.weight_kg, one.quantity) for one in self.inside)
        if self.case is None:
            return total
        if self.case.weight_kg is None:
            return replace(total, unknown=total.unknown + 1)
        return replace(total, weight_kg=total.weight_kg + self.case.weight_kg)


def grouped(lines: Sequence[PaperLine], by: str) -> list[Group]:
    """Lines, given in order, in groups: by place, category or the headings of the event."""
    placed = lines if by == EVENT else [replace(line, heading=_place(line, by)) for line in lines]
    known = {line.id for line in lines}
    return [
        Group(
            heading, tuple(_row(line, heading, by, is_part=line.accessory_of_id in known) for line in group)
        )
        for heading, group in in_groups(placed)
    ]


def total_of(weights: Iterable[tuple[Decimal | None, int]]) -> Total:
    """Add up pieces and weights, given as (kilograms of one, pieces)."""
    pieces, weight, unknown = 0, Decimal(0), 0
    for kilograms, quantity in weights:
        pieces += quantity
        if kilograms is None:
            unknown += quantity
        else:
            weight += kilograms * quantity
    return Total(pieces, weight, unknown)


def packed(lines: Sequence[PaperLine], cases: Sequence[PackedCase], steps: Sequence[str]) -> list[Packed]:
    """Every case with what is in it, then what was packed (or picked, where nothing is packed) loose."""
    by_id = {line.id: line for line in lines}
    in_cases = [Packed(case, tuple(_inside(case, by_id))) for case in cases]
    step = PACKED if PACKED in steps else PICKED
    boxed: dict[int, int] = {}
    boxed_units = {unit_id for case in cases for _, unit_id, _ in case.contents if unit_id is not None}
    for case in cases:
        for rental_id, _, quantity in case.contents:
            boxed[rental_id] = boxed.get(rental_id, 0) + quantity
    loose = [
        Inside(
            line,
            line.counts.at(step) - boxed.get(line.id, 0),
            tuple(unit for unit in line.units if _has(unit, step) and unit.id not in boxed_units),
        )
        for line in lines
        if line.counts.at(step) > boxed.get(line.id, 0)
    ]
    return [*in_cases, Packed(None, tuple(loose))] if loose else in_cases


def left(handed: Sequence[HandedLine]) -> list[HandedLine]:
    """What went out at a hand-over."""
    return [one for one in handed if one.step == DISPATCHED and one.quantity > 0]


def came_back(handed: Sequence[HandedLine]) -> list[HandedLine]:
    """What came back at a hand-over, by condition; what nobody has looked at; what is said to be missing."""
    found = list[HandedLine]()
    for one in handed:
        if one.step == CHECKED:
            found.append(one)
        elif one.step == MISSING and one.quantity > 0:
            found.append(replace(one, condition=MISSING))
        elif one.step == RETURNED:
            seen = [other for other in handed if other.rental_id == one.rental_id and other.step == CHECKED]
            rest = one.quantity - sum(other.quantity for other in seen)
            tags = {tag for other in seen for tag in other.units}
            if rest > 0:
                units = tuple(tag for tag in one.units if tag not in tags)
                found.append(replace(one, condition=UNCHECKED, quantity=rest, units=units))
    return found


def _place(line: PaperLine, by: str) -> str:
    return line.category if by == CATEGORY else line.location or NOWHERE


def _row(line: PaperLine, heading: str, by: str, *, is_part: bool) -> Row:
    own = _place(line, by)
    return Row(line, is_part, own if is_part and by == LOCATION and own != heading else "")


def _inside(case: PackedCase, lines: dict[int, PaperLine]) -> Iterable[Inside]:
    pieces: dict[int, int] = {}
    tagged: dict[int, set[int]] = {}
    for rental_id, unit_id, quantity in case.contents:
        pieces[rental_id] = pieces.get(rental_id, 0) + quantity
        if unit_id is not None:
            tagged.setdefault(rental_id, set()).add(unit_id)
    for rental_id, line in lines.items():
        if rental_id in pieces:
            units = tuple(unit for unit in line.units if unit.id in tagged.get(rental_id, ()))
            yield Inside(line, pieces[rental_id], units)


def _has(unit: PaperUnit, step: str) -> bool:
    return bool(unit.packed if step == PACKED else unit.picked)
