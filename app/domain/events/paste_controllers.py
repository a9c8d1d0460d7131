"""Pasting a list of gear: it is read, matched, shown for confirmation, and added as a whole."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.shortage import Shortage
from app.domain.events import queries, rentals
from app.domain.events.fields import QUANTITY_READERS
from app.domain.events.matching import Match, match_lines
from app.domain.events.pasting import LONGEST_LINE, MOST_LINES, is_too_long, read_list
from app.domain.events.picker_queries import Gear, free_of
from app.domain.events.queries import EventFacts
from app.lib.errors import InvalidInput
from app.lib.fields import clean, identifier, read_fields
from app.lib.periods import FOREVER
from app.lib.sentences import counted
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.overbooking import take_reason
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import page, redirect

_TOO_LONG = (
    f"At most {MOST_LINES} lines at once, and this is more. Nothing was read: paste the list in parts."
)
_NOTHING_CHOSEN = "Choose the equipment of at least one line."


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of the list as it stands in the form: what it may mean, what was chosen, what is free of it."""

    number: int
    match: Match
    choices: tuple[Gear, ...]
    quantity: str
    picked: int | None
    sought: str = ""
    error: str = ""

    @property
    def gear(self) -> Gear | None:
        """What is chosen, with its figures."""
        return next((gear for gear in self.choices if gear.id == self.picked), None)

    @property
    def doubt(self) -> str:
        """What is odd about the line as it was written."""
        return self.match.reading.doubt

    @property
    def short(self) -> int:
        """How many more are asked for than are free."""
        wanted = int(self.quantity) if self.quantity.isascii() and self.quantity.isdigit() else 0
        return max(0, wanted - max(0, self.gear.free.left)) if self.gear else 0


@get("/events/{event_id:int}/list", capability=RENTAL_WRITE, include_in_schema=False)
async def list_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """Where a list is pasted."""
    event = await queries.event_by_id(reading, event_id)
    return _paste_page(request, event, "", {})


@post("/events/{event_id:int}/list", capability=RENTAL_WRITE, status_code=200, include_in_schema=False)
async def check_list(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """What a pasted list means, for confirmation; also again, after something was chosen otherwise."""
    typed = await form_text(request)
    event, lines = await _sent(request, reading, event_id, typed)
    return page(
        request,
        "events/paste_check.html",
        partial="events/_paste_lines.html",
        **_list_context(event, typed, lines),
    )


@get("/events/{event_id:int}/list/rentals", capability=RENTAL_WRITE, include_in_schema=False)
async def list_again(request: Request[Any, Any, Any], event_id: PathId) -> Response[str]:
    """A reload of what was refused: where the list is pasted."""
    return redirect(request, f"/events/{event_id}/list")


@post("/events/{event_id:int}/list/rentals", capability=RENTAL_WRITE, include_in_schema=False)
async def add_list(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add all that was chosen, or nothing."""
    typed = await form_text(request)
    reason = take_reason(request, typed)
    reading = await work.session.connection()
    event, lines = await _sent(request, reading, event_id, typed)
    wanted = _checked(request, event, typed, lines)
    with _refusing(request, event, typed, lines):
        added = await rentals.add_rentals(work, event_id, wanted, overbook_reason=reason)
    undo = None if reason else f"/operations/{work.operation}/undo"
    toast = Toast("Added", counted(len(added), "line"), undo_url=undo)
    return redirect(request, f"/events/{event_id}", toast=toast)


def _paste_page(
    request: Any, event: EventFacts, text: str, errors: Mapping[str, str], *, status: int = 200
) -> Response[str]:
    return page(
        request,
        "events/paste.html",
        status=422 if errors else status,
        event=event,
        text=text,
        errors=errors,
        most_lines=MOST_LINES,
    )


async def _sent(
    request: Any, reading: AsyncConnection, event_id: int, typed: Mapping[str, str]
) -> tuple[EventFacts, list[ListLine]]:
    """The event and the list that was sent. Raises Rejected, with the list, where no line can be added."""
    event = await queries.event_by_id(reading, event_id)
    if not event.is_open:
        raise Rejected(_paste_page(request, event, typed.get("text", ""), {}, status=409))
    return event, await _read(request, reading, event, typed)


async def _read(
    request: Any, reading: AsyncConnection, event: EventFacts, typed: Mapping[str, str]
) -> list[ListLine]:
    """The lines of the list that was sent. Raises Rejected, with the list, where it is empty or too long."""
    text = typed.get("text", "")
    too_long = is_too_long(text)
    matches = [] if too_long else await match_lines(reading, read_list(text))
    if not matches:
        errors = {"text": _TOO_LONG if too_long else "Write one thing a line, like: 4x SM58."}
        raise Rejected(_paste_page(request, event, text, errors))
    matches = await _sought(reading, matches, typed)
    ids = {one.id for match in matches for one in match.candidates}
    picked = [identifier(typed.get(f"pick-{number}")) for number in range(len(matches))]
    figures = await free_of(reading, event, [*ids, *(key for key in picked if key is not None)])
    return [_line(number, match, typed, figures) for number, match in enumerate(matches)]


async def _sought(
    reading: AsyncConnection, matches: Sequence[Match], typed: Mapping[str, str]
) -> list[Match]:
    """The lines, where somebody looked for something else with what was found: that comes first."""
    words = {number: _words_sought(typed, number) for number in range(len(matches))}
    asked = {number: read_list(text)[:1] for number, text in words.items() if text}
    lines = [line for its in asked.values() for line in its]
    found = iter(await match_lines(reading, lines) if lines else [])
    others = {number: next(found).candidates for number, its in asked.items() if its}
    return [
        replace(match, candidates=tuple(dict.fromkeys([*others.get(number, ()), *match.candidates])))
        for number, match in enumerate(matches)
    ]


def _words_sought(typed: Mapping[str, str], number: int) -> str:
    return clean(typed.get(f"find-{number}", ""))[:LONGEST_LINE]


def _line(number: int, match: Match, typed: Mapping[str, str], figures: Mapping[int, Gear]) -> ListLine:
    candidates = [one.id for one in match.candidates]
    sought = _words_sought(typed, number)
    if sought != typed.get(f"found-{number}", ""):
        # what was just looked for is taken, if there is any
        picked = candidates[0] if candidates and sought else None
    elif f"pick-{number}" in typed:
        picked = identifier(typed[f"pick-{number}"])
        candidates += [picked] if picked is not None and picked not in candidates else []
    else:
        picked = candidates[0] if candidates and not match.guess else None
    choices = tuple(figures[key] for key in candidates if key in figures)
    quantity = clean(typed.get(f"quantity-{number}", str(match.reading.quantity)))
    return ListLine(number, match, choices, quantity, picked, sought)


def _checked(
    request: Any, event: EventFacts, typed: Mapping[str, str], lines: Sequence[ListLine]
) -> list[rentals.NewLine]:
    """What to add. Raises Rejected, with the list, where a number makes no sense or nothing was chosen."""
    wanted, errors = _wanted(lines)
    if errors or not wanted:
        marked = [replace(line, error=errors.get(line.number, "")) for line in lines]
        message = "" if errors else _NOTHING_CHOSEN
        raise Rejected(_refused(request, event, typed, marked, message=message))
    return wanted


def _wanted(lines: Sequence[ListLine]) -> tuple[list[rentals.NewLine], dict[int, str]]:
    """What to add, and by line what keeps it from being added."""
    found, errors = list[rentals.NewLine](), dict[int, str]()
    for line in lines:
        if line.picked is None:
            continue
        read = read_fields({"quantity": line.quantity}, QUANTITY_READERS)
        if read.errors:
            errors[line.number] = read.errors["quantity"]
        else:
            values = {**read.values, "heading": line.match.line.heading}
            found.append(rentals.NewLine(line.picked, values))
    return found, errors


@contextmanager
def _refusing(
    request: Any, event: EventFacts, typed: Mapping[str, str], lines: Sequence[ListLine]
) -> Generator[None]:
    """Turn what is refused inside the block into the list again, saying why; the transaction rolls back."""
    try:
        yield
    except InvalidInput as error:
        message = " ".join(error.fields.values())
        raise Rejected(_refused(request, event, typed, lines, message=message)) from error
    except Shortage as shortage:
        raise Rejected(_refused(request, event, typed, lines, shortage=shortage)) from shortage


def _refused(
    request: Any,
    event: EventFacts,
    typed: Mapping[str, str],
    lines: Sequence[ListLine],
    *,
    message: str = "",
    shortage: Shortage | None = None,
) -> Response[str]:
    """The whole list again, with what keeps it from being added."""
    return page(
        request,
        "events/paste_check.html",
        status=409 if shortage else 422,
        **_list_context(event, typed, lines, message=message, shortage=shortage),
    )


def _list_context(
    event: EventFacts,
    typed: Mapping[str, str],
    lines: Sequence[ListLine],
    *,
    message: str = "",
    shortage: Shortage | None = None,
) -> dict[str, Any]:
    errors = {f"quantity-{line.number}": line.error for line in lines if line.error}
    return {
        "event": event,
        "text": typed.get("text", ""),
        "lines": lines,
        "errors": errors | ({"": message} if message else {}),
        "unsure": sum(1 for line in lines if not line.match.sure),
        "chosen": sum(1 for line in lines if line.picked is not None),
        "shortages": shortage.shortages if shortage else (),
        "forever": FOREVER,
    }


HANDLERS = [list_page, check_list, list_again, add_list]
