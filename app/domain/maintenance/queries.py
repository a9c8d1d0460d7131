"""Finding maintenance jobs, and what a form about one has to offer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.db.models import Equipment, Maintenance, Unit, User
from app.domain.maintenance import policy
from app.domain.maintenance.fields import KIND_WORDS, STATE_WORDS
from app.domain.maintenance.filters import JobFilter
from app.lib.clock import now
from app.lib.conditions import Conditions, has_words
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.web.viewer import Person

PAGE = 50
SOON = timedelta(days=7)

_reporter, _assignee = aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class Job:
    """A job with the names of what and whom it is about."""

    id: int
    version: int
    title: str
    description: str
    kind: str
    state: str
    quantity: int
    blocks: bool
    cost: Decimal | None
    due_at: datetime | None
    expected_back: datetime | None
    started_at: datetime | None
    resolved_at: datetime | None
    resolution: str
    created_at: datetime
    equipment_id: int
    equipment_name: str
    sku: str
    unit_id: int | None
    asset_tag: str | None
    unit_state: str | None
    reporter: Person | None
    assignee: Person | None

    @property
    def state_words(self) -> tuple[str, str, str]:
        """Word, tone and shape of the state."""
        return STATE_WORDS[self.state]

    @property
    def kind_word(self) -> str:
        """The kind of work in a word."""
        return KIND_WORDS[self.kind]

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in policy.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.is_open and self.due_at is not None and self.due_at < now()

    @property
    def is_late_back(self) -> bool:
        """Whether it was expected back by now."""
        return self.is_open and self.expected_back is not None and self.expected_back < now()

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that may follow."""
        return policy.steps_from(self.state)

    @property
    def subject(self) -> str:
        """What it is about, in short: the asset tag, or how many."""
        if self.asset_tag:
            return self.asset_tag
        return f"{self.quantity} pieces" if self.quantity > 1 else ""


def _jobs() -> Select[*tuple[Any, ...]]:
    names = (
        "id", "version", "title", "description", "kind", "state", "quantity", "blocks", "cost", "due_at",
        "expected_back", "started_at", "resolved_at", "resolution", "created_at", "equipment_id", "unit_id",
    )  # fmt: skip
    return (
        select(
            *(getattr(Maintenance, name) for name in names),
            Equipment.name.label("equipment_name"),
            Equipment.sku,
            Unit.asset_tag,
            Unit.state.label("unit_state"),
            _reporter.id.label("reporter_id"),
            name_of(_reporter).label("reporter_name"),
            _reporter.avatar.label("reporter_avatar"),
            _assignee.id.label("assignee_id"),
            name_of(_assignee).label("assignee_name"),
            _assignee.avatar.label("assignee_avatar"),
        )
        .join(Equipment, Equipment.id == Maintenance.equipment_id)
        .outerjoin(Unit, Unit.id == Maintenance.unit_id)
        .outerjoin(_reporter, _reporter.id == Maintenance.reported_by_id)
        .outerjoin(_assignee, _assignee.id == Maintenance.assignee_id)
        .where(Maintenance.deleted_at.is_(None))
    )


def _job(values: dict[str, Any]) -> Job:
    for role in ("reporter", "assignee"):
        key, name, avatar = (values.pop(f"{role}_{part}") for part in ("id", "name", "avatar"))
        values[role] = Person(key, name, avatar) if key is not None else None
    return Job(**values)


async def _read(reading: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> list[Job]:
    return [
        _job({str(key): value for key, value in row.items()})
        for row in (await reading.execute(statement)).mappings()
    ]


def _tab(tab: str) -> ColumnElement[bool]:
    is_open = Maintenance.state.in_(policy.OPEN)
    return {
        "open": is_open,
        "due": and_(is_open, Maintenance.due_at <= now() + SOON),
        "waiting": Maintenance.state == policy.WAITING,
        "resolved": Maintenance.state.in_(policy.CLOSED),
    }[tab]


def _conditions(chosen: JobFilter) -> Conditions:
    """What narrows the list within a tab."""
    searched = (Maintenance.title, Maintenance.description, Equipment.name, Equipment.sku, Unit.asset_tag)
    found = has_words(chosen.q, *searched)
    if chosen.kind:
        found.append(Maintenance.kind == chosen.kind)
    if chosen.state:
        found.append(Maintenance.state == chosen.state)
    if chosen.blocks:
        found.append(Maintenance.blocks.is_(chosen.blocks == "1"))
    if chosen.assignee:
        key = int(chosen.assignee)
        found.append(Maintenance.assignee_id == key if key else Maintenance.assignee_id.is_(None))
    return found


def _order(sort: str) -> list[ColumnElement[Any]]:
    columns: dict[str, ColumnElement[Any]] = {
        "due": Maintenance.due_at,
        "title": func.fold(Maintenance.title),
        "equipment": Equipment.name_order,
        "state": case(
            {state: place for place, state in enumerate((*policy.OPEN, *policy.CLOSED))},
            value=Maintenance.state,
        ),
        "kind": Maintenance.kind,
        "back": Maintenance.expected_back,
        "reported": Maintenance.created_at,
        "cost": Maintenance.cost,
    }  # type: ignore[assignment]
    column = columns[sort.removeprefix("-")]
    first = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()
    return [first, Maintenance.id.desc()]


async def find_jobs(reading: AsyncConnection, chosen: JobFilter) -> list[Job]:
    """One page of the list, with one more row than PAGE when it goes on."""
    statement = (
        _jobs()
        .where(_tab(chosen.tab), *_conditions(chosen))
        .order_by(*_order(chosen.sort))
        .offset((chosen.page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    return await _read(reading, statement)


async def count_tabs(reading: AsyncConnection, chosen: JobFilter) -> dict[str, int]:
    """How many jobs each tab holds under the filters in force."""
    counts = [func.count().filter(_tab(tab)).label(tab) for tab in ("open", "due", "waiting", "resolved")]
    inner = (
        select(*counts)
        .select_from(Maintenance)
        .join(Equipment, Equipment.id == Maintenance.equipment_id)
        .outerjoin(Unit, Unit.id == Maintenance.unit_id)
        .where(Maintenance.deleted_at.is_(None), *_conditions(chosen))
    )
    return {str(tab): count for tab, count in (await reading.execute(inner)).mappings().one().items()}


async def job_by_id(reading: AsyncConnection, job_id: int) -> Job:
    """One job. Raises NotFound."""
    found = await _read(reading, _jobs().where(Maintenance.id == job_id))
    if not found:
        raise NotFound("This job does not exist, or was deleted.")
    return found[0]


async def open_jobs(reading: AsyncConnection, limit: int) -> list[Job]:
    """The most urgent open jobs: what is due first, then what was reported last."""
    statement = (
        _jobs().where(_tab("open")).order_by(Maintenance.due_at.asc().nulls_last(), Maintenance.id.desc())
    )
    return await _read(reading, statement.limit(limit))
