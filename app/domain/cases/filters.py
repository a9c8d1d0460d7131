"""What the list of cases shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final
from urllib.parse import urlencode

from app.lib.fields import clean
from app.lib.listings import Chip, SortedListing

LONGEST = 200
KINDS: Final = {"": "Every kind", "temporary": "Temporary", "permanent": "Permanent"}
PLACES: Final = {"": "Anywhere", "free": "Free", "packed": "Packed for an event", "out": "Out with an event"}
SORTS = ("code", "-code", "name", "-name", "location", "-location")


@dataclass(frozen=True, slots=True)
class CaseFilter(SortedListing):
    """Words, the kind, where cases are now, and the order."""

    usual: ClassVar[str] = "code"

    q: str = ""
    kind: str = ""
    place: str = ""

    def url(self, **further: str) -> str:
        """The address of the list with these filters, and with `further` parameters that are not empty."""
        given = {"q": self.q, "kind": self.kind, "place": self.place, "sort": self.sort, **further}
        chosen = {name: value for name, value in given.items() if value}
        return "/cases" + (f"?{urlencode(chosen)}" if chosen else "")

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the way out of it."""
        given = (
            ("Search", self.q, replace(self, q="")),
            ("Kind", KINDS[self.kind], replace(self, kind="")),
            ("Now", PLACES[self.place], replace(self, place="")),
        )
        in_force = (self.q, self.kind, self.place)
        return [
            Chip(label, value, without.url())
            for (label, value, without), chosen in zip(given, in_force, strict=True)
            if chosen
        ]


def read_filter(given: Mapping[str, str]) -> CaseFilter:
    """Read the address; what makes no sense is left out."""
    kind, place, sort = given.get("kind", ""), given.get("place", ""), given.get("sort", "")
    return CaseFilter(
        q=clean(given.get("q", ""))[:LONGEST],
        kind=kind if kind in KINDS else "",
        place=place if place in PLACES else "",
        sort=sort if sort in SORTS else "",
    )
