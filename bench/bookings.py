"""Bookings a second with many clients at once, on a few items that everybody wants and on all of them."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.lib.clock import now
from app.lib.unit_of_work import SYSTEM, unit_of_work
from bench.plan import LINES

HOT = 4
CONNECTIONS = 32

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True)
class Pace:
    """Bookings tried in a second, how many of them were refused, the median of one in milliseconds."""

    clients: int
    per_second: float
    refused: int
    milliseconds: float


async def pace_of(sessions: Sessions, clients: int, bookings: int, items: range, seed: int) -> Pace:
    """Let so many clients book one piece each time, of one of these items, until all bookings are tried.

    An event gets as many lines as those of the plan; then the client goes on to the next.
    """
    chance = random.Random(f"{seed}-{clients}-{len(items)}")
    events = [await _held_event(sessions, _start(chance)) for _ in range(clients + bookings // LINES)]
    wanted = [chance.choice(items) for _ in range(bookings)]
    outcome, taken, room = Counter[str](), list[float](), asyncio.Semaphore(CONNECTIONS)

    async def client() -> None:
        event_id, lines = events.pop(), 0
        while wanted:
            if lines == LINES:
                event_id, lines = events.pop(), 0
            lines += 1
            item, began = wanted.pop(), time.perf_counter()
            try:
                # clients wait for a connection instead of being told to come back
                async with room, unit_of_work(sessions, SYSTEM) as work:
                    await rentals.add_rental(work, event_id, item, {"quantity": 1})
                outcome["booked"] += 1
            except Shortage:
                outcome["refused"] += 1
            taken.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    seconds = time.perf_counter() - began
    return Pace(clients, bookings / seconds, outcome["refused"], median(taken))


def _start(chance: random.Random) -> datetime:
    return now().replace(second=0, microsecond=0) + timedelta(days=1, minutes=chance.randrange(300 * 1440))


async def _held_event(sessions: Sessions, start: datetime) -> int:
    async with unit_of_work(sessions, SYSTEM) as work:
        values = {"name": "Bench", "out_start": start, "out_end": start + timedelta(days=3)}
        event = await service.create_event(work, values)
        await service.hold(work, event.id)
        return event.id
