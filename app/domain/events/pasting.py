"""Reading a list of gear as people write it: "4x SM58", "2 K12", "SM58 4", "6 × DI box", one a line.

A number may be a quantity or part of a name ("19 inch rack", "SM 58"), so a line has readings, the likeliest
first; which of them is meant only the catalogue can tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.lib.fields import clean

MOST_LINES = 200
LONGEST_LINE = 200
MOST_PIECES = 100_000

_PIECES = r"(?:pcs?\.?|pieces?|st(?:k|ck|[u\u00fc]ck)?\.?|mal|ea\.?)"
_TIMES = rf"(?:[x\u00d7*]|{_PIECES})"
_BULLET = re.compile(r"^(?:[-\u2013\u2014\u2022*\u00b7]|\[[ x]?\])\s+")
# an x right before a small letter, or a big X before any, begins a word: xylophone, XLR
_SURE_IN_FRONT = re.compile(
    rf"^(\d{{1,6}})\s*(?:[\u00d7*]\s*|x(?=[\s\dA-Z(])\s*|X\s+|(?i:{_PIECES})\s+)(.+)$"
)
_IN_FRONT = re.compile(r"^(\d{1,6})[.):]?\s+(.+)$")
_SURE_BEHIND = re.compile(
    rf"^(.+?)(?:\s+{_TIMES}\s*(\d{{1,6}})|\s*[(\[]\s*{_TIMES}?\s*(\d{{1,6}})\s*{_TIMES}?\s*[)\]]"
    rf"|\s+(\d{{1,6}})\s*{_TIMES}|\s*[:=\t]\s*(\d{{1,6}}))$",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"^(.+?)[\s,;]+(?:[-\u2013]\s*)?(\d{1,6})$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: so many of what these words mean."""

    quantity: int
    words: str


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A line of the list as it was written, the group it stands in, and the ways to read it."""

    text: str
    heading: str
    readings: tuple[Reading, ...]


def read_list(text: str) -> list[PastedLine]:
    """The lines of a list that ask for something, at most MOST_LINES.

    A line that ends with a colon and names no quantity is the heading of those after it.
    """
    found: list[PastedLine] = []
    heading = ""
    for raw in text.replace("\r", "\n").split("\n"):
        line = clean(raw)[:LONGEST_LINE]
        if line.endswith(":") and len(line) > 1:
            heading = _bare(line).rstrip(":").strip()
            continue
        readings = wanted(line)
        if readings:
            found.append(PastedLine(line, heading, tuple(readings)))
        if len(found) == MOST_LINES:
            break
    return found


def is_too_long(text: str) -> bool:
    """Whether a list asks for more than is read at once; what is over would be lost without a word."""
    lines = [clean(line) for line in text.replace("\r", "\n").split("\n")]
    asking = [line for line in lines if not line.endswith(":") and any(letter.isalnum() for letter in line)]
    return len(text) > MOST_LINES * LONGEST_LINE or len(asking) > MOST_LINES


def wanted(line: str) -> Sequence[Reading]:
    """The ways to read one line, the likeliest first; none where it has no letter or digit."""
    line = _bare(clean(line))
    if not any(letter.isalnum() for letter in line):
        return []
    for sure in (_SURE_IN_FRONT.match(line), _SURE_BEHIND.match(line)):
        if sure:
            reading = _reading(*_parts(sure, in_front=sure.re is _SURE_IN_FRONT))
            return [reading, Reading(1, line)] if reading else [Reading(1, line)]
    guesses = [
        _reading(*_parts(match, in_front=match.re is _IN_FRONT))
        for match in (_IN_FRONT.match(line), _BEHIND.match(line))
        if match
    ]
    whole = Reading(1, line)
    front_first = [guess for guess in guesses if guess is not None]
    # "SM 58" is a name as often as 58 of "SM"; the whole line is asked about first
    return [*front_first, whole] if _IN_FRONT.match(line) else [whole, *front_first]


def _bare(line: str) -> str:
    return _BULLET.sub("", " ".join(line.split(" ")).strip()).strip()


def _parts(match: re.Match[str], *, in_front: bool) -> tuple[str, str]:
    groups = [group for group in match.groups() if group is not None]
    return (groups[0], groups[1]) if in_front else (groups[-1], groups[0])


def _reading(number: str, words: str) -> Reading | None:
    words = " ".join(words.strip(" \t,;:-\u2013").split())
    quantity = int(number)
    if not 1 <= quantity <= MOST_PIECES or not any(letter.isalnum() for letter in words):
        return None
    return Reading(quantity, words)
