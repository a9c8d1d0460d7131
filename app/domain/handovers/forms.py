"""What the forms of handing over send: parts, a session."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Request

from app.domain.handovers.checking_in import Session
from app.domain.handovers.policy import CONDITIONS, Part
from app.domain.handovers.queries import HandedLine
from app.domain.inventory.photo_uploads import keep_photo
from app.lib.errors import InvalidInput
from app.lib.fields import FieldError, clean, identifier, local_instant, words
from app.web.forms import form_file

_MOST_DIGITS: Final = 5
TEXTS: Final = {
    "vehicle": words(120),
    "signed_name": words(120),
    "notes": words(2000),
    "override_reason": words(500),
}


def parts_to_leave(form: Mapping[str, str], units: Sequence[str], lines: Sequence[HandedLine]) -> list[Part]:
    """What a form of a dispatch says leaves: numbers of counted lines, tags of the others.

    Raises InvalidInput at the field of a number that is none.
    """
    errors, parts = dict[str, str](), list[Part]()
    for one in lines:
        text = form.get(f"line-{one.id}", "").strip()
        if one.line.serialized or not text:
            continue
        pieces = _whole(text)
        if pieces is None or pieces > one.left:
            errors[f"line-{one.id}"] = f"{one.line.name}: a whole number, at most {one.left}."
        elif pieces:
            parts.append(Part(one.id, pieces))
    known = {
        str(unit.id): Part(one.id, 1, unit.id) for one in lines for unit in one.units if one.line.serialized
    }
    parts += [known[key] for key in dict.fromkeys(units) if key in known]
    if errors:
        raise InvalidInput(errors)
    if not parts:
        raise InvalidInput({"parts": "Choose what leaves."})
    return parts


def usual_parts(lines: Sequence[HandedLine], what: str) -> tuple[dict[str, str], list[str]]:
    """What a form of a dispatch begins with: what is prepped, `all` that may leave, nothing for `scans`."""
    if what == "scans":
        return {f"line-{one.id}": "0" for one in lines if not one.line.serialized}, []
    everything = what == "all"
    typed = {
        f"line-{one.id}": str(one.left if everything else one.ready)
        for one in lines
        if not one.line.serialized
    }
    units = [str(unit.id) for one in lines for unit in one.units[: one.left] if everything or unit.is_prepped]
    return typed, units


def read_session(form: Mapping[str, str], zone: ZoneInfo, *, going_on: int | None) -> Session:
    """Where a check-in is recorded, and when it came back. Raises InvalidInput."""
    try:
        at = local_instant(zone)(form.get("at", "").strip())
    except FieldError as error:
        raise InvalidInput({"at": error.message}) from error
    return Session(going_on, at)


async def part_coming_back(request: Request[Any, Any, Any], form: Mapping[str, str], rental_id: int) -> Part:
    """What a tap of a check-in says came back, and how. Raises InvalidInput."""
    condition, note = form.get("condition", "fine"), clean(form.get("note", ""))[:1000]
    if condition not in CONDITIONS:
        raise InvalidInput({"condition": "Choose one of the list."})
    text = form.get("quantity", "").strip() or "1"
    pieces = _whole(text)
    if not pieces:
        raise InvalidInput({"quantity": "Type a whole number, at least 1."})
    upload = await form_file(request, "photo_file")
    photo = await keep_photo(request, upload) if upload else None
    unit_id = identifier(form.get("unit_id"))
    return Part(rental_id, 1 if unit_id else pieces, unit_id, condition, note=note, photo=photo)


def _whole(text: str) -> int | None:
    """A whole number of a few digits; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
