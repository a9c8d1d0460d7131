"""The figures of the day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

COUNTED_CHANGES = 5000

# the log has no index by time: what happened today is among its last rows
_FIGURES = text("""
    with open_job as (
      select due_at from maintenance
      where state in ('reported', 'in_progress', 'waiting') and deleted_at is null
    ), test as (
      select count(*) filter (where valid_until < :today) as expired,
        count(*) filter (where valid_until >= :today and valid_until - :today <= warn_days) as due
      from unit_inspection
    )
    select
      (select count(*) from open_job) as open_jobs,
      (select count(*) from open_job where due_at <= :soon) as due_jobs,
      (select count(*) from open_job where due_at < :now) as late_jobs,
      (select expired from test) as expired_tests,
      (select due from test) as due_tests,
      (select count(*) from unit where state = 'in_repair' and deleted_at is null) as in_repair,
      (select count(*) from equipment where deleted_at is null and not archived) as item_count,
      (select count(*) from (select at from change order by id desc limit :most) latest where at >= :midnight)
        as changes,
      (select count(*) from user_account where active) as people,
      (select version > 1 from company) as company_set,
      exists (select from client where deleted_at is null) as has_clients,
      exists (select from event where deleted_at is null) as has_events
""")


@dataclass(frozen=True, slots=True)
class Figures:
    """How the shop stands. `changes` counts those since midnight, at most COUNTED_CHANGES."""

    open_jobs: int
    due_jobs: int
    late_jobs: int
    expired_tests: int
    due_tests: int
    in_repair: int
    item_count: int
    changes: int
    people: int
    company_set: bool | None
    has_clients: bool
    has_events: bool


async def figures_of_today(
    reading: AsyncConnection, *, now: datetime, today: date, midnight: datetime, soon: datetime
) -> Figures:
    """All figures in one statement; `today` is the day it is in the shop, `midnight` when that began."""
    given = {"now": now, "today": today, "midnight": midnight, "soon": soon, "most": COUNTED_CHANGES}
    return Figures(*(await reading.execute(_FIGURES, given)).one())
