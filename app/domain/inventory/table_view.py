"""From rows to what the templates of the inventory table are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from app.domain.inventory.fields import KIND_WORDS, STATUS_WORDS, TRACKING_WORDS
from app.domain.inventory.listing import SORTS, Listing
from app.domain.inventory.shelf_queries import Shelf
from app.lib.clock import now
from app.web.formatting import reader


@dataclass(frozen=True, slots=True)
class Column:
    """A column that people may show or hide."""

    name: str
    label: str
    classes: str = ""
    usual: bool = True

    @property
    def sortable(self) -> bool:
        """Whether its head is a link."""
        return self.name in SORTS


COLUMNS: Final = (
    Column("sku", "SKU"),
    Column("category", "Category", "lo"),
    Column("location", "Location", "lo"),
    Column("status", "Status", "hide-phone"),
    Column("kind", "Kind", "lo", usual=False),
    Column("tracking", "Tracking", "lo"),
    Column("quantity", "Stock", "end"),
    Column("daily_rate", "Day rate", "end w-120"),
    Column("replacement_value", "Replacement", "lo end", usual=False),
    Column("weight_kg", "Weight, kg", "lo end", usual=False),
    Column("power_w", "Power, W", "lo end", usual=False),
    Column("tags", "Tags", "lo", usual=False),
    Column("updated_at", "Changed", "lo"),
)
USUAL: Final = tuple(column.name for column in COLUMNS if column.usual)

FILTER_LABELS: Final = {
    "q": "Search",
    "category": "Category",
    "subcategory": "Subcategory",
    "status": "Status",
    "kind": "Kind",
    "tracking": "Tracking",
    "location": "Location",
    "tag": "Tag",
    "free": "Free",
    "archived": "Archived",
}
ARCHIVED_WORDS: Final = {"no": "Not shown", "yes": "Only these", "all": "Shown too"}


class TableRow(NamedTuple):
    """One item as the template of the rows takes it apart: in this order, as names are dear there."""

    id: int
    version: int
    name: str
    sku: str
    category: str
    subcategory: str | None
    icon: str
    location: str
    status: str
    kind: str
    tracking: str
    quantity: int
    daily_rate: Decimal | None
    replacement_value: Decimal | None
    weight_kg: Decimal | None
    power_w: int | None
    tags: Sequence[str]
    photo: str | None
    archived: bool
    updated_at: datetime


_taken = attrgetter(*TableRow._fields)


def table_rows(rows: Sequence[Any]) -> list[TableRow]:
    """What a select of the table found, as its template needs it."""
    return [TableRow._make(_taken(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, in words; `href` is the table without it."""

    name: str
    label: str
    value: str
    href: str


def known_columns(names: Sequence[str] | None) -> tuple[str, ...]:
    """The columns to show, in the order of the table; None are the usual ones."""
    if names is None:
        return USUAL
    return tuple(column.name for column in COLUMNS if column.name in names)


def chips(listing: Listing, shelves: Sequence[Shelf]) -> list[Chip]:
    """The filters in force as chips."""
    return [
        Chip(
            name,
            FILTER_LABELS[name],
            filter_words(name, getattr(listing, name), shelves),
            listing.without(name).url,
        )
        for name in listing.filters
    ]


def filter_words(name: str, value: Any, shelves: Sequence[Shelf]) -> str:
    """The value of a filter as people call it."""
    words: dict[str, str] = {
        "status": STATUS_WORDS.get(value, ("",))[0],
        "kind": KIND_WORDS.get(value, ""),
        "tracking": TRACKING_WORDS.get(value, ""),
        "free": "Only available",
        "archived": ARCHIVED_WORDS.get(value, ""),
        "location": f"{value}…",
    }
    if name in {"category", "subcategory"}:
        return shelf_names(shelves).get(value, "unknown")
    return words.get(name, str(value))


def shelf_names(shelves: Sequence[Shelf]) -> dict[int, str]:
    """The names of categories and subcategories by id."""
    return {each.id: each.name for top in shelves for each in (top, *top.children)}


def changed(instant: datetime) -> tuple[str, str, str]:
    """How long ago a row was changed, short; the exact time on the reader's clock; the same for machines.

    Rows are many: this takes a twentieth of what the filters for single dates take, and the last two
    begin alike, so that they compress.
    """
    minutes = int((now() - instant).total_seconds()) // 60
    machine = instant.astimezone(reader.get()[0]).isoformat(" ", "minutes")
    exact = machine[:_TO_THE_MINUTE]
    for limit, unit, word in _AGES:
        if minutes < limit:
            return (f"{minutes // unit} {word} ago" if unit else "now"), exact, machine
    return f"{minutes // _YEAR} y ago", exact, machine


_TO_THE_MINUTE = len("2026-11-21 05:21")
_HOUR, _DAY, _MONTH, _YEAR = 60, 1440, 43_830, 525_960
_AGES: Final = ((1, 0, ""), (_HOUR, 1, "min"), (_DAY, _HOUR, "h"), (_MONTH, _DAY, "d"), (_YEAR, _MONTH, "mo"))
