"""What the list of clients shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import urlencode

from app.domain.clients.fields import KIND_WORDS
from app.lib.fields import clean
from app.lib.listings import Chip

LONGEST = 200
CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": {"": "Any kind", "company": "Companies", "person": "People"},
    "blocked": {"": "Blocked or not", "yes": "Blocked", "no": "Not blocked"},
    "supplier": {"": "Suppliers or not", "yes": "Suppliers", "no": "No suppliers"},
    "archived": {"": "Not archived", "yes": "Archived", "all": "With archived"},
}
"""The filters to choose from: the words of each value; the empty one is the default."""
_LABELS = {
    "q": "Search",
    "kind": "Kind",
    "blocked": "Blocked",
    "supplier": "Supplier",
    "archived": "Archived",
}
_VALUES = {"yes": "yes", "no": "no", "all": "too", **KIND_WORDS}


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """Words and filters; an empty text is the default of CHOICES."""

    q: str = ""
    kind: str = ""
    blocked: str = ""
    supplier: str = ""
    archived: str = ""

    def url(self, path: str = "/clients", **further: str) -> str:
        """An address with these filters, and with `further` parameters that are not empty."""
        chosen = {name: value for name, value in {**asdict(self), **further}.items() if value}
        return path + (f"?{urlencode(chosen)}" if chosen else "")

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the way out of it."""
        return [
            Chip(_LABELS[name], value if name == "q" else _VALUES[value], replace(self, **{name: ""}).url())
            for name, value in asdict(self).items()
            if value
        ]


def read_filter(given: Mapping[str, str]) -> ClientFilter:
    """Read the address; what makes no sense is left out."""
    values = {one.name: clean(given.get(one.name, ""))[:LONGEST] for one in fields(ClientFilter)}
    kept = {name: value for name, value in values.items() if value in CHOICES.get(name, (value,))}
    return ClientFilter(**kept)
