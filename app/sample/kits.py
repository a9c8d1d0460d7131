"""What goes together in the sample company, read from `kits.toml` beside this file."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from app.db.models import Accessory, Equipment, Kit, KitComponent, Substitute
from app.lib import editing
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleKit:
    """A kit; `parts` are pieces by sku, in the order of the kit."""

    name: str
    sku: str
    parts: Mapping[str, int]
    description: str = ""
    daily_rate: str | None = None
    tags: Sequence[str] = ()
    notes: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAccessory:
    """`quantity` pieces of `along` go along with every `per` pieces of `of`."""

    of: str
    along: str
    quantity: int = 1
    per: int = 1
    included: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSubstitute:
    """`by` may stand in for `of`."""

    of: str
    by: str
    notes: str = ""


def read_kits() -> tuple[SampleKit, ...]:
    """All kits, in the order of the file."""
    return tuple(SampleKit(**row) for row in _file()["kit"])


def read_accessories() -> tuple[SampleAccessory, ...]:
    """Everything that goes along with something."""
    return tuple(SampleAccessory(**row) for row in _file()["accessory"])


def read_substitutes() -> tuple[SampleSubstitute, ...]:
    """Everything that may stand in for something."""
    return tuple(SampleSubstitute(**row) for row in _file()["substitute"])


async def load_kits(work: UnitOfWork, equipment: Mapping[str, Equipment]) -> None:
    """Add kits, accessories and substitutes; `equipment` is by sku."""
    for sample in read_kits():
        rate = None if sample.daily_rate is None else Decimal(sample.daily_rate)
        kit = Kit(
            name=sample.name,
            sku=sample.sku,
            description=sample.description,
            daily_rate=rate,
            tags=list(sample.tags),
            notes=sample.notes,
            archived=sample.archived,
        )
        await editing.create(work, kit)
        for position, (sku, quantity) in enumerate(sample.parts.items(), 1):
            part = equipment[sku]
            component = KitComponent(
                kit_id=kit.id, equipment_id=part.id, quantity=quantity, position=position, name=part.name
            )
            await editing.create(work, component)
    await _load_pairs(work, equipment)


async def _load_pairs(work: UnitOfWork, equipment: Mapping[str, Equipment]) -> None:
    for one in read_accessories():
        other = equipment[one.along]
        accessory = Accessory(
            equipment_id=equipment[one.of].id,
            accessory_id=other.id,
            name=other.name,
            quantity=one.quantity,
            per=one.per,
            included=one.included,
        )
        await editing.create(work, accessory)
    for one in read_substitutes():
        other = equipment[one.by]
        substitute = Substitute(
            equipment_id=equipment[one.of].id, substitute_id=other.id, name=other.name, notes=one.notes
        )
        await editing.create(work, substitute)


@cache
def _file() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
