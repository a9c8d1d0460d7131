"""The prep board: what is to be prepped, going out and coming back in some days of the shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events.short_queries import short_lines
from app.domain.prep.acknowledging import has_begun
from app.domain.prep.board_queries import BoardEvent, board_events
from app.domain.prep.policy import (
    ALL_CHECKED,
    BACK,
    FULFILMENT_WORDS,
    IN_PREP,
    NOT_STARTED,
    OUT,
    PARTLY_OUT,
    PARTLY_RETURNED,
    READY,
    STEP_WORDS,
    fulfilment,
    progress,
)
from app.domain.prep.queries import BenchLine, lines_of_events
from app.domain.today.days import Days
from app.lib.periods import Period

PREP, LEAVING, RETURNING = "prep", "out", "back"
VIEWS: Final = {"": "All", PREP: "To prep", LEAVING: "Going out", RETURNING: "Coming back"}


@dataclass(frozen=True, slots=True)
class Card:
    """An event on the board: where its gear is, how far each step is, and what to mind.

    `here` is how far the step is that is being done, `out` how many pieces are back of those that left.
    """

    event: BoardEvent
    where: str
    steps: Sequence[tuple[str, int, int]]
    here: tuple[int, int]
    out: tuple[int, int]
    changes: int
    short: int
    late: bool

    @property
    def state(self) -> tuple[str, str, str]:
        """Word, tone and shape of where the gear is."""
        return FULFILMENT_WORDS[self.where]


@dataclass(frozen=True, slots=True)
class Section:
    """Cards of one kind, and how it is said."""

    key: str
    title: str
    none: str
    cards: Sequence[Card]


async def board_of(connection: AsyncConnection, days: Days, view: str, moment: datetime) -> list[Section]:
    """The sections of the board. A fixed number of statements."""
    until = days.start_of(days.prepped_until + timedelta(days=1))
    events, steps = await board_events(connection, Period(days.period.start, until), moment)
    lines = await lines_of_events(connection, [event.id for event in events])
    ahead = Period(moment, max(until, moment + timedelta(minutes=1)))
    short = await short_lines(connection, ahead, moment)
    cards = [_card(event, lines[event.id], steps, short, moment) for event in events if lines[event.id]]
    sections = [
        Section(PREP, "To prep", f"Nothing is left to prep for {_days(days)}.", _to_prep(cards, until)),
        Section(LEAVING, "Going out", f"Nothing more goes out {_days(days)}.", _leaving(cards, days, moment)),
        Section(
            RETURNING,
            "Coming back",
            f"Nothing more comes back {_days(days)}.",
            _returning(cards, days, moment),
        ),
    ]
    return [section for section in sections if view in ("", section.key)]


def _days(days: Days) -> str:
    return "this week" if days.is_week else "today" if days.first == days.today else "tomorrow"


def _card(
    event: BoardEvent,
    lines: Sequence[BenchLine],
    steps: Sequence[str],
    short: Mapping[int, int],
    moment: datetime,
) -> Card:
    counts = [line.counts for line in lines]
    where = fulfilment(counts, steps)
    rented = [one for one in counts if one.comes_back]
    dispatched, gone = sum(one.dispatched for one in rented), sum(one.outstanding for one in rented)
    reached = [progress(counts, step) for step in steps]
    due = event.out_start if where in (NOT_STARTED, IN_PREP, READY) else event.out_end
    return Card(
        event=event,
        where=where,
        steps=[(STEP_WORDS[step][1], *of) for step, of in zip(steps, reached, strict=True)],
        here=next((of for of in reached if of[0] < of[1]), reached[-1]),
        out=(dispatched - gone, dispatched),
        changes=sum((line.known or 0) != line.counts.wanted for line in lines) if has_begun(lines) else 0,
        short=short.get(event.id, 0),
        late=due < moment and where not in (ALL_CHECKED, BACK),
    )


def _to_prep(cards: Sequence[Card], until: datetime) -> list[Card]:
    return [
        card for card in cards
        if (card.where in (NOT_STARTED, IN_PREP) and card.event.out_start < until)
        or card.event.waiting or card.changes
    ]  # fmt: skip


def _leaving(cards: Sequence[Card], days: Days, moment: datetime) -> list[Card]:
    here = (NOT_STARTED, IN_PREP, READY, PARTLY_OUT)
    return [
        card for card in cards if card.where in here and _falls(card.event.out_start, days, moment, late=True)
    ]


def _returning(cards: Sequence[Card], days: Days, moment: datetime) -> list[Card]:
    away = (PARTLY_OUT, OUT, PARTLY_RETURNED, BACK)
    found = [
        card for card in cards
        if card.where in away and _falls(card.event.out_end, days, moment, late=card.where != BACK)
    ]  # fmt: skip
    return sorted(found, key=lambda card: card.event.out_end)


def _falls(at: datetime, days: Days, moment: datetime, *, late: bool) -> bool:
    """Whether it is on these days, or should have been before and today is one of them."""
    shows_late = late and at < moment and days.first <= days.today <= days.last
    return days.period.start <= at < days.period.end or shows_late


def board_context(sections: Sequence[Section], days: Days, view: str) -> dict[str, Any]:
    """What the templates of the board are given."""
    return {"sections": sections, "days": days, "view": view, "views": VIEWS}
