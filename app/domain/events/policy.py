"""The pure rules of events: which status follows which, and what a status does to the stock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

DRAFT, REQUESTED, QUOTED, HELD, CONFIRMED, CLOSED = (
    "draft", "requested", "quoted", "held", "confirmed", "closed",
)  # fmt: skip
LOST, CANCELLED, DECLINED, WITHDRAWN, EXPIRED = "lost", "cancelled", "declined", "withdrawn", "expired"

QUOTE, REQUEST, HOLD, CONFIRM, CLOSE, LOSE, CANCEL, DECLINE, COUNTER, WITHDRAW, EXPIRE, REOPEN = (
    "quote", "request", "hold", "confirm", "close", "lose", "cancel", "decline", "counter", "withdraw",
    "expire", "reopen",
)  # fmt: skip

NO_START, NO_END = "Say when the gear goes out.", "Say when the gear comes back."
LONGEST = timedelta(days=3652)
"""Ten years, which is too long: a slip of the hand in the year."""
HOLD_TIME = timedelta(days=7)
REQUEST_TIME = timedelta(days=2)
WARNING_TIME = timedelta(days=1)
"""How long before a hold or a request ends its people are told."""

STATUS_WORDS: dict[str, str] = {
    "draft": "a draft",
    "requested": "requested",
    "quoted": "quoted",
    "held": "held",
    "confirmed": "confirmed",
    "closed": "closed",
    "lost": "lost",
    "cancelled": "cancelled",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "expired": "expired",
}

# draft → quoted ⇄ held → confirmed → closed; quoted | held → lost; confirmed → cancelled; a request is
# answered, taken back or runs out. To counter is to hold on other terms, which whoever asked may accept by
# asking again. A hold that runs out is a quote again.
_STEPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        DRAFT: {QUOTE: QUOTED, REQUEST: REQUESTED, HOLD: HELD, CONFIRM: CONFIRMED, LOSE: LOST},
        QUOTED: {REQUEST: REQUESTED, HOLD: HELD, CONFIRM: CONFIRMED, LOSE: LOST},
        REQUESTED: {
            HOLD: HELD,
            CONFIRM: CONFIRMED,
            DECLINE: DECLINED,
            COUNTER: HELD,
            WITHDRAW: WITHDRAWN,
            EXPIRE: EXPIRED,
        },
        HELD: {REQUEST: REQUESTED, HOLD: HELD, QUOTE: QUOTED, CONFIRM: CONFIRMED, LOSE: LOST, EXPIRE: QUOTED},
        CONFIRMED: {CANCEL: CANCELLED, CLOSE: CLOSED},
        CLOSED: {},
        LOST: {REOPEN: DRAFT},
        CANCELLED: {REOPEN: DRAFT},
        DECLINED: {REOPEN: DRAFT},
        WITHDRAWN: {REOPEN: DRAFT},
        EXPIRED: {REOPEN: DRAFT},
    }
)
_STATES = {DRAFT: "pencil", QUOTED: "pencil", REQUESTED: "hold", HELD: "hold", CONFIRMED: "firm"}

TAKEN_BACK: Mapping[str, str] = MappingProxyType(
    {QUOTE: QUOTED, LOSE: LOST, CANCEL: CANCELLED, CLOSE: CLOSED, DECLINE: DECLINED}
)
"""What each step that takes no stock leads to: from there it may be undone."""

BINDING = (HELD, REQUESTED, CONFIRMED)
"""Statuses of an event whose lines may have units of their own: those that take stock."""

OPEN = tuple(_STATES)
"""Statuses in which an event's rentals are seen by the stock, as pencil or more."""


def status_after(status: str, step: str) -> str | None:
    """The status a step leads to; None where it may not be taken."""
    return _STEPS[status].get(step)


def steps_from(status: str) -> tuple[str, ...]:
    """The steps that may be taken, in the order they are offered."""
    return tuple(_STEPS[status])


def demand_state(status: str) -> str | None:
    """What the rentals of an event in this status are to the stock; None when they want nothing."""
    return _STATES.get(status)


def latest_hold_end(out_end: datetime, moment: datetime) -> datetime:
    """Until when an event is held unless somebody says: HOLD_TIME, but not beyond an end that is to come."""
    until = moment + HOLD_TIME
    return min(until, out_end) if out_end > moment else until


def usual_hold_end(out_start: datetime, out_end: datetime, moment: datetime) -> datetime:
    """What the form of a hold proposes: the same, but not beyond a start that is to come."""
    until = latest_hold_end(out_end, moment)
    return min(until, out_start) if out_start > moment else until


def hold_problem(expires_at: datetime, out_end: datetime, moment: datetime, *, may_confirm: bool) -> str:
    """Why a hold cannot end then; empty where it can.

    What is over already may be held for a while, so that what was forgotten can be put right.
    """
    if expires_at <= moment:
        return "A hold has to end in the future."
    if expires_at > out_end > moment:
        return "A hold cannot last longer than the event: its gear is back before."
    if not may_confirm and expires_at > moment + HOLD_TIME:
        return f"At most {HOLD_TIME.days} days from now. Ask somebody who may confirm for longer."
    return ""


def pieces_along(quantity: int, per: int, wanted: int) -> int:
    """How many go along with `wanted` pieces: `quantity` for every `per`, begun ones counted whole."""
    return -(-quantity * wanted // per)


def period_errors(
    start: datetime | None, end: datetime | None, start_name: str, end_name: str
) -> dict[str, str]:
    """What is wrong with a period, by field."""
    missing = {start_name: NO_START, end_name: NO_END}
    if start is None or end is None:
        given = {start_name: start, end_name: end}
        return {name: message for name, message in missing.items() if given[name] is None}
    if end <= start:
        return {end_name: "Choose a later end. The gear comes back after it went out."}
    if end - start >= LONGEST:
        return {end_name: "Ten years and more are too long."}
    return {}
