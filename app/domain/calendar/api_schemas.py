"""What the API says about the calendar."""

from typing import Annotated

from msgspec import Meta, Struct

from app.domain.calendar.policy import Kind, State


class CalendarDay(Struct):
    """How many items a day has, whether they are among those sent or not."""

    date: Annotated[str, Meta(examples=["2026-11-26"])]
    count: Annotated[int, Meta(examples=[20])]
    at_least: Annotated[
        bool, Meta(description="Whether there may be more: a busy day is counted to 99 more than those sent.")
    ]


class CalendarItem(Struct):
    """An event, the gear of one that is late, or a repair. `end` is null where it is not known."""

    kind: Kind
    id: Annotated[int, Meta(description="Of the event, or of the job.")]
    version: int
    state: State
    title: Annotated[str, Meta(examples=["Summer gala"])]
    client: str
    place: str
    start: Annotated[str, Meta(examples=["2026-11-26T08:00:00Z"])]
    end: str | None
    quantity: Annotated[int, Meta(description="Pieces that are late, or in repair; 0 for events.")]


class CalendarRecord(Struct):
    """Some days: the counts of all of them, and the first items of each."""

    days: list[CalendarDay]
    items: list[CalendarItem]
