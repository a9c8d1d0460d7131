"""What was short of an event before a way out was taken: as much may be short again when it is taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.db.models import Event
from app.domain.availability.claims import claims_of, shortfalls_of
from app.domain.availability.queries import Window, stock_of
from app.domain.availability.service import lock_stock
from app.domain.events.booking import lines_of
from app.domain.events.demand import demands_of
from app.lib.errors import Conflict
from app.lib.periods import Period, beyond
from app.lib.unit_of_work import UnitOfWork

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Missing:
    """So many pieces of an equipment are missing throughout a period."""

    equipment_id: int
    pieces: int
    period: Period


async def standing_of(work: UnitOfWork, events: Iterable[Event]) -> list[Missing]:
    """What is short where these locked events take something, now. The stock of what they have is locked."""
    demands = [
        demand
        for event in events
        for demand in demands_of(event, await lines_of(work, event))
        if demand.state != "pencil"
    ]
    await lock_stock(work, {demand.equipment_id for demand in demands})
    windows = list(dict.fromkeys(Window(demand.equipment_id, demand.period) for demand in demands))
    found = await shortfalls_of(work.session, windows)
    return [
        Missing(window.equipment_id, stretch.short, stretch.period)
        for window, shortfall in zip(windows, found, strict=True)
        for stretch in shortfall.stretches
    ]


async def refuse_more(work: UnitOfWork, events: Iterable[Event], before: Sequence[Missing]) -> None:
    """Raise Conflict saying who has the gear, where more of it is missing for these events than `before`."""
    events = list(events)
    worse = beyond_standing(await standing_of(work, events), before)
    if not worse:
        return
    stock = await stock_of(work.session, [one.equipment_id for one in worse])
    windows = [Window(one.equipment_id, one.period) for one in worse]
    claims = await claims_of(work.session, windows, pencils=False)
    own = {event.id for event in events}
    sentences = dict[str, None]()
    for one, its in zip(worse, claims, strict=True):
        takers = [claim.name for claim in its if claim.kind != "sub_hire" and claim.event_id not in own]
        names = ", ".join(f"“{name}”" for name in dict.fromkeys(takers))
        what = f"{one.pieces} × {stock[one.equipment_id].name} would be short"
        sentences[f"{what}: {names} has it now." if names else f"{what}: there is less of it now."] = None
    raise Conflict(f"This cannot be taken back. {' '.join(sentences)}")


def beyond_standing(present: Sequence[Missing], before: Sequence[Missing]) -> list[Missing]:
    """What is missing now, as far as not as many were missing before."""
    found = list[Missing]()
    for one in present:
        parts = [one.period]
        for other in before:
            if other.equipment_id == one.equipment_id and other.pieces >= one.pieces:
                parts = [rest for part in parts for rest in beyond(part, other.period)]
        found += [Missing(one.equipment_id, one.pieces, part) for part in parts]
    return found


def written(standing: Iterable[Missing]) -> str:
    """What is missing, for an address."""
    return "_".join(
        "-".join(map(str, (one.equipment_id, one.pieces, _ticks(one.period.start), _ticks(one.period.end))))
        for one in standing
    )


def read(text: str) -> list[Missing]:
    """What `written` has made of it."""
    found = list[Missing]()
    for part in filter(None, text.split("_")):
        equipment_id, pieces, start, end = map(int, part.split("-"))
        found.append(Missing(equipment_id, pieces, Period(_EPOCH + start * _TICK, _EPOCH + end * _TICK)))
    return found


def _ticks(instant: datetime) -> int:
    return (instant - _EPOCH) // _TICK
