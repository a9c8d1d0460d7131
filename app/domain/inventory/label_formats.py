"""Sheets and rolls of labels that shops sell, measured in millimetres."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes through the printer. `page_class` is the CSS class that sets the size of the page."""

    family: str
    page_class: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """Where the labels lie on a page.

    `left` and `top` are the corner of the first label, `pitch_x` and `pitch_y` the way from a label to
    the next one. `inset_x` and `inset_y` stay empty inside each label, because printers do not reach the
    edge of the paper and feed it a little askew. `products` names some of this size.
    """

    key: str
    paper: Paper
    products: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    inset_x: float
    inset_y: float

    @property
    def name(self) -> str:
        """What people choose by: columns, rows and the size of a label; for rolls the size alone."""
        size = f"{self.width:g} {_TIMES} {self.height:g} mm"
        return size if self.per_page == 1 else f"{self.columns} {_TIMES} {self.rows}, {size}"

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """The upper left corner of a label, counted from 0, row by row."""
        row, column = divmod(place, self.columns)
        return round(self.left + column * self.pitch_x, 3), round(self.top + row * self.pitch_y, 3)


_A4: Final = Paper("A4 sheets", "av-page-a4", 210, 297)
_LETTER: Final = Paper("US Letter sheets", "av-page-letter", 215.9, 279.4)


def _sheet(
    paper: Paper,
    key: str,
    products: str,
    *,
    across: tuple[int, float, float, float],
    down: tuple[int, float, float, float],
    inset: tuple[float, float],
) -> LabelFormat:
    """`across` and `down` are each: how many, size, margin before the first, pitch."""
    columns, width, left, pitch_x = across
    rows, height, top, pitch_y = down
    return LabelFormat(
        key, paper, products, columns, rows, width, height, left, top, pitch_x, pitch_y, *inset
    )


def _roll(width: int, height: int, products: str, *, inset: tuple[float, float]) -> LabelFormat:
    paper = Paper("Label printers", f"av-page-{width}x{height}", width, height)
    across, down = (1, width, 0, width), (1, height, 0, height)
    return _sheet(paper, f"roll-{width}x{height}", products, across=across, down=down, inset=inset)


_ALL: Final = (
    _sheet(
        _A4,
        "a4-3x7",
        "Avery L7160",
        across=(3, 63.5, 7.2, 66.04),
        down=(7, 38.1, 15.15, 38.1),
        inset=(2.5, 2.5),
    ),
    # Without margins around the labels: office printers leave 4 to 5 mm of the paper empty.
    _sheet(
        _A4,
        "a4-3x8",
        "Avery 3474",
        across=(3, 70, 0, 70),
        down=(8, 37, 0.5, 37),
        inset=(5, 4.5),
    ),
    _sheet(
        _A4,
        "a4-4x10",
        "Avery 3657",
        across=(4, 48.5, 8, 48.5),
        down=(10, 25.4, 21.5, 25.4),
        inset=(2, 2),
    ),
    _sheet(
        _A4,
        "a4-5x13",
        "Avery L7651",
        across=(5, 38.1, 4.75, 40.6),
        down=(13, 21.2, 10.7, 21.2),
        inset=(1.5, 1.5),
    ),
    _sheet(
        _LETTER,
        "letter-3x10",
        "Avery 5160",
        across=(3, 66.675, 4.763, 69.85),
        down=(10, 25.4, 12.7, 25.4),
        inset=(2.5, 2),
    ),
    _sheet(
        _LETTER,
        "letter-2x5",
        "Avery 5163",
        across=(2, 101.6, 3.969, 106.363),
        down=(5, 50.8, 12.7, 50.8),
        inset=(4, 3),
    ),
    # Label printers leave more empty where the paper enters and leaves than at its sides.
    _roll(62, 29, "Brother DK-11209", inset=(2, 3)),
    _roll(57, 32, "Dymo 11354, Zebra 2.25 by 1.25 in", inset=(3, 2.5)),
    _roll(89, 36, "Dymo 99012", inset=(6, 2)),
    _roll(25, 25, "Dymo S0929120", inset=(2, 2)),
)

FORMATS: Final[Mapping[str, LabelFormat]] = MappingProxyType({each.key: each for each in _ALL})
DEFAULT_FORMAT: Final = FORMATS["a4-3x7"]
