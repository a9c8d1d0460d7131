"""From the cells of a row to the values of its fields, with a problem for each cell that has none."""

from collections import Counter
from dataclasses import dataclass, field

from app.domain.importing.fields import Field, Fields, Reading
from app.domain.importing.mapping import ColumnMapping, column_style, column_unit
from app.domain.importing.result import CellProblem
from app.domain.importing.values import UnusableValueError, as_words, join_tags
from app.lib.folding import fold
from app.lib.tabular import Table, counted


@dataclass(slots=True)
class ParsedRow:
    """A row whose cells were read; checking adds to its values and problems."""

    position: int
    number: int
    values: dict[str, object] = field(default_factory=dict[str, object])
    problems: list[CellProblem] = field(default_factory=list[CellProblem])
    columns: dict[str, int] = field(default_factory=dict[str, int])

    def add_problem(self, target: str, message: str) -> None:
        """Add a problem with a field, at its column if it has one; one problem a field is enough."""
        if all(problem.field != target for problem in self.problems):
            self.problems.append(CellProblem(self.columns.get(target), target, message))


class RowParser:
    """Reads the rows of a table by a mapping."""

    def __init__(self, table: Table, mapping: ColumnMapping, fields: Fields) -> None:
        self._table = table
        self._plan: list[tuple[int, Field, Reading]] = []
        self._columns: dict[str, int] = {}
        self._words: Counter[str] = Counter()
        for column, name in enumerate(mapping.targets):
            if name is not None:
                target = fields[name]
                style = column_style(table, column, target, mapping.decimal)
                reading = Reading(style.decimal, column_unit(table.header[column], target))
                self._plan.append((column, target, reading))
                self._columns.setdefault(name, column)

    def folded(self, target: str) -> set[str]:
        """Everything the file says in the column of a field, folded."""
        column = self._columns.get(target)
        return set() if column is None else {fold(" ".join(row[column].split())) for row in self._table.rows}

    def parse(self, position: int) -> ParsedRow:
        """Read one row. Empty cells give no value."""
        row = ParsedRow(position, self._table.row_numbers[position], columns=self._columns)
        cells = self._table.rows[position]
        for column, target, reading in self._plan:
            problem = self._table.problems.get((position, column)) if self._table.problems else None
            if problem is not None:
                row.problems.append(CellProblem(column, target.name, f"{target.label}: {_lower(problem)}"))
                continue
            text = cells[column]
            if text and not text.isspace():
                self._read(row, text, column, target, reading)
        return row

    def _read(self, row: ParsedRow, text: str, column: int, target: Field, reading: Reading) -> None:
        try:
            value = self._parse(text, target, reading)
            if target.many and target.name in row.values:
                value = join_tags((*as_words(row.values[target.name]), *as_words(value)))
        except UnusableValueError as error:
            row.problems.append(CellProblem(column, target.name, f"{target.label} {error.message}"))
        else:
            if value not in ("", ()):
                row.values[target.name] = value

    def _parse(self, text: str, target: Field, reading: Reading) -> object:
        if not target.most_words:
            return target.parse(text, reading)
        if self._words[target.name] > target.most_words:
            raise UnusableValueError(f"are more than {counted(target.most_words)} in one file")
        value = target.parse(text, reading)
        self._words[target.name] += len(as_words(value))
        return value


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
