"""What lists have in common as they stand in the address of a page: filters in force, and the order."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: what it says, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class SortedListing:
    """The order of a list: a column, with "-" in front where the last come first; empty is the usual one."""

    usual: ClassVar[str]

    sort: str = ""

    @abstractmethod
    def url(self) -> str:
        """The address of the list with its filters and its order."""

    def sorted_by(self, name: str) -> str:
        """The address of the list in the order of this column; the other way round when it is already."""
        return replace(self, sort=f"-{name}" if self.key == name and not self.descending else name).url()

    def direction(self, name: str) -> str:
        """How the list is ordered by this column: ascending, descending, or not at all."""
        if self.key != name:
            return ""
        return "descending" if self.descending else "ascending"

    @property
    def key(self) -> str:
        """The column the list is ordered by."""
        return self.sort.removeprefix("-") or self.usual

    @property
    def descending(self) -> bool:
        """Whether the last come first."""
        return self.sort.startswith("-")
