"""What the address of the inventory table asks for: which rows, in which order, from where on.

Whatever cannot be understood is left out, so every address shows something and `Listing.url` is the
address of exactly what is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from app.db.models.equipment import KINDS, STATUSES, TRACKINGS
from app.domain.availability.dates import Dates, read_dates
from app.lib.cursors import Value, is_id, pack, read_value, unpack
from app.lib.errors import InvalidInput
from app.lib.fields import clean
from app.lib.folding import fold

PAGE_SIZE: Final = 50
PATH: Final = "/inventory"

_LONGEST_SEARCH, _MOST_TERMS, _LONGEST_TERM = 200, 10, 60
_LONGEST_PLACE, _LONGEST_TAG = 80, 40
_TERM = re.compile(r"[^\W_]+")
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

# how the value of a sort is read back out of a cursor, and whether a row may be without one
SORTS: Final[Mapping[str, tuple[type, bool]]] = {
    "name": (str, False),
    "sku": (str, False),
    "category": (str, False),
    "location": (str, True),
    "status": (str, False),
    "kind": (str, False),
    "tracking": (str, False),
    "quantity": (int, False),
    "daily_rate": (Decimal, True),
    "replacement_value": (Decimal, True),
    "weight_kg": (Decimal, True),
    "power_w": (int, True),
    "updated_at": (datetime, False),
    "free": (int, False),
}
_UTC: Final = ZoneInfo("UTC")


class Direction(Enum):
    """Which way a list is sorted."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


@dataclass(frozen=True, slots=True)
class Listing:
    """The filters and the order of the table, and the dates it is asked about.

    Empty text and None are no filter. Without dates nothing is filtered or sorted by what is free.
    """

    q: str = ""
    category: int | None = None
    subcategory: int | None = None
    status: str = ""
    kind: str = ""
    tracking: str = ""
    location: str = ""
    tag: str = ""
    free: str = ""
    archived: str = "no"
    dates: Dates | None = None
    sort: str = "name"
    descending: bool = False

    @property
    def direction(self) -> Direction:
        """Which way it is sorted."""
        return Direction.DESCENDING if self.descending else Direction.ASCENDING

    @property
    def terms(self) -> list[str]:
        """The words that are searched for, each as the beginning of a word."""
        return search_terms(self.q)

    @property
    def filters(self) -> tuple[str, ...]:
        """The names of the filters in force, in the order they are shown."""
        return tuple(name for name, blank in _FILTERS.items() if getattr(self, name) != blank)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address of this listing; none for the whole table by name."""
        pairs = [(name, str(getattr(self, name))) for name in self.filters]
        pairs += self.dates.pairs if self.dates else []
        if self.sort != "name" or self.descending:
            pairs.append(("sort", f"-{self.sort}" if self.descending else self.sort))
        return pairs

    @property
    def query(self) -> str:
        """The query string of this listing; empty for the whole table by name."""
        return urlencode(self.pairs, safe=":")

    @property
    def url(self) -> str:
        """The address of the page that shows this listing."""
        return f"{PATH}?{self.query}" if self.query else PATH

    def without(self, *names: str) -> "Listing":
        """The same listing with these filters dropped; a subcategory goes with its category."""
        dropped = {*names, "subcategory"} if "category" in names else set(names)
        blank = Listing()
        return replace(self, **{name: getattr(blank, name) for name in dropped})

    def cleared(self) -> "Listing":
        """All rows that are not archived, in the same order and for the same dates."""
        return Listing(dates=self.dates, sort=self.sort, descending=self.descending)

    @property
    def undated(self) -> "Listing":
        """The same listing for no dates, without what only dates give a meaning."""
        if self.sort == "free":
            return replace(self, dates=None, free="", sort="name", descending=False)
        return replace(self, dates=None, free="")

    def dated(self, dates: Dates | None) -> "Listing":
        """The same listing for these dates."""
        return replace(self, dates=dates) if dates else self.undated

    def sorted_by(self, sort: str) -> "Listing":
        """What the head of a column leads to: that order, or the other direction of it."""
        return replace(self, sort=sort, descending=self.sort == sort and not self.descending)


_FILTERS: Final[Mapping[str, object]] = {
    field.name: field.default
    for field in fields(Listing)
    if field.name not in {"dates", "sort", "descending"}
}


def search_terms(text: str) -> list[str]:
    """The words of a search: folded runs of letters and digits, as the search document has them."""
    return [term[:_LONGEST_TERM] for term in _TERM.findall(fold(text))[:_MOST_TERMS]]


def read_listing(params: Mapping[str, str], zone: ZoneInfo = _UTC) -> Listing:
    """Understand the parameters of an address; what makes no sense counts as absent.

    Dates are moments of the clock in `zone`.
    """
    dates = read_dates(params, zone).dates
    sort = params.get("sort", "")
    name = sort.removeprefix("-")
    known = name in SORTS and (dates is not None or name != "free")
    # the one select of the filter form names a subcategory as "3-12"
    category, _, subcategory = params.get("category", "").partition("-")
    return Listing(
        q=_text(params.get("q", ""), _LONGEST_SEARCH),
        category=_id(category),
        subcategory=_id(subcategory or params.get("subcategory", "")),
        status=_one_of(params.get("status", ""), STATUSES),
        kind=_one_of(params.get("kind", ""), KINDS),
        tracking=_one_of(params.get("tracking", ""), TRACKINGS),
        location=_text(params.get("location", ""), _LONGEST_PLACE),
        tag=_text(params.get("tag", ""), _LONGEST_TAG),
        free=_one_of(params.get("free", ""), ("yes",)) if dates else "",
        archived=_one_of(params.get("archived", ""), ("yes", "all")) or "no",
        dates=dates,
        sort=name if known else "name",
        descending=known and sort.startswith("-"),
    )


def listing_of_query(query: str, zone: ZoneInfo = _UTC) -> Listing:
    """The listing that a query string, as pages carry one along, means exactly.

    For actions on all rows that match: where some of it is not understood, more rows would match.
    Raises InvalidInput then.
    """
    given = dict(parse_qsl(query))
    listing = read_listing(given, zone)
    if dict(parse_qsl(listing.query)) != given:
        raise InvalidInput({"query": "These filters are not understood. Load the table again, then choose."})
    return listing


def listing_of_address(address: str, zone: ZoneInfo = _UTC) -> Listing:
    """The listing a page with this address shows; the whole table for an address that is none."""
    try:
        return read_listing(dict(parse_qsl(urlsplit(address).query)), zone)
    except ValueError:
        return Listing()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row a page goes on after: the value it is sorted by (None where it has none) and its id."""

    value: Value | None
    id: int


def write_cursor(listing: Listing, value: object, row_id: int) -> str:
    """A cursor as text for an address; it is understood by this order of the listing alone."""
    return pack([listing.sort, listing.descending, value, row_id])


def read_cursor(listing: Listing, text: str) -> Cursor | None:
    """The cursor in an address, or None for the first page: also for one of another order, or garbage."""
    parts = unpack(text, 4)
    if parts is None or parts[:2] != [listing.sort, listing.descending] or not is_id(parts[3]):
        return None
    value, row_id = parts[2:]
    kind, optional = SORTS[listing.sort]
    if value is None:
        return Cursor(None, row_id) if optional else None
    try:
        return Cursor(read_value(kind, value), row_id)
    except ValueError:
        return None


def _text(text: str, longest: int) -> str:
    return " ".join(clean(text).split())[:longest].strip()


def _one_of(text: str, options: tuple[str, ...]) -> str:
    return text if text in options else ""


def _id(text: str) -> int | None:
    return int(text) if _ID.fullmatch(text) else None


def read_ids(text: str, most: int) -> list[int]:
    """Ids separated by commas, each once and at most `most`; the rest is left out."""
    found = dict.fromkeys(int(part) for part in text.split(",") if _ID.fullmatch(part.strip()))
    return list(found)[:most]
