"""What the address of the inventory table asks for: which rows, in which order, from where on.

Whatever cannot be understood is left out, so every address shows something and `Listing.url` is the
address of exactly what is shown.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from urllib.parse import urlencode

from app.db.models.equipment import KINDS, STATUSES, TRACKINGS
from app.lib.fields import clean
from app.lib.folding import fold

PAGE_SIZE: Final = 50
PATH: Final = "/inventory"

_LONGEST_SEARCH, _MOST_TERMS, _LONGEST_TERM = 200, 10, 60
_LONGEST_PLACE, _LONGEST_TAG = 80, 40
_TERM = re.compile(r"[^\W_]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
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
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The filters and the order of the table. Empty text and None are no filter."""

    q: str = ""
    category: int | None = None
    subcategory: int | None = None
    status: str = ""
    kind: str = ""
    tracking: str = ""
    location: str = ""
    tag: str = ""
    archived: str = "no"
    sort: str = "name"
    descending: bool = False

    @property
    def terms(self) -> list[str]:
        """The words that are searched for, each as the beginning of a word."""
        return search_terms(self.q)

    @property
    def filters(self) -> tuple[str, ...]:
        """The names of the filters in force, in the order they are shown."""
        return tuple(name for name, blank in _FILTERS.items() if getattr(self, name) != blank)

    @property
    def query(self) -> str:
        """The query string of this listing; empty for the whole table by name."""
        pairs = [(name, str(getattr(self, name))) for name in self.filters]
        if self.sort != "name" or self.descending:
            pairs.append(("sort", f"-{self.sort}" if self.descending else self.sort))
        return urlencode(pairs)

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
        """All rows that are not archived, in the same order."""
        return Listing(sort=self.sort, descending=self.descending)

    def sorted_by(self, sort: str) -> "Listing":
        """What the head of a column leads to: that order, or the other direction of it."""
        return replace(self, sort=sort, descending=self.sort == sort and not self.descending)


_FILTERS: Final[Mapping[str, object]] = {
    field.name: field.default for field in fields(Listing) if field.name not in {"sort", "descending"}
}


def search_terms(text: str) -> list[str]:
    """The words of a search: folded runs of letters and digits, as the search document has them."""
    return [term[:_LONGEST_TERM] for term in _TERM.findall(fold(text))[:_MOST_TERMS]]


def read_listing(params: Mapping[str, str]) -> Listing:
    """Understand the parameters of an address; what makes no sense counts as absent."""
    sort = params.get("sort", "")
    name = sort.removeprefix("-")
    known = name in SORTS
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
        archived=_one_of(params.get("archived", ""), ("yes", "all")) or "no",
        sort=name if known else "name",
        descending=known and sort.startswith("-"),
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row a page goes on after: the value it is sorted by (None where it has none) and its id."""

    value: str | int | Decimal | datetime | None
    id: int


def write_cursor(listing: Listing, value: object, row_id: int) -> str:
    """A cursor as text for an address; it is understood by this order of the listing alone."""
    plain = (
        value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
    )
    packed = json.dumps([listing.sort, listing.descending, plain, row_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(listing: Listing, text: str) -> Cursor | None:
    """The cursor in an address, or None for the first page: also for one of another order, or garbage."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts: Any = json.loads(packed)
        sort, descending, value, row_id = cast("list[Any]", parts)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    if (sort, descending) != (listing.sort, listing.descending) or not _is_id(row_id):
        return None
    kind, optional = SORTS[listing.sort]
    if value is None:
        return Cursor(None, row_id) if optional else None
    read = _sort_value(kind, value)
    return None if read is None else Cursor(read, row_id)


def _sort_value(kind: type, value: object) -> str | int | Decimal | datetime | None:
    try:
        if kind is int:
            return value if isinstance(value, int) and abs(value) < 2**31 else None
        if not isinstance(value, str) or "\x00" in value or _SURROGATE.search(value):
            return None
        if kind is Decimal:
            number = Decimal(value)
            return number if number.is_finite() and abs(number) < 10**12 else None
        if kind is datetime:
            instant = datetime.fromisoformat(value)
            return instant if instant.tzinfo else None
    except (InvalidOperation, ValueError):
        return None
    return value


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**18


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
