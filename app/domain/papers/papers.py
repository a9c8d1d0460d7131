"""Each paper, gathered from the database: a fixed number of statements, whatever the event holds."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from app.domain.availability.queries import Connection
from app.domain.handovers.policy import CONDITIONS, MISSING
from app.domain.papers import queries
from app.domain.papers.arranging import (
    CATEGORY,
    EVENT,
    LOCATION,
    ORDERS,
    came_back,
    grouped,
    left,
    packed,
    total_of,
)
from app.domain.papers.facts import PaperLine
from app.domain.papers.printing import Paper
from app.domain.prep.policy import STEP_WORDS, steps_of
from app.lib.fields import identifier

Query = Mapping[str, str]


async def pick_list(connection: Connection, event_id: int, query: Query) -> Paper:
    """What to take from the shelves, by place or by category, with boxes to tick for each step of prep."""
    company = await queries.letterhead(connection)
    event = await queries.event_of_paper(connection, event_id)
    by = CATEGORY if query.get("by") == CATEGORY else LOCATION
    lines = _with_what_is_new(await queries.lines_of_paper(connection, event_id, by))
    wanted = [line for line in lines if line.counts.wanted]
    return Paper(
        "PL",
        "Pick list",
        "Pick list",
        "papers/pick_list.html",
        company,
        event,
        {
            "steps": [(step, *STEP_WORDS[step]) for step in steps_of(company.prep_steps)],
            "by": by,
            "orders": ORDERS,
            "groups": grouped(wanted, by),
            "to_put_back": [line for line in lines if not line.counts.wanted and line.put_back],
            "total": total_of((line.weight_kg, line.counts.wanted) for line in wanted),
        },
        _pictures(company.logo),
    )


async def packing_list(connection: Connection, event_id: int, query: Query) -> Paper:
    """What is in each case, one sheet for each; `case` asks for a single one."""
    company = await queries.letterhead(connection)
    event = await queries.event_of_paper(connection, event_id)
    lines = await queries.lines_of_paper(connection, event_id, EVENT)
    cases = await queries.cases_of_paper(connection, event_id)
    sheets = packed(lines, cases, steps_of(company.prep_steps))
    case_id = identifier(query.get("case"))
    return Paper(
        "PK",
        "Packing list",
        "Packing list",
        "papers/packing_list.html",
        company,
        event,
        {
            "sheets": [one for one in sheets if case_id is None or (one.case and one.case.id == case_id)],
            "case_count": len(cases),
        },
        _pictures(company.logo),
    )


async def delivery_note(connection: Connection, event_id: int, _query: Query) -> Paper:
    """What the client gets: what has left, or, before anything has, what is planned."""
    company = await queries.letterhead(connection)
    event = await queries.event_of_paper(connection, event_id)
    lines = await queries.lines_of_paper(connection, event_id, EVENT)
    has_left = any(line.counts.dispatched for line in lines)
    shown = [line for line in lines if (line.counts.dispatched if has_left else line.counts.wanted)]
    return Paper(
        "DN",
        "Delivery note",
        "Delivery note",
        "papers/delivery_note.html",
        company,
        event,
        {
            "groups": grouped(shown, EVENT),
            "has_left": has_left,
            "to_follow": [line for line in lines if has_left and line.counts.dispatched < line.counts.wanted],
            "total": total_of((line.weight_kg, _leaves(line, has_left=has_left)) for line in shown),
        },
        _pictures(company.logo),
    )


async def return_note(connection: Connection, event_id: int, _query: Query) -> Paper:
    """What is expected back, what is missing; before anything has left, what is planned to come back."""
    company = await queries.letterhead(connection)
    event = await queries.event_of_paper(connection, event_id)
    lines = await queries.lines_of_paper(connection, event_id, EVENT)
    has_left = any(line.counts.dispatched for line in lines)
    rented = [line for line in lines if line.counts.comes_back]
    due = [line for line in rented if (line.due if has_left else line.counts.wanted)]
    missing = [line for line in rented if line.counts.missing]
    return Paper(
        "RN",
        "Return note",
        "Return note",
        "papers/return_note.html",
        company,
        event,
        {
            "groups": grouped(due, EVENT),
            "has_left": has_left,
            "missing": missing,
            "missing_value": sum((line.missing_value or Decimal(0) for line in missing), Decimal(0)),
            "settled": [line for line in rented if line.counts.settled],
            "went": sum(line.counts.dispatched for line in rented),
            "came": sum(line.counts.returned for line in rented),
            "total": total_of((line.weight_kg, line.due if has_left else line.counts.wanted) for line in due),
        },
        _pictures(company.logo),
    )


async def receipt(connection: Connection, handover_id: int) -> Paper:
    """What changed hands once, and who signed for it."""
    company = await queries.letterhead(connection)
    handover = await queries.handover_by_id(connection, handover_id)
    event = await queries.event_of_paper(connection, handover.event_id)
    handed = await queries.handed_lines(connection, handover_id)
    out = handover.is_dispatch
    rows = left(handed) if out else came_back(handed)
    return Paper(
        "HO",
        f"{'Hand-over' if out else 'Return'} receipt {handover.number}",
        "Hand-over receipt" if out else "Return receipt",
        "papers/receipt.html",
        company,
        event,
        {
            "handover": handover,
            "rows": rows,
            "pieces": sum(row.quantity for row in rows if row.condition != MISSING),
            "missing": sum(row.quantity for row in rows if row.condition == MISSING),
            "conditions": CONDITIONS,
        },
        _pictures(company.logo, handover.signature),
    )


EVENT_PAPERS: Final[Mapping[str, tuple[str, Callable[[Connection, int, Query], Awaitable[Paper]]]]] = {
    "pick-list": ("Pick list", pick_list),
    "packing-list": ("Packing list", packing_list),
    "delivery-note": ("Delivery note", delivery_note),
    "return-note": ("Return note", return_note),
}
"""The papers of an event by their address: what they are called, and who gathers them."""


def _with_what_is_new(lines: Sequence[PaperLine]) -> list[PaperLine]:
    """Once prep began, a line the bench does not know of is one it knew none of."""
    if all(line.known is None for line in lines):
        return list(lines)
    return [line if line.known is not None else replace(line, known=0) for line in lines]


def _leaves(line: PaperLine, *, has_left: bool) -> int:
    return line.counts.dispatched if has_left else line.counts.wanted


def _pictures(*names: Any) -> tuple[str, ...]:
    return tuple(name for name in names if name)
