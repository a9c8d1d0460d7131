"""The gear of the sample company, read from `catalogue.csv` and `units.csv` beside this file.

A consumable's daily rate is the price of one piece. An `asset_tag_prefix` is everything that stands
before the running number of a unit. `units.csv` names the units that differ from what is generated;
its empty cells mean "as generated".
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeVar
from zlib import crc32

Kind = Literal["equipment", "consumable"]
Tracking = Literal["bulk", "serialized"]
Status = Literal["good", "damaged", "maintenance"]
Condition = Literal["good", "worn", "damaged"]
State = Literal["in_stock", "quarantine", "in_repair"]

KINDS: Final[tuple[Kind, ...]] = ("equipment", "consumable")
TRACKINGS: Final[tuple[Tracking, ...]] = ("bulk", "serialized")
STATUSES: Final[tuple[Status, ...]] = ("good", "damaged", "maintenance")
CONDITIONS: Final[tuple[Condition, ...]] = ("good", "worn", "damaged")
STATES: Final[tuple[State, ...]] = ("in_stock", "quarantine", "in_repair")

_FOLDER: Final = Path(__file__).parent
_NO_EXCEPTION: Final[Mapping[str, str]] = {}
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """One physical item of serialized gear."""

    asset_tag: str
    serial_number: str
    location: str
    condition: Condition
    state: State
    notes: str


@dataclass(frozen=True, slots=True)
class SampleEquipment:
    """A model of gear. Money in euros, weight in kilograms, power in watts, times in minutes.

    `units` is empty for bulk gear and has `quantity` members for serialized gear.
    """

    sku: str
    name: str
    description: str
    category: str
    subcategory: str
    kind: Kind
    tracking: Tracking
    quantity: int
    status: Status
    location: str
    daily_rate: Decimal
    replacement_value: Decimal
    weight_kg: Decimal
    power_w: int | None
    prep_minutes: int
    turnaround_minutes: int
    tags: tuple[str, ...]
    notes: str
    asset_tag_prefix: str
    units: tuple[SampleUnit, ...]


@cache
def read_catalogue() -> tuple[SampleEquipment, ...]:
    """Everything the company owns, in the order of the file.

    Raises ValueError when a cell does not hold what its column promises.
    """
    exceptions = {row["asset_tag"]: row for row in _read_rows("units.csv")}
    return tuple(_equipment(row, exceptions) for row in _read_rows("catalogue.csv"))


def _read_rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _equipment(row: Mapping[str, str], exceptions: Mapping[str, Mapping[str, str]]) -> SampleEquipment:
    return SampleEquipment(
        sku=row["sku"],
        name=row["name"],
        description=row["description"],
        category=row["category"],
        subcategory=row["subcategory"],
        kind=_one_of(KINDS, row["kind"]),
        tracking=_one_of(TRACKINGS, row["tracking"]),
        quantity=int(row["quantity"]),
        status=_one_of(STATUSES, row["status"]),
        location=row["location"],
        daily_rate=Decimal(row["daily_rate"]),
        replacement_value=Decimal(row["replacement_value"]),
        weight_kg=Decimal(row["weight_kg"]),
        power_w=int(row["power_w"]) if row["power_w"] else None,
        prep_minutes=int(row["prep_minutes"]),
        turnaround_minutes=int(row["turnaround_minutes"]),
        tags=tuple(row["tags"].split(";")),
        notes=row["notes"],
        asset_tag_prefix=row["asset_tag_prefix"],
        units=_units(row, exceptions) if row["tracking"] == "serialized" else (),
    )


def _units(row: Mapping[str, str], exceptions: Mapping[str, Mapping[str, str]]) -> tuple[SampleUnit, ...]:
    digits = max(2, len(row["quantity"]))
    units: list[SampleUnit] = []
    for number in range(1, int(row["quantity"]) + 1):
        asset_tag = f"{row['asset_tag_prefix']}{number:0{digits}d}"
        given = exceptions.get(asset_tag, _NO_EXCEPTION)
        units.append(
            SampleUnit(
                asset_tag=asset_tag,
                serial_number=given.get("serial_number") or _serial_number(row["sku"], number),
                location=given.get("location") or row["location"],
                condition=_one_of(CONDITIONS, given.get("condition") or "good"),
                state=_one_of(STATES, given.get("state") or "in_stock"),
                notes=given.get("notes", ""),
            )
        )
    return tuple(units)


def _serial_number(sku: str, number: int) -> str:
    """Year and month of making, then a number that rises: 1908-44102.

    Gear is bought eight at a time, five months apart, until the fourth purchase takes all the rest.
    """
    seed = crc32(sku.encode())
    months = seed % 60 + 5 * min((number - 1) // 8, 3)
    made = f"{18 + months // 12:02d}{1 + months % 12:02d}"
    return f"{made}-{10_000 + seed // 60 % 80_000 + number * 13 + crc32(f'{sku}{number}'.encode()) % 13}"


def _one_of(choices: tuple[_Word, ...], word: str) -> _Word:
    for choice in choices:
        if choice == word:
            return choice
    raise ValueError(f"{word!r} is none of {', '.join(choices)}.")
