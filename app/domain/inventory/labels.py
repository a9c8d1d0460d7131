"""Labels with a QR code, laid out in millimetres for the printer.

The code holds the tag and nothing else, so that a scanner types exactly what a person would.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal, NamedTuple

import segno

from app.domain.inventory.label_formats import LabelFormat
from app.lib.text_width import fit_end, fit_lines, width

# Empty modules around a code, as the standard asks for.
QUIET_MODULES: Final = 4
# Below this side of a module, in millimetres, plain cameras and 203 dpi printers begin to fail.
FINEST_MODULE: Final = 0.33

# Beside text a code takes at most this share of the width, and no label needs a larger one.
_CODE_SHARE: Final = 0.42
_LARGEST_CODE: Final = 32.0
# Labels less wide than this, for their height, have the text below the code.
_BESIDE_FROM: Final = 1.35
# There the type is smaller and gets this share of the height.
_BELOW_SCALE: Final = 0.8
_BELOW_SHARE: Final = 0.22
# From line to line, and from the top of a line to where its letters stand, in em.
_LEADING: Final = 1.22
_BASELINE: Final = 0.95
# How far a tag shrinks before it takes a second line: a share of its size, and millimetres.
_SMALLEST_SHARE: Final = 0.55
_SMALLEST_TAG: Final = 1.8

Role = Literal["tag", "title", "line"]
Anchor = Literal["start", "middle"]


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says: `code` is encoded and printed large, the rest as far as there is room."""

    code: str
    title: str = ""
    line: str = ""
    sublines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QrMark:
    """A code on a label: `path` in modules, to be scaled by `module` and moved to `x`, `y` (millimetres)."""

    path: str
    modules: int
    module: float
    x: float
    y: float

    @property
    def size(self) -> float:
        """The side of the dark area in millimetres."""
        return self.modules * self.module


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line on a label: `y` is where the letters stand; `size` is that of the type, in millimetres."""

    text: str
    role: Role
    size: float
    x: float
    y: float
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label on a page at `x`, `y`; its code and lines are measured from its own upper left corner."""

    label: Label
    x: float
    y: float
    qr: QrMark
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet, or one label of a roll. `corners` are those of all places, used or not."""

    labels: tuple[PlacedLabel, ...]
    corners: tuple[tuple[float, float], ...]

    @property
    def too_fine(self) -> tuple[str, ...]:
        """The tags that are so long that their code may not scan at this size."""
        return tuple(each.label.code for each in self.labels if each.qr.module < FINEST_MODULE)


class _Line(NamedTuple):
    """A line that has no place yet."""

    text: str
    role: Role
    size: float


def layout(labels: Sequence[Label], label_format: LabelFormat, skip: int = 0) -> tuple[Page, ...]:
    """Place the labels on as many pages as they need, in reading order.

    `skip` places at the beginning of the first page stay empty, where labels were taken off before; at
    least one place of that page is always used. CPU bound: 2 ms for a tag that was not drawn lately.
    Raises ValueError for a tag that no QR code can hold.
    """
    places = enumerate(labels, start=min(max(skip, 0), label_format.per_page - 1))
    corners = tuple(label_format.corner(place) for place in range(label_format.per_page))
    return tuple(
        Page(tuple(_placed(label, label_format, place) for place, label in page), corners)
        for _, page in groupby(places, key=lambda each: each[0] // label_format.per_page)
    )


@lru_cache(maxsize=4096)
def qr_path(code: str) -> tuple[str, int]:
    """The outline of the dark modules as the `d` of an SVG path, and the modules of a side.

    The unit is one module, without the empty ones around. Error correction is M or better. Raises
    ValueError for an empty string and for one of more than 2331 bytes.
    """
    if not code:
        raise ValueError("A label needs a tag.")
    # Whatever is not ASCII goes as UTF-8 bytes: left to itself, the encoder would choose an alphabet that
    # scanners have to guess.
    plain = code.isascii()
    mark = segno.make_qr(code, error="m", mode=None if plain else "byte", encoding=None if plain else "utf-8")
    return outline(mark.matrix), len(mark.matrix)


def outline(modules: Sequence[Sequence[int]]) -> str:
    """The dark modules of a code, row by row, as the `d` of an SVG path."""
    return "".join("".join(_runs(row, y)) for y, row in enumerate(modules))


def _runs(row: Sequence[int], y: int) -> Iterator[str]:
    x = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield f"M{x} {y}h{length}v1h-{length}z"
        x += length


def _placed(label: Label, label_format: LabelFormat, place: int) -> PlacedLabel:
    x, y = label_format.corner(place % label_format.per_page)
    beside = label_format.width >= _BESIDE_FROM * label_format.height
    qr, lines = (_beside if beside else _below)(label, label_format)
    return PlacedLabel(label, x, y, qr, lines)


def _beside(label: Label, sheet: LabelFormat) -> tuple[QrMark, tuple[TextLine, ...]]:
    """The code at the left, the text at its right, both in the middle of the height."""
    path, modules = qr_path(label.code)
    quiet = QUIET_MODULES / modules
    room, height = sheet.width - 2 * sheet.inset_x, sheet.height - 2 * sheet.inset_y
    side = min(height, sheet.height / (1 + 2 * quiet), _CODE_SHARE * room, _LARGEST_CODE)
    x = max(sheet.inset_x, quiet * side)
    text_at = x + (1 + quiet) * side
    lines = _lines(label, sheet.width - sheet.inset_x - text_at, height, height)
    top = (sheet.height - _height(lines)) / 2
    return _mark(path, modules, side, x, (sheet.height - side) / 2), _set(lines, text_at, top, "start")


def _below(label: Label, sheet: LabelFormat) -> tuple[QrMark, tuple[TextLine, ...]]:
    """The code above, the text centred below it."""
    path, modules = qr_path(label.code)
    quiet = QUIET_MODULES / modules
    room, height = sheet.width - 2 * sheet.inset_x, sheet.height - 2 * sheet.inset_y
    lines = _lines(label, room, height * _BELOW_SCALE, height * _BELOW_SHARE)
    above = sheet.height - sheet.inset_y - _height(lines)
    side = min(room, sheet.width / (1 + 2 * quiet), above / (1 + 2 * quiet))
    side = min(side, (above - sheet.inset_y) / (1 + quiet))
    qr = _mark(path, modules, side, (sheet.width - side) / 2, above - (1 + quiet) * side)
    return qr, _set(lines, sheet.width / 2, above, "middle")


def _mark(path: str, modules: int, side: float, x: float, y: float) -> QrMark:
    return QrMark(path, modules, _floor(side / modules), round(x, 3), round(y, 3))


def _lines(label: Label, room: float, scale: float, height: float) -> list[_Line]:
    """What fits `room` by `height`, the tag first; the height `scale` decides how large the type is."""
    lines = list(_tag_lines(label.code, room, _between(2.7, scale * 0.17, 6)))
    # A narrow column takes smaller type, so that a name of two or three words stays whole; nothing is
    # larger than the tag.
    title = min(_between(2.2, min(scale * 0.12, room * 0.115), 4.2), *(line.size for line in lines))
    small = min(_between(1.9, scale * 0.09, 3.2), title)
    rest = [_Line(text, "line", small) for text in (label.line, *label.sublines) if text]
    spare = int((height - _height(lines) - _height(rest)) / (title * _LEADING))
    wanted = [(_Line(label.title, "title", title), max(2, spare)), *((line, 1) for line in rest)]
    for line, most in wanted:
        free = int((height - _height(lines)) / (line.size * _LEADING))
        fitted = fit_lines(_visible(line.text), room / line.size, min(most, free))
        lines += [line._replace(text=text) for text in fitted]
    return lines


def _tag_lines(code: str, room: float, size: float) -> Iterator[_Line]:
    """The tag whole if at all possible: smaller, then on two lines, then without its middle."""
    tag = _visible(code)
    smallest = _floor(max(_SMALLEST_TAG, size * _SMALLEST_SHARE))
    if width(tag) * smallest <= room:
        yield _Line(tag, "tag", min(size, _floor(room / max(width(tag), 1))))
    else:
        for line in fit_lines(tag, room / smallest, 2, last=fit_end):
            yield _Line(line, "tag", smallest)


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.size for line in lines) * _LEADING


def _set(lines: Sequence[_Line], x: float, top: float, anchor: Anchor) -> tuple[TextLine, ...]:
    placed: list[TextLine] = []
    for line in lines:
        y = round(top + _BASELINE * line.size, 3)
        placed.append(TextLine(line.text, line.role, _floor(line.size), round(x, 3), y, anchor))
        top += line.size * _LEADING
    return tuple(placed)


def _visible(text: str) -> str:
    """Without marks that are not printed or turn the reading direction; any space is one space."""
    printed = (letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] != "C")
    return " ".join("".join(printed).split())


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(value, high))


def _floor(value: float) -> float:
    """Down to a thousandth, so that what fitted before still does."""
    return math.floor(value * 1000) / 1000
