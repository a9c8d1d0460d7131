"""Reading a list of gear as people write it: "4x SM58", "2 K12", "SM58 4", "6 × DI box", one a line.

A number may be a quantity or part of a name ("19 inch rack", "SM 58"), so a line has readings, the likeliest
first; which of them is meant only the catalogue can tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.lib.fields import clean

MOST_LINES = 500
LONGEST_LINE = 200
MOST_PIECES = 100_000

_PIECES = r"(?:pcs?\.?|pieces?|st(?:k|ck|[u\u00fc]ck)?\.?|mal|ea\.?)"
_TIMES = rf"(?:[x\u00d7*]|{_PIECES})"
_BULLET = re.compile(r"^(?:[-\u2013\u2014\u2022*\u00b7]|\[[ x]?\])\s+")
# an x right before a small letter, or a big X before any, begins a word: xylophone, XLR
_SURE_IN_FRONT = re.compile(rf"^(\d+)\s*(?:[\u00d7*]\s*|x(?=[\s\dA-Z(])\s*|X\s+|(?i:{_PIECES})\s+)(.+)$")
_IN_FRONT = re.compile(r"^(\d+)[.):]?\s+(.+)$")
_SURE_BEHIND = re.compile(
    rf"^(.+?)(?:\s+{_TIMES}\s*(\d+)|\s*[(\[]\s*{_TIMES}?\s*(\d+)\s*{_TIMES}?\s*[)\]]"
    rf"|\s+(\d+)\s*{_TIMES}|\s*[:=\t]\s*(\d+))$",
    re.IGNORECASE,
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORD = re.compile(rf"^({'|'.join(_NUMBERS)})\s+(?:{_TIMES}\s+)?(.+)$", re.IGNORECASE)
_ONLY_A_NUMBER = re.compile(rf"{_TIMES}?\s*\d+\s*{_TIMES}?", re.IGNORECASE)
_PLURAL = re.compile(r"(?:(?<=[xz])es|(?<=[cs]h)es|(?<![s])s)$", re.IGNORECASE)
_MEASURE = re.compile(r"(?<=\d)(?=(?:mm|cm|m|ft|kg|kw|w|a|v)\b)", re.IGNORECASE)
_BEHIND = re.compile(r"^(.+?)[\s,;]+(?:[-\u2013]\s*)?(\d+)$")


_MINUS = re.compile(r"^[-\u2212\u2013\u2014](?=\d)")
_MINUS_DOUBT = "A dash stands right before the number: check how many."
_LONG_DOUBT = f"Only its first {LONGEST_LINE} characters were read."


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: so many of what these words mean.

    A `doubt` says what is odd about it; the quantity is then as written, even where no line can have it.
    """

    quantity: int
    words: str
    doubt: str = ""


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
        whole = clean(raw)
        line = whole[:LONGEST_LINE]
        if line.endswith(":") and len(line) > 1:
            heading = _bare(line).rstrip(":").strip()
            continue
        readings = wanted(line)
        if len(whole) > LONGEST_LINE:
            readings = [replace(one, doubt=_LONG_DOUBT) for one in readings]
        if readings:
            found.append(PastedLine(line, heading, tuple(readings)))
        if len(found) == MOST_LINES:
            break
    return found


def is_too_long(text: str) -> bool:
    """Whether a list asks for more than is read at once; what is over would be lost without a word."""
    lines = [clean(line) for line in text.replace("\r", "\n").split("\n")]
    asking = [line for line in lines if not line.endswith(":") and _names(line)]
    return len(text) > MOST_LINES * LONGEST_LINE or len(asking) > MOST_LINES


def wanted(line: str) -> Sequence[Reading]:
    """The ways to read one line, the likeliest first; none where it has no letter or digit."""
    line = _bare(clean(line))
    if not _names(line):
        return []
    if _MINUS.match(line):
        return [replace(one, doubt=one.doubt or _MINUS_DOUBT) for one in wanted(_MINUS.sub("", line))]
    found = _readings(line)
    return [*found, *(other for one in found for other in _otherwise(one))]


def is_only_a_number(line: str) -> bool:
    """Whether a line says how many at best, and nothing of what."""
    return _ONLY_A_NUMBER.fullmatch(_bare(clean(line))) is not None


def _readings(line: str) -> list[Reading]:
    for sure in (_SURE_IN_FRONT.match(line), _SURE_BEHIND.match(line)):
        if sure:
            reading = _reading(*_parts(sure, in_front=sure.re is _SURE_IN_FRONT))
            return [reading, Reading(1, line, reading.doubt)] if reading else [Reading(1, line)]
    guesses = [
        _reading(*_parts(match, in_front=match.re is _IN_FRONT))
        for match in (_IN_FRONT.match(line), _BEHIND.match(line))
        if match
    ]
    whole = Reading(1, line)
    if spelled := _NUMBER_WORD.match(line):
        # "Two Notes" is a maker
        return [Reading(_NUMBERS.index(spelled[1].lower()) + 2, spelled[2]), whole]
    front_first = [guess for guess in guesses if guess is not None]
    # "SM 58" is a name as often as 58 of "SM"; the whole line is asked about first
    return [*front_first, whole] if _IN_FRONT.match(line) else [whole, *front_first]


def _otherwise(reading: Reading) -> list[Reading]:
    """The same in other words: one of them for several, a measure as two words."""
    one = _PLURAL.sub("", reading.words)
    apart = _MEASURE.sub(" ", reading.words)
    return [
        replace(reading, words=words) for words in (one, apart) if words != reading.words and _names(words)
    ]


def _names(words: str) -> bool:
    """Whether there is anything in it that could name gear: a letter or a digit."""
    return any(letter.isalnum() for letter in words)


def _bare(line: str) -> str:
    return _BULLET.sub("", " ".join(line.split(" ")).strip()).strip()


def _parts(match: re.Match[str], *, in_front: bool) -> tuple[str, str]:
    groups = [group for group in match.groups() if group is not None]
    return (groups[0], groups[1]) if in_front else (groups[-1], groups[0])


def _reading(number: str, words: str) -> Reading | None:
    words = " ".join(words.strip(" \t,;:-\u2013").split())
    if not any(letter.isalnum() for letter in words):
        return None
    quantity = int(number)
    if 1 <= quantity <= MOST_PIECES:
        return Reading(quantity, words)
    return Reading(quantity, words, f"{quantity} pieces cannot be added: write how many.")
