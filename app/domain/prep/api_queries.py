"""The selects behind prep in the API."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, func, select, text

from app.db.models import BenchAction, Company, Event
from app.domain.availability.queries import Connection
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.api_schemas import (
    BenchLineRecord,
    BoardRecord,
    CountsRecord,
    OfferRecord,
    OfficeChangeRecord,
    PrepRecord,
    VerdictRecord,
)
from app.domain.prep.policy import Counts, fulfilment, progress, steps_of
from app.domain.prep.queries import BenchLine, lines_of_event, lines_of_events
from app.domain.prep.verdicts import Verdict
from app.lib.errors import NotFound
from app.lib.wire import wire
from app.web.api import wired

MOST = 200
_INSTANT = DateTime(timezone=True)
# going out or coming back between two instants, or not back though it should be
_BOARD = text(
    """
    select e.id, e.name, e.client_id, e.venue, e.out_start, e.out_end from event e
    where e.deleted_at is null and e.status = 'confirmed' and (
      (e.out_start >= :since and e.out_start < :until) or (e.out_end >= :since and e.out_end < :until)
      or exists (select from reservation r
        where r.event_id = e.id and r.state = 'out' and r.until_back and r.end_at < :until))
    order by e.out_start, e.id limit :most
    """
).bindparams(bindparam("since", type_=_INSTANT), bindparam("until", type_=_INSTANT))


async def board(connection: Connection, since: datetime, until: datetime) -> list[BoardRecord]:
    """The events that go out or come back between two instants, by when they leave; at most MOST.

    Those whose gear should be back and is not are among them. Three statements.
    """
    rows = (await connection.execute(_BOARD, {"since": since, "until": until, "most": MOST})).mappings().all()
    enabled = await _steps(connection)
    lines = await lines_of_events(connection, [row["id"] for row in rows])
    return [_standing(dict(row), lines[row["id"]], enabled) for row in rows]


async def prep_of(connection: Connection, event_id: int) -> PrepRecord:
    """Where an event stands, line by line. Raises NotFound."""
    name = (
        await connection.execute(select(Event.name).where(Event.id == event_id, Event.deleted_at.is_(None)))
    ).scalar_one_or_none()
    if name is None:
        raise NotFound("This event does not exist, or was deleted.")
    enabled = await _steps(connection)
    lines = await lines_of_event(connection, event_id)
    changes = await office_changes(connection, event_id, lines)
    waiting = await connection.execute(
        select(func.count()).where(
            BenchAction.event_id == event_id, BenchAction.needs_a_look, BenchAction.looked_at.is_(None)
        )
    )
    return PrepRecord(
        event_id=event_id,
        name=name,
        fulfilment=fulfilment([line.counts for line in lines], enabled),
        steps=list(enabled),
        lines=[_line(line) for line in lines],
        office_changes=[
            OfficeChangeRecord(
                rental_id=change.rental_id,
                name=change.name,
                before=change.before,
                after=change.after,
                to_put_back=change.to_put_back,
                at=None if change.at is None else str(wire(change.at)),
                by=change.actor,
            )
            for change in changes
        ],
        inbox=waiting.scalar_one(),
    )


def verdict_record(given: Verdict) -> VerdictRecord:
    """A verdict as data."""
    said = {field.name: getattr(given, field.name) for field in fields(given)}
    said["offers"] = [OfferRecord(one.label, one.act, one.values) for one in given.offers]
    said["since"] = None if given.since is None else str(wire(given.since))
    return VerdictRecord(**said)


def counts_record(counts: Counts) -> CountsRecord:
    """Counts as data."""
    found = {name: getattr(counts, name) for name in CountsRecord.__struct_fields__}
    return CountsRecord(**found)


async def _steps(connection: Connection) -> tuple[str, ...]:
    rows = await connection.execute(select(Company.prep_steps))
    return steps_of(rows.scalar_one_or_none() or ())


def _standing(event: dict[str, Any], lines: Sequence[BenchLine], enabled: Sequence[str]) -> BoardRecord:
    counts = [line.counts for line in lines]
    done, wanted = progress(counts, enabled[-1])
    owed = [one for one in counts if one.comes_back]
    return BoardRecord(
        **wired(event),
        fulfilment=fulfilment(counts, enabled),
        done=done,
        wanted=wanted,
        dispatched=sum(one.dispatched for one in counts),
        outstanding=sum(one.outstanding for one in owed),
        missing=sum(one.missing for one in owed),
    )


def _line(line: BenchLine) -> BenchLineRecord:
    return BenchLineRecord(
        rental_id=line.id,
        equipment_id=line.equipment_id,
        name=line.name,
        sku=line.sku,
        location=line.location,
        category=line.category,
        heading=line.heading,
        notes=line.notes,
        tracking=line.tracking,
        kind=line.kind,
        known=line.known,
        counts=counts_record(line.counts),
    )
