"""Calendars as text for other programs (RFC 5545): escaped, folded, every moment in UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_FOLD = 75
_PRODUCT = "-//AV-RENTALS//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar. `uid` stays what it is from version to version; `sequence` grows."""

    uid: str
    summary: str
    start: datetime
    end: datetime
    changed_at: datetime
    sequence: int
    is_certain: bool
    location: str = ""
    description: str = ""
    url: str = ""


def calendar_text(name: str, entries: Sequence[Entry]) -> str:
    """A whole calendar as it is sent."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_moment(entry.changed_at)}"
    yield f"LAST-MODIFIED:{_moment(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTART:{_moment(entry.start)}"
    yield f"DTEND:{_moment(entry.end)}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.location:
        yield f"LOCATION:{_text(entry.location)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.url:
        yield f"URL:{entry.url}"
    yield f"STATUS:{'CONFIRMED' if entry.is_certain else 'TENTATIVE'}"
    yield f"TRANSP:{'OPAQUE' if entry.is_certain else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _moment(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Text as a value: separators escaped, lines kept, and nothing that would end the line."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = "\\n".join(escaped.splitlines())
    return "".join(letter for letter in lines if letter.isprintable() or letter == "\t")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes, none of which ends within a letter."""
    pieces, piece, size = list[str](), "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _FOLD:
            pieces.append(piece)
            # what goes on begins with a space, which counts
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return [*pieces, piece]
