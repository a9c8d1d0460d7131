"""Which tests are due, and what came of those that were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.inspections.filters import DueFilter
from app.domain.inspections.policy import STATUS_WORDS
from app.lib.cursors import is_id, pack, unpack
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

PAGE = 50
MOST_EXPORTED = 100_000

_STATUS = """
  case when t.valid_until < :today then 'expired'
    when t.valid_until - :today <= t.warn_days then 'due_soon' else 'valid' end
"""
_FROM = f"""
  from (
    select t.*, {_STATUS} as status, u.asset_tag, u.tag_order, e.name as equipment_name,
      coalesce(nullif(u.location, ''), e.location) as place
    from unit_inspection t join unit u on u.id = t.unit_id join equipment e on e.id = t.equipment_id
  ) t
  where (cast(:rule_id as bigint) is null or t.rule_id = :rule_id)
    and (:location = '' or fold(t.place) = fold(:location))
    and (:q = '' or strpos(fold(t.asset_tag), fold(:q)) > 0 or strpos(fold(t.equipment_name), fold(:q)) > 0)
"""  # noqa: S608 - words of ours
_COLUMNS = """
  select t.unit_id, t.equipment_id, t.rule_id, t.name, t.warn_days, t.inspected_on, t.passed, t.valid_until,
    t.status, t.asset_tag, t.equipment_name, t.place, t.inspection_id
"""
_DUE = text(
    _COLUMNS
    + _FROM
    + """
    and (:status = '' or t.status = :status)
    and (cast(:day as date) is null or (t.valid_until, t.unit_id, t.rule_id) > (:day, :unit_id, :after_rule))
  order by t.valid_until, t.unit_id, t.rule_id limit :limit
  """
)
_FIGURES = text(
    """
  select count(*) as all, count(*) filter (where t.status = 'expired') as expired,
    count(*) filter (where t.status = 'due_soon') as due_soon,
    count(*) filter (where t.status = 'valid') as valid
  """
    + _FROM
)
_RULES = text(
    """
    select r.id, r.version, r.name, r.equipment_id, r.category_id, r.interval_months, r.warn_days,
      r.starts_on, r.notes, coalesce(e.name, c.name) as about,
      (select count(*) from unit_inspection t where t.rule_id = r.id) as units,
      (select count(*) from unit_inspection t where t.rule_id = r.id and t.valid_until < :today) as expired
    from inspection_rule r
    left join equipment e on e.id = r.equipment_id left join category c on c.id = r.category_id
    where r.deleted_at is null and (cast(:rule_id as bigint) is null or r.id = :rule_id)
    order by fold(r.name), r.id
    """
)
_NAMES = text("select id, name from inspection_rule where deleted_at is null order by fold(name), id")
_PLACES = text(
    """
    select distinct coalesce(nullif(u.location, ''), e.location) as place
    from unit u join equipment e on e.id = u.equipment_id
    where u.deleted_at is null and e.deleted_at is null order by 1
    """
)
_CATEGORIES = text(
    """
    select c.id, coalesce(p.name || ', ', '') || c.name as name
    from category c left join category p on p.id = c.parent_id
    where c.deleted_at is null order by coalesce(p.position, c.position), p.id nulls first, c.position, c.id
    """
)
_SERIALIZED = text(
    """
    select id, name from equipment
    where deleted_at is null and tracking = 'serialized' and not archived order by name_order, id
    """
)


@dataclass(frozen=True, slots=True)
class DueTest:
    """A test that a unit has to pass: the last one, and the last day on which it counts as passed."""

    unit_id: int
    equipment_id: int
    rule_id: int
    name: str
    warn_days: int
    inspected_on: date | None
    passed: bool | None
    valid_until: date
    status: str
    asset_tag: str
    equipment_name: str
    place: str
    inspection_id: int | None

    @property
    def words(self) -> tuple[str, str, str]:
        """How it stands: word, tone and shape."""
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class Rule:
    """What has to be tested how often, with how many units it is about and how many of them are expired."""

    id: int
    version: int
    name: str
    equipment_id: int | None
    category_id: int | None
    interval_months: int
    warn_days: int
    starts_on: date
    notes: str
    about: str
    units: int
    expired: int


async def due_tests(
    reading: Reading, wanted: DueFilter, today: date, *, after: str = "", limit: int = PAGE
) -> tuple[list[DueTest], str]:
    """The tests that match, the longest expired first, from a cursor on; the cursor of those that follow."""
    given = _given(wanted, today) | {"status": wanted.status, "limit": limit + 1} | _beyond(after)
    rows = (await reading.execute(_DUE, given)).mappings().all()
    found = [DueTest(**row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, ""
    last = found[-1]
    return found, pack([last.valid_until.isoformat(), last.unit_id, last.rule_id])


async def figures(reading: Reading, wanted: DueFilter, today: date) -> Mapping[str, int]:
    """How many match, by how they stand ("all", "expired", "due_soon", "valid")."""
    row = (await reading.execute(_FIGURES, _given(wanted, today))).mappings().one()
    return {str(name): count for name, count in row.items()}


async def rules(reading: Reading, today: date) -> Sequence[Rule]:
    """Every rule, by name."""
    rows = await reading.execute(_RULES, {"today": today, "rule_id": None})
    return [Rule(**row) for row in rows.mappings()]


async def rule_by_id(reading: Reading, rule_id: int, today: date) -> Rule:
    """One rule. Raises NotFound."""
    row = (await reading.execute(_RULES, {"today": today, "rule_id": rule_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This test does not exist, or was deleted.")
    return Rule(**row)


async def rule_names(reading: Reading) -> dict[int, str]:
    """The names of all rules by id, in their order."""
    return {row.id: row.name for row in await reading.execute(_NAMES)}


async def places(reading: Reading) -> list[str]:
    """Where units are."""
    return [row.place for row in await reading.execute(_PLACES) if row.place]


async def rule_subjects(reading: Reading) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """What a rule may be about: serialized equipment, and categories, each as id and name."""
    equipment = [(row.id, row.name) for row in await reading.execute(_SERIALIZED)]
    return equipment, [(row.id, row.name) for row in await reading.execute(_CATEGORIES)]


def _given(wanted: DueFilter, today: date) -> dict[str, Any]:
    return {"today": today, "rule_id": wanted.rule_id, "location": wanted.location, "q": wanted.q}


def _beyond(after: str) -> dict[str, Any]:
    day, unit_id, rule_id = unpack(after, 3) or ("", 0, 0)
    nothing = {"day": None, "unit_id": 0, "after_rule": 0}
    if not (isinstance(day, str) and is_id(unit_id) and is_id(rule_id)):
        return nothing
    try:
        return {"day": date.fromisoformat(day), "unit_id": unit_id, "after_rule": rule_id}
    except ValueError:
        return nothing
