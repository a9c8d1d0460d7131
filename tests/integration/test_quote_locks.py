"""An acceptance beside everything else that touches its event and its quote: nobody waits in circles.

LOCK_ROUNDS=50 runs more of them than the suite does.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.db.models import Event, QuoteVersion
from app.domain.events import rentals
from app.domain.events import service as events
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.invoices.service import final_invoice
from app.domain.prep.counting import count
from app.domain.quotes import accepting, links, moves, sending
from app.domain.quotes.accepting import Wish, accept
from app.domain.quotes.happenings import decline
from app.domain.quotes.sending import send_version, withdraw_version
from app.domain.quotes.service import new_version
from app.lib import editing
from app.lib.clock import now
from app.lib.errors import DomainError
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.integration.bench import act
from tests.integration.booking import HOUR
from tests.integration.offers import SECRET, Sent, a_sent_quote
from tests.integration.test_bench_races import TABLETS, Sessions, sessions

__all__ = ["sessions"]

ROUNDS = int(os.environ.get("LOCK_ROUNDS", "1"))
TOGETHER = 3
DEADLOCK = "40P01"
Command = Callable[[Any], Any]


async def at_once(commands: list[Command], sessions: Sessions) -> Counter[str]:
    """Do all at once: how many were done, refused in words, refused by the database, and by which state."""

    async def attempt(command: Command) -> str:
        try:
            async with unit_of_work(sessions, SYSTEM) as unit:
                await command(unit)
        except DomainError:
            return "refused"
        except DBAPIError as error:
            return str(getattr(error.orig, "sqlstate", ""))
        return "done"

    return Counter(await asyncio.gather(*(attempt(one) for one in commands)))


def acceptance(sent: Sent) -> Command:
    return lambda unit: accept(unit, Wish(sent.version_id, "Claudia"))


async def next_one(unit: Any, sent: Sent) -> None:
    """The next version is drafted and sent, with its link."""
    draft = await new_version(unit, sent.version_id)
    await send_version(unit, draft.id, today=now().date())
    await links.link_for(unit, SECRET, sent.quote_id)


async def drafted(unit: Any, sent: Sent) -> None:
    await new_version(unit, sent.version_id)


async def moved(unit: Any, sent: Sent) -> None:
    """A line of the draft, where there is one, goes down."""
    draft = await unit.session.scalar(
        select(QuoteVersion.id).where(QuoteVersion.quote_id == sent.quote_id, QuoteVersion.state == "draft")
    )
    if draft is not None:
        await moves.move_line(unit, draft, f"rental:{sent.rental.id}", "down")


BESIDE: dict[str, Callable[[Any, Sent], Any]] = {
    "edit": lambda unit, sent: events.edit_event(unit, sent.event_id, {"notes": "Ramp"}, version=None),
    "dates": lambda unit, sent: events.edit_event(
        unit, sent.event_id, {"out_end": now() + 30 * HOUR}, version=None
    ),
    "quantity": lambda unit, sent: rentals.edit_rental(unit, sent.rental.id, {"quantity": 2}, version=None),
    "cancel": lambda unit, sent: events.take_step(unit, sent.event_id, "cancel"),
    "lose": lambda unit, sent: events.take_step(unit, sent.event_id, "lose"),
    "delete": lambda unit, sent: events.delete_event(unit, sent.event_id, version=None),
    "count": lambda unit, sent: count(unit, act(), sent.event_id, sent.rental.id, step="picked", quantity=1),
    "dispatch": lambda unit, sent: dispatch(unit, act(), sent.event_id, [Part(sent.rental.id, 1)]),
    "new version": drafted,
    "next version sent": next_one,
    "line moved": moved,
    "withdraw": lambda unit, sent: withdraw_version(unit, sent.version_id),
    "decline": lambda unit, sent: decline(unit, sent.version_id, name="Claudia", reason="Too dear"),
    "invoice": lambda unit, sent: final_invoice(unit, sent.event_id),
}


async def test_an_acceptance_beside_anything_else_ends_without_a_deadlock(
    work: Any, sessions: Sessions
) -> None:
    """Each has a quote of its own, and several who do it at the same moment as several who accept."""
    for _ in range(ROUNDS):
        commands, ended = list[Command](), dict[str, Counter[str]]()
        for other in BESIDE.values():
            async with work("manager") as unit:
                sent = await a_sent_quote(unit, start=now() + HOUR)
            beside: Command = lambda unit, sent=sent, other=other: other(unit, sent)  # noqa: E731
            commands += [beside, acceptance(sent)] * TOGETHER
        for what, outcome in zip(BESIDE, await in_turns(commands, sessions), strict=True):
            ended[what] = outcome
        assert all(set(one) <= {"done", "refused"} for one in ended.values()), ended
        assert all(one["done"] for one in ended.values()), ended


async def in_turns(commands: list[Command], sessions: Sessions) -> list[Counter[str]]:
    """All that belong together at once, as many at a time as there are connections."""
    size = 2 * TOGETHER
    parts = [commands[place : place + size] for place in range(0, len(commands), size)]
    return [
        outcome
        for place in range(0, len(parts), TABLETS // size)
        for outcome in await asyncio.gather(
            *(at_once(part, sessions) for part in parts[place : place + TABLETS // size])
        )
    ]


async def test_several_versions_of_one_event_are_accepted_at_once(work: Any, sessions: Sessions) -> None:
    """Each takes the place of the other: both versions, and the event, are wanted by both."""
    for _ in range(ROUNDS):
        async with work("manager") as unit:
            sent = await a_sent_quote(unit, start=now() + HOUR)
            await accept(unit, Wish(sent.version_id, "Claudia"))
        async with work("manager") as unit:
            second = await new_version(unit, sent.version_id)
            await send_version(unit, second.id, today=now().date())
        offers = [
            lambda unit, key=key: accept(unit, Wish(key, "Claudia")) for key in (sent.version_id, second.id)
        ]
        drafts = [lambda unit, sent=sent: next_one(unit, sent)] * 2
        ended = await at_once([*offers * TOGETHER, *drafts], sessions)
        assert set(ended) <= {"done", "refused"}, ended
        async with work() as unit:
            states = await unit.session.scalars(
                select(QuoteVersion.state).where(QuoteVersion.event_id == sent.event_id)
            )
            assert Counter(states)["accepted"] == 1


async def test_control_the_version_before_the_event_waits_in_a_circle(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: an acceptance that holds its version first, beside one who goes by the order of the house."""
    both = asyncio.Barrier(2)

    async def version_first(unit: Any, version_id: int) -> Event:
        version = await editing.lock(unit, QuoteVersion, version_id)
        await both.wait()
        return await editing.lock(unit, Event, version.event_id)

    async def event_first(unit: Any) -> None:
        await editing.lock(unit, Event, sent.event_id)
        await both.wait()
        await editing.lock(unit, QuoteVersion, sent.version_id)

    async with work("manager") as unit:
        sent = await a_sent_quote(unit, start=now() + HOUR)
    monkeypatch.setattr(accepting, "hold_event_of", version_first)
    assert (await at_once([acceptance(sent), event_first], sessions))[DEADLOCK] == 1


async def test_control_a_version_that_is_sent_before_its_quote_is_held_waits_for_who_moves_a_line(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: whoever sends holds the version and then, for the link, the quote; whoever moves, the other way."""
    both = asyncio.Barrier(2)

    async def event_alone(unit: Any, version_id: int) -> Event:
        version = await unit.session.get_one(QuoteVersion, version_id)
        return await editing.lock(unit, Event, version.event_id)

    written = moves._write

    async def after_both(*arguments: Any) -> None:
        await both.wait()
        await written(*arguments)

    async def send(unit: Any) -> None:
        await send_version(unit, draft.id, today=now().date())
        await both.wait()
        await links.link_for(unit, SECRET, sent.quote_id)

    async with work("manager") as unit:
        sent = await a_sent_quote(unit, start=now() + HOUR)
        draft = await new_version(unit, sent.version_id)
    monkeypatch.setattr(sending, "hold_quote_of", event_alone)
    monkeypatch.setattr(moves, "_write", after_both)
    assert (await at_once([send, lambda unit: moved(unit, sent)], sessions))[DEADLOCK] == 1


async def test_whoever_moves_a_line_and_whoever_sends_come_one_after_the_other(
    work: Any, sessions: Sessions
) -> None:
    for _ in range(ROUNDS):
        async with work("manager") as unit:
            sent = await a_sent_quote(unit, start=now() + HOUR)
            draft = await new_version(unit, sent.version_id)

        async def send(unit: Any, draft: Any = draft, sent: Sent = sent) -> None:
            await send_version(unit, draft.id, today=now().date())
            await links.link_for(unit, SECRET, sent.quote_id)

        movers = [lambda unit, sent=sent: moved(unit, sent)] * TOGETHER
        ended = await at_once([*movers, send, *movers, acceptance(sent)], sessions)
        assert ended["done"] >= 1
        assert set(ended) <= {"done", "refused", "23514"}, ended
