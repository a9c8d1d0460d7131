"""Pasting a list of gear: it is read, matched, shown for confirmation, and added as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.shortage import Shortage
from app.domain.events import queries, rentals
from app.domain.events.fields import QUANTITY_READERS
from app.domain.events.matching import Match, match_lines
from app.domain.events.pasting import LONGEST_LINE, MOST_LINES, is_too_long, read_list
from app.domain.events.picker_queries import Gear, free_of
from app.lib.errors import InvalidInput
from app.lib.fields import clean, identifier, read_fields
from app.lib.periods import FOREVER
from app.lib.sentences import counted
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import page, redirect


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of the list as it stands in the form: what it may mean, what was chosen, what is free of it."""

    number: int
    match: Match
    choices: tuple[Gear, ...]
    quantity: str
    picked: int | None
    error: str

    @property
    def gear(self) -> Gear | None:
        """What is chosen, with its figures."""
        return next((gear for gear in self.choices if gear.id == self.picked), None)

    @property
    def short(self) -> int:
        """How many more are asked for than are free."""
        wanted = int(self.quantity) if self.quantity.isascii() and self.quantity.isdigit() else 0
        return max(0, wanted - max(0, self.gear.free.left)) if self.gear else 0


@get("/events/{event_id:int}/list", capability=RENTAL_WRITE, include_in_schema=False)
async def list_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """Where a list is pasted."""
    event = await queries.event_by_id(reading, event_id)
    return page(request, "events/paste.html", event=event, text="", errors={})


@post("/events/{event_id:int}/list", capability=RENTAL_WRITE, status_code=200, include_in_schema=False)
async def check_list(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """What a pasted list means, for confirmation; also again, after something was chosen otherwise."""
    typed = await form_text(request)
    event = await queries.event_by_id(reading, event_id)
    text = typed.get("text", "")
    lines = [] if is_too_long(text) else await _read(reading, event, typed, {})
    if not lines:
        said = "Write one thing a line, like: 4x SM58."
        if is_too_long(text):
            said = f"At most {MOST_LINES} lines at once. Paste the list in parts."
        errors = {"text": said}
        return page(request, "events/paste.html", status=422, event=event, text=text, errors=errors)
    return _confirmation(request, event, typed, lines)


@get("/events/{event_id:int}/list/rentals", capability=RENTAL_WRITE, include_in_schema=False)
async def list_again(request: Request[Any, Any, Any], event_id: PathId) -> Response[str]:
    """A reload of what was refused: where the list is pasted."""
    return redirect(request, f"/events/{event_id}/list")


@post("/events/{event_id:int}/list/rentals", capability=RENTAL_WRITE, include_in_schema=False)
async def add_list(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add all that was chosen, or nothing."""
    typed = await form_text(request)
    reason = reason_of(request, clean(typed.get("overbook_reason", ""))[:500])
    reading = await work.session.connection()
    event = await queries.event_by_id(reading, event_id)
    lines = await _read(reading, event, typed, {})
    wanted, errors = _wanted(lines)
    if errors or not wanted:
        lines = await _read(reading, event, typed, errors)
        raise Rejected(_confirmation(request, event, typed, lines, status=422))
    try:
        added = await rentals.add_rentals(work, event_id, wanted, overbook_reason=reason)
    except InvalidInput as error:
        message = " ".join(error.fields.values())
        raise Rejected(_confirmation(request, event, typed, lines, status=422, message=message)) from error
    except Shortage as shortage:
        refused = _confirmation(request, event, typed, lines, status=409, shortage=shortage)
        raise Rejected(refused) from shortage
    undo = None if reason else f"/operations/{work.operation}/undo"
    toast = Toast("Added", counted(len(added), "line"), undo_url=undo)
    return redirect(request, f"/events/{event_id}", toast=toast)


async def _read(
    reading: AsyncConnection, event: Any, typed: Mapping[str, str], errors: Mapping[int, str]
) -> list[ListLine]:
    pasted = read_list(typed.get("text", "")[: MOST_LINES * LONGEST_LINE])
    matches = await match_lines(reading, pasted)
    ids = {one.id for match in matches for one in match.candidates}
    picked = [identifier(typed.get(f"pick-{number}")) for number in range(len(matches))]
    figures = await free_of(reading, event, [*ids, *(key for key in picked if key is not None)])
    return [
        _line(number, match, typed, figures, errors.get(number, "")) for number, match in enumerate(matches)
    ]


def _line(
    number: int, match: Match, typed: Mapping[str, str], figures: Mapping[int, Gear], error: str
) -> ListLine:
    candidates = [one.id for one in match.candidates]
    if f"pick-{number}" in typed:
        picked = identifier(typed[f"pick-{number}"])
        candidates += [picked] if picked is not None and picked not in candidates else []
    else:
        picked = candidates[0] if candidates and not match.guess else None
    choices = tuple(figures[key] for key in candidates if key in figures)
    quantity = clean(typed.get(f"quantity-{number}", str(match.reading.quantity)))
    return ListLine(number, match, choices, quantity, picked, error)


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


def _confirmation(
    request: Any,
    event: Any,
    typed: Mapping[str, str],
    lines: Sequence[ListLine],
    *,
    status: int = 200,
    message: str = "",
    shortage: Shortage | None = None,
) -> Response[str]:
    errors = {f"quantity-{line.number}": line.error for line in lines if line.error}
    if message or (status == 422 and not errors):  # noqa: PLR2004
        errors[""] = message or "Choose the equipment of at least one line."
    return page(
        request,
        "events/paste_check.html",
        partial="events/_paste_lines.html" if status == 200 else None,  # noqa: PLR2004
        status=status,
        event=event,
        text=typed.get("text", ""),
        lines=lines,
        errors=errors,
        unsure=sum(1 for line in lines if not line.match.sure),
        chosen=sum(1 for line in lines if line.picked is not None),
        shortages=shortage.shortages if shortage else (),
        forever=FOREVER,
    )


HANDLERS = [list_page, check_list, list_again, add_list]
