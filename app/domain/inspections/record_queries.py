"""The units that are tested, and what was recorded of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from app.domain.inspections.policy import STATUS_WORDS, status_of
from app.domain.inspections.queries import Reading
from app.lib.errors import NotFound

_UNITS = text(
    """
    select u.id, u.version, u.asset_tag, u.state, u.equipment_id, e.name as equipment_name
    from unit u join equipment e on e.id = u.equipment_id
    where u.id = any(cast(:unit_ids as bigint[])) and u.deleted_at is null and e.deleted_at is null
    order by u.tag_order, u.id
    """
)
_RULES_OF = text(
    """
    select t.rule_id as id, t.name, min(r.interval_months) as interval_months
    from unit_inspection t join inspection_rule r on r.id = t.rule_id
    where t.unit_id = any(cast(:unit_ids as bigint[])) group by t.rule_id, t.name
    having count(*) = :units order by fold(t.name), t.rule_id
    """
)
_TESTS_OF = text(
    """
    select t.rule_id, t.name, t.warn_days, t.inspected_on, t.passed, t.valid_until
    from unit_inspection t where t.unit_id = :unit_id order by t.valid_until, t.rule_id
    """
)
_HISTORY = """
    select i.id, i.version, i.unit_id, i.rule_id, r.name as rule_name, i.name, i.passed, i.inspected_on,
      i.valid_until, i.inspector, i.notes, i.certificate, i.certificate_name, i.maintenance_id, i.created_at,
      u.asset_tag
    from inspection i join inspection_rule r on r.id = i.rule_id join unit u on u.id = i.unit_id
    where i.deleted_at is null and u.deleted_at is null and
"""
_OF_UNIT = text(f"{_HISTORY} i.unit_id = :unit_id order by i.inspected_on desc, i.id desc limit 200")
_ONE = text(f"{_HISTORY} i.id = :inspection_id")


@dataclass(frozen=True, slots=True)
class TestedUnit:
    """A unit as the form of a test names it."""

    id: int
    version: int
    asset_tag: str
    state: str
    equipment_id: int
    equipment_name: str


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A test that all of the chosen units have to pass."""

    id: int
    name: str
    interval_months: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded of one test."""

    id: int
    version: int
    unit_id: int
    rule_id: int
    rule_name: str
    name: str
    passed: bool
    inspected_on: date
    valid_until: date | None
    inspector: str
    notes: str
    certificate: str | None
    certificate_name: str
    maintenance_id: int | None
    created_at: datetime
    asset_tag: str


async def units_to_test(reading: Reading, unit_ids: Sequence[int]) -> list[TestedUnit]:
    """Those of these units that are there, by tag."""
    rows = await reading.execute(_UNITS, {"unit_ids": list(unit_ids)})
    return [TestedUnit(**row) for row in rows.mappings()]


async def rules_of_units(reading: Reading, unit_ids: Sequence[int]) -> list[RuleChoice]:
    """The tests that every one of these units has to pass."""
    rows = await reading.execute(_RULES_OF, {"unit_ids": list(unit_ids), "units": len(unit_ids)})
    return [RuleChoice(**row) for row in rows.mappings()]


async def unit_to_test(reading: Reading, unit_id: int) -> TestedUnit:
    """One unit. Raises NotFound."""
    found = await units_to_test(reading, [unit_id])
    if not found:
        raise NotFound("This unit does not exist, or was deleted.")
    return found[0]


async def tests_of_unit(reading: Reading, unit_id: int, today: date) -> list[dict[str, Any]]:
    """What a unit has to pass, with how it stands."""
    rows = (await reading.execute(_TESTS_OF, {"unit_id": unit_id})).mappings().all()
    return [{**row, "words": STATUS_WORDS[_standing(row, today)]} for row in rows]


async def recorded_of_unit(reading: Reading, unit_id: int) -> list[Recorded]:
    """What was recorded of a unit, the newest first."""
    return [Recorded(**row) for row in (await reading.execute(_OF_UNIT, {"unit_id": unit_id})).mappings()]


async def recorded_by_id(reading: Reading, inspection_id: int) -> Recorded:
    """One record of a test. Raises NotFound."""
    row = (await reading.execute(_ONE, {"inspection_id": inspection_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This test does not exist, or was deleted.")
    return Recorded(**row)


def _standing(row: Any, today: date) -> str:
    return status_of(row["valid_until"], row["warn_days"], today)
