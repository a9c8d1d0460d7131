"""What checking a file gives: an outcome for every row, and what the whole would do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.domain.importing.values import as_words


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
    hold every field the file says something about. `diffs` is empty for a new row. What a kind has to know
    of its rows besides is in a class of its own.
    """

    position: int
    number: int
    outcome: Outcome
    values: Mapping[str, object]
    problems: tuple[CellProblem, ...] = ()
    diffs: tuple[FieldDiff, ...] = ()

    @property
    def name(self) -> str:
        """What people call the record."""
        return str(self.values.get("name", ""))

    @property
    def weight(self) -> int:
        """How many records it writes, about."""
        return 1

    @property
    def summary(self) -> str:
        """What happens with the row, in one line."""
        if self.outcome is Outcome.PROBLEM:
            return "; ".join(problem.message for problem in self.problems)
        if self.outcome is Outcome.NEW:
            return "New"
        if self.outcome is Outcome.SAME:
            return "Already the same"
        return f"Updates {len(self.diffs)} field{'s' if len(self.diffs) > 1 else ''}"


RowT_co = TypeVar("RowT_co", bound=CheckedRow, covariant=True)


@dataclass(frozen=True, slots=True)
class CheckResult(Generic[RowT_co]):
    """All rows of a file, checked, in the order of the file.

    `new_categories` are the (category, subcategory or None) names that the usable rows need and that are
    not there, parents before their children; none where records have no category.
    """

    rows: tuple[RowT_co, ...]
    new_categories: tuple[tuple[str, str | None], ...] = ()

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows have which outcome."""
        return Counter(row.outcome for row in self.rows)

    @property
    def to_write(self) -> tuple[RowT_co, ...]:
        """The rows that would be written."""
        return tuple(row for row in self.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED))

    @property
    def problem_rows(self) -> tuple[RowT_co, ...]:
        """The rows that cannot be used."""
        return tuple(row for row in self.rows if row.outcome is Outcome.PROBLEM)


def diffs_between(
    fields: Iterable[str], values: Mapping[str, object], before: Mapping[str, object]
) -> tuple[FieldDiff, ...]:
    """What a row changes of a record, among these fields. Nothing, empty text and no tags are one."""
    return tuple(
        FieldDiff(field, before.get(field), values[field])
        for field in fields
        if field in values and _comparable(before.get(field)) != _comparable(values[field])
    )


def _comparable(value: object) -> object:
    """A list of tags equals a tuple of them."""
    return as_words(value) or (None if value in ("", (), []) else value)
