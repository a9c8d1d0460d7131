"""The selects behind the pages of sub-hires."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Client, Equipment, Event, SubHire
from app.domain.events import policy as events
from app.domain.search.policy import prefix_query
from app.domain.sub_hire import policy
from app.domain.sub_hire.fields import STATUS_STATES
from app.domain.sub_hire.filters import TABS, SubHireFilter
from app.lib.clock import now
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.errors import NotFound
from app.lib.folding import fold

PAGE = 50
SOON = timedelta(days=3)
_MOST_PICKED = 20
_MOST_EVENTS = 300
_COLUMNS = (
    "id", "version", "equipment_id", "supplier_id", "event_id", "quantity", "start_at", "end_at", "cost",
    "reference", "notes", "status", "returned_at", "name", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubHireFacts:
    """A sub-hire with the names of whom and what it is about."""

    id: int
    version: int
    equipment_id: int
    supplier_id: int
    event_id: int | None
    quantity: int
    start_at: datetime
    end_at: datetime
    cost: Decimal | None
    reference: str
    notes: str
    status: str
    returned_at: datetime | None
    name: str
    created_at: datetime
    sku: str
    supplier_name: str
    supplier_phone: str
    event_name: str | None

    @property
    def label(self) -> str:
        """How many of what."""
        return f"{self.quantity} × {self.name}"

    @property
    def state(self) -> tuple[str, str, str]:
        """Word, tone and shape of the state."""
        return STATUS_STATES[self.status]

    @property
    def is_late(self) -> bool:
        """Whether it should have gone back by now."""
        return self.status == policy.RECEIVED and self.end_at <= now()

    @property
    def is_missed(self) -> bool:
        """Whether it should be here by now and nobody has said that it is."""
        return self.status == policy.ORDERED and self.start_at <= now()

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that may follow."""
        return policy.steps_from(self.status)


@dataclass(frozen=True, slots=True)
class Choice:
    """Equipment that may be hired in."""

    id: int
    name: str
    sku: str
    quantity: int


async def find_sub_hires(reading: AsyncConnection, wanted: SubHireFilter) -> tuple[list[SubHireFacts], bool]:
    """One page of the list, and whether it goes on. What is open is by when it comes, or has to go back."""
    due = case((SubHire.status == policy.RECEIVED, SubHire.end_at), else_=SubHire.start_at)
    order = SubHire.end_at.desc() if wanted.show == "done" else due
    statement = (
        _sub_hires()
        .where(_tab(wanted.show), *_conditions(wanted))
        .order_by(order, SubHire.id)
        .offset((wanted.page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = await _read(reading, statement)
    return found[:PAGE], len(found) > PAGE


async def count_tabs(reading: AsyncConnection, wanted: SubHireFilter) -> dict[str, int]:
    """How many each tab holds under the filters in force."""
    counts = [func.count().filter(_tab(tab)).label(tab) for tab in TABS]
    statement = (
        select(*counts)
        .select_from(SubHire)
        .join(Equipment, Equipment.id == SubHire.equipment_id)
        .join(Client, Client.id == SubHire.supplier_id)
        .outerjoin(Event, Event.id == SubHire.event_id)
        .where(SubHire.deleted_at.is_(None), *_conditions(wanted))
    )
    row = (await reading.execute(statement)).mappings().one()
    return {tab: row[tab] for tab in TABS}


async def sub_hire_by_id(reading: AsyncConnection, sub_hire_id: int) -> SubHireFacts:
    """One sub-hire. Raises NotFound."""
    found = await _read(reading, _sub_hires().where(SubHire.id == sub_hire_id))
    if not found:
        raise NotFound("This sub-hire does not exist, or was deleted.")
    return found[0]


async def sub_hires_for_event(reading: AsyncConnection, event_id: int) -> list[SubHireFacts]:
    """What was hired in for an event, by when it comes."""
    statement = _sub_hires().where(SubHire.event_id == event_id, SubHire.status != policy.CANCELLED)
    return await _read(reading, statement.order_by(SubHire.start_at, SubHire.id))


async def suppliers_to_choose(reading: AsyncConnection, present: int | None = None) -> list[tuple[int, str]]:
    """Id and name of the clients gear can be hired in from; the `present` one in any case."""
    live = and_(Client.deleted_at.is_(None), Client.supplier, ~Client.archived)
    statement = (
        select(Client.id, Client.name)
        .where(or_(live, Client.id == present))
        .order_by(Client.name_order, Client.id)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def events_to_choose(reading: AsyncConnection, present: int | None = None) -> list[tuple[int, str]]:
    """Id and name of the events something can be hired in for, the next first; the `present` one too."""
    coming = and_(Event.deleted_at.is_(None), Event.status.in_(events.OPEN), Event.out_end > now())
    statement = (
        select(Event.id, Event.name)
        .where(or_(coming, Event.id == present))
        .order_by(Event.out_start, Event.id)
        .limit(_MOST_EVENTS)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def equipment_by_id(reading: AsyncConnection, equipment_id: int) -> Choice:
    """What is to be hired in. Raises NotFound."""
    row = (await reading.execute(_equipment().where(Equipment.id == equipment_id))).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return Choice(*row)


async def equipment_to_choose(reading: AsyncConnection, text: str) -> list[Choice]:
    """Equipment the words typed may mean; at most twenty, a SKU that was typed in full first."""
    words = prefix_query(text)
    if not words:
        return []
    statement = (
        _equipment()
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", words)), ~Equipment.archived)
        .order_by((func.fold(Equipment.sku) == fold(text)).desc(), Equipment.name_order, Equipment.id)
        .limit(_MOST_PICKED)
    )
    return [Choice(*row) for row in await reading.execute(statement)]


def _equipment() -> Select[int, str, str, int]:
    columns = (Equipment.id, Equipment.name, Equipment.sku, Equipment.quantity)
    return select(*columns).where(Equipment.deleted_at.is_(None))


def _sub_hires() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(getattr(SubHire, name) for name in _COLUMNS),
            Equipment.sku,
            Client.name.label("supplier_name"),
            Client.phone.label("supplier_phone"),
            Event.name.label("event_name"),
        )
        .join(Equipment, Equipment.id == SubHire.equipment_id)
        .join(Client, Client.id == SubHire.supplier_id)
        .outerjoin(Event, Event.id == SubHire.event_id)
        .where(SubHire.deleted_at.is_(None))
    )


async def _read(reading: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> list[SubHireFacts]:
    return [SubHireFacts(**row) for row in (await reading.execute(statement)).mappings()]


def _tab(tab: str) -> ColumnElement[bool]:
    is_here = SubHire.status == policy.RECEIVED
    tabs: dict[str, ColumnElement[bool]] = {
        "open": SubHire.status.in_(policy.OPEN),
        "soon": and_(is_here, SubHire.end_at > now(), SubHire.end_at <= now() + SOON),
        "overdue": and_(is_here, SubHire.end_at <= now()),
        "done": SubHire.status.in_((policy.RETURNED, policy.CANCELLED)),
    }
    return tabs.get(tab, SubHire.status == tab)


def _conditions(wanted: SubHireFilter) -> Conditions:
    searched = (
        SubHire.name, Equipment.sku, SubHire.reference, Client.name, func.coalesce(Event.name, "")
    )  # fmt: skip
    return [
        *has_words(wanted.q, *searched),
        *all_of(equal(SubHire.supplier_id, int(wanted.supplier) if wanted.supplier else None)),
    ]
