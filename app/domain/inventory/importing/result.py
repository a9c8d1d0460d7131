"""What checking a file gives: an outcome for every row, and what the whole would do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.inventory.importing.known import KnownEquipment


class Outcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a row cannot be used: the column it stands in (None for what is missing) and the field."""

    column: int | None
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that a row changes."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of the file and what becomes of it.

    `position` is its place in `Table.rows`, `number` the row as the person sees it in the file. `values`
    hold every field the file says something about: `sku`, `category` and `subcategory` are names in the
    spelling that is known, money and weight Decimal, tags a tuple. `new_asset_tags` are units to create.
    `known` is the equipment that is there under this sku; `diffs` is empty for a new row.
    """

    position: int
    number: int
    outcome: Outcome
    values: Mapping[str, object]
    problems: tuple[CellProblem, ...] = ()
    diffs: tuple[FieldDiff, ...] = ()
    new_asset_tags: tuple[str, ...] = ()
    known: KnownEquipment | None = None

    @property
    def sku(self) -> str:
        """The sku, given or made; empty when there was neither sku nor name."""
        return str(self.values.get("sku", ""))

    @property
    def name(self) -> str:
        """The name in the file, or else the one that is known."""
        known = self.known.values.get("name", "") if self.known else ""
        return str(self.values.get("name") or known)

    @property
    def summary(self) -> str:
        """What happens with the row, in one line."""
        if self.outcome is Outcome.PROBLEM:
            return "; ".join(problem.message for problem in self.problems)
        if self.outcome is Outcome.NEW:
            place = self.values.get("subcategory") or self.values.get("category")
            return f"New, in “{place}”"
        if self.outcome is Outcome.SAME:
            return "Already the same"
        return f"Updates {len(self.diffs)} field{'s' if len(self.diffs) > 1 else ''}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All rows of a file, checked, in the order of the file.

    `new_categories` are the (category, subcategory or None) names that the usable rows need and that are
    not there, parents before their children.
    """

    rows: tuple[CheckedRow, ...]
    new_categories: tuple[tuple[str, str | None], ...]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows have which outcome."""
        return Counter(row.outcome for row in self.rows)

    @property
    def to_write(self) -> tuple[CheckedRow, ...]:
        """The rows that would be written."""
        return tuple(row for row in self.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED))

    @property
    def problem_rows(self) -> tuple[CheckedRow, ...]:
        """The rows that cannot be used."""
        return tuple(row for row in self.rows if row.outcome is Outcome.PROBLEM)
