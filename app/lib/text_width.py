"""How wide text comes out on paper, without a browser: for what must fit a printed label."""

# ruff: noqa: RUF001 - letters that look alike are what the table is about

import unicodedata
from collections.abc import Callable
from typing import Final

ELLIPSIS: Final = "…"
# A line may end behind these when it has no space, or one far from its end.
_SIGNS: Final = "-/_."

# Advance widths of Inter at weight 600 in thousandths of an em, rounded up; lighter weights and Arial
# are narrower, so what fits by this table fits on paper.
_WIDTHS: Final = {
    letter: width
    for width, letters in {
        275: " ijlı",
        300: "Ił‘’",
        325: "!,.:¡¦·",
        350: "';",
        375: "()[]`t|",
        400: "/\\frľ",
        425: "1ť",
        475: "-_{}°",
        500: "^–",
        525: '"“”•″',
        550: "*?s¿",
        575: "Lakxz¥§",
        600: "7FJcevy¢¶ðŁ",
        625: "25Ebdghnopquøþđħŋ",
        650: "3689#$PS£«»ßư",
        675: "04&+<=>BRTZ~¬®±×Þ÷",
        700: "€",
        725: "DKXY",
        750: "ACGHUV¤ď",
        775: "NOQÐØĐŊ",
        800: "Ħ",
        850: "w",
        900: "m",
        925: "M©æ",
        975: "œ…",
        1000: "@—",
        1025: "%WÆ",
        1050: "Œ",
    }.items()
    for letter in letters
}
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Me", "Mn"})
# Letters this font does not have come from another one: assume the widest of those in use.
_SYMBOL: Final = 1400
_UNKNOWN: Final = 1000


def width(text: str) -> float:
    """The width of a line in em, rather too large than too small; multiply by the size of the type."""
    return sum(map(_thousandths, text)) / 1000


def fit(text: str, room: float) -> str:
    """The text if it is at most `room` em wide, else its beginning and an ellipsis, or nothing at all."""
    if width(text) <= room:
        return text
    beginning = _longest(text, lambda part: width(part + ELLIPSIS) <= room)
    return beginning.rstrip() + ELLIPSIS if beginning else ""


def fit_end(text: str, room: float) -> str:
    """As `fit`, but it is the end that is kept, where numbered tags differ."""
    if width(text) <= room:
        return text
    turned = _longest(text[::-1], lambda part: width(part + ELLIPSIS) <= room)
    return ELLIPSIS + turned[::-1].lstrip() if turned else ""


def fit_lines(text: str, room: float, lines: int, last: Callable[[str, float], str] = fit) -> list[str]:
    """At most `lines` lines of at most `room` em, broken between words.

    A word that is wider than a line is broken where the line ends. What is left for the last line is
    shortened by `last`, which is `fit` or `fit_end`.
    """
    fitted: list[str] = []
    rest = " ".join(text.split())
    while rest and len(fitted) < lines - 1 and width(rest) > room:
        head, rest = _split(rest, room)
        fitted.append(head)
    return [line for line in (*fitted, last(rest, room)) if line][: max(lines, 0)]


def _split(text: str, room: float) -> tuple[str, str]:
    head = _longest(text, lambda part: width(part) <= room) or text[:1]
    cut = len(head)
    if text[cut : cut + 1] != " ":
        # A space is a better end of a line than a sign, and a sign than the middle of a word.
        space = head.rfind(" ")
        sign = max(head.rfind(each) for each in _SIGNS) + 1
        cut = sign if sign > cut / 2 and sign > space else space if space > 0 else cut
    return text[:cut].rstrip(), text[cut:].lstrip()


def _longest(text: str, fits: Callable[[str], bool]) -> str:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle - 1)
    return text[:low]


def _thousandths(letter: str) -> int:
    known = _WIDTHS.get(letter)
    if known is not None:
        return known
    category = unicodedata.category(letter)
    if category in _INVISIBLE:
        return 0
    if category == "So":
        return _SYMBOL
    parts = unicodedata.normalize("NFKD", letter)
    if unicodedata.east_asian_width(letter) in "FW" or parts == letter:
        return _UNKNOWN
    # An accented letter is as wide as the plain one, a ligature as its parts.
    return sum(map(_thousandths, parts))
