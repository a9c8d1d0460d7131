"""What the pages of an import show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.domain.importing.kinds import AnyKind
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.records import ACTIVE
from app.domain.importing.result import CheckedRow, CheckResult, Outcome
from app.domain.importing.values import as_words
from app.lib.clock import now
from app.lib.tabular import DELIMITERS, ENCODINGS, Table
from app.web.viewer import Person

PAGE = 100
MOST_COLUMNS = 6
MOST_NAMED = 12
STATES = {
    "mapping": ("Not started", "slate", "ring"),
    "queued": ("Waiting", "slate", "half"),
    "running": ("Importing", "accent", "half"),
    "stopping": ("Taking back", "amber", "half"),
    "done": ("Done", "green", ""),
    "failed": ("Failed", "red", "diamond"),
    "stopped": ("Taken back", "slate", "bars"),
}
SHOWS: dict[str, tuple[str, tuple[Outcome, ...]]] = {
    "all": ("All, problems first", (Outcome.PROBLEM, Outcome.CHANGED, Outcome.NEW, Outcome.SAME)),
    "problems": ("Problems", (Outcome.PROBLEM,)),
    "changed": ("Changed", (Outcome.CHANGED,)),
    "new": ("New", (Outcome.NEW,)),
    "same": ("Already the same", (Outcome.SAME,)),
}
ENCODING_OPTIONS = [("", "Detect it"), *ENCODINGS.items()]
DELIMITER_OPTIONS = [("", "Detect it"), *((sign, word.capitalize()) for sign, word in DELIMITERS.items())]
HEADER_OPTIONS = [("", "Detect it"), ("yes", "The first row is the header"), ("no", "There is no header")]
DECIMAL_OPTIONS = [("", "As each column shows"), (".", "Point: 1,234.50"), (",", "Comma: 1.234,50")]


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import as pages show it. Counts are of rows; `done` and `total` of the work under way."""

    id: int
    filename: str
    state: str
    person: Person
    created_at: datetime
    rows: int
    summary: str
    current: str
    done: int
    total: int
    seconds_left: int | None
    report: dict[str, Any]

    @classmethod
    def of(cls, row: Row[Any]) -> "ImportView":
        """Build the view from a row of the queries."""
        name = f"{row.first_name} {row.last_name}".strip() or row.username
        undo: dict[str, Any] = row.report.get("undo") or {}
        taking_back = row.state in ("stopping", "stopped")
        done, total = (undo.get("done", 0), undo.get("total", 0)) if taking_back else (row.done, row.total)
        return cls(
            id=row.id,
            filename=row.filename,
            state=row.state,
            person=Person(row.user_id, name, row.avatar),
            created_at=row.created_at,
            rows=row.total,
            summary=row.reading.get("summary", ""),
            current=row.current,
            done=done,
            total=total,
            seconds_left=_seconds_left(row),
            report=row.report,
        )

    @property
    def is_active(self) -> bool:
        """Whether a worker has something to do with it."""
        return self.state in ACTIVE

    @property
    def left_out(self) -> int:
        """How many rows were not used."""
        return self.report.get("problems", 0) + len(self.report.get("failures", {}))

    @property
    def state_words(self) -> tuple[str, str, str]:
        """Word, tone and shape of the state."""
        return STATES[self.state]


def _seconds_left(row: Row[Any]) -> int | None:
    """A guess, once there is enough to guess from."""
    if row.state != "running" or row.started_at is None or not row.done:
        return None
    passed = (now() - row.started_at).total_seconds()
    return max(1, round(passed / row.done * (row.total - row.done)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the check. `before` is struck out beside what replaces it."""

    text: str
    before: str = ""
    is_bad: bool = False
    is_changed: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One row of the check. `code` is None for kinds without one."""

    number: int
    name: Cell
    code: Cell | None
    cells: tuple[Cell, ...]
    summary: str
    is_problem: bool


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One page of checked rows, with what is needed to go on. `created` names categories to create.

    `code` is the heading of the codes, empty for kinds without them.
    """

    show: str
    code: str
    tabs: list[tuple[str, str, int]]
    columns: list[tuple[str, bool]]
    lines: list[CheckLine]
    following: int | None
    created: str


def check_page(
    kind: AnyKind,
    table: Table,
    mapping: ColumnMapping,
    result: CheckResult[CheckedRow],
    *,
    show: str,
    start: int,
) -> CheckPage:
    """The rows of one tab (the first for an unknown one) from `start` on, at most PAGE."""
    counts, fields = result.counts, kind.targets.fields
    show, start = show if show in SHOWS else "all", max(start, 0)
    outcomes = SHOWS[show][1]
    wanted = [row for outcome in outcomes for row in result.rows if row.outcome is outcome]
    columns = _columns(kind, mapping)
    lines = [_line(kind, table, mapping, row, columns) for row in wanted[start : start + PAGE]]
    tabs = [(key, label, sum(counts[one] for one in kinds)) for key, (label, kinds) in SHOWS.items()]
    heads = [(fields[name].label, fields[name].is_number) for name in columns]
    following = start + PAGE if len(wanted) > start + PAGE else None
    code = fields[kind.targets.code].label if kind.targets.code else ""
    return CheckPage(show, code, tabs, heads, lines, following, _category_words(result))


def _category_words(result: CheckResult[CheckedRow]) -> str:
    """The categories that would be created, in words; empty for none."""
    names = [f"{category}, {inner}" if inner else category for category, inner in result.new_categories]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "; ".join(names[:MOST_NAMED]) + more


def _columns(kind: AnyKind, mapping: ColumnMapping) -> list[str]:
    """The fields that get a column: those of the file, numbers first when they are too many."""
    fields = kind.targets.fields
    aside = ("name", kind.targets.code, *kind.hidden)
    mapped = [name for name in fields if name in mapping.targets and name not in aside]
    chosen = sorted(mapped, key=lambda name: not fields[name].is_number)[:MOST_COLUMNS]
    return [name for name in mapped if name in chosen]


def _line(
    kind: AnyKind, table: Table, mapping: ColumnMapping, row: CheckedRow, columns: Sequence[str]
) -> CheckLine:
    bad = {problem.field for problem in row.problems}
    before = {diff.field: diff.before for diff in row.diffs}
    is_problem, code = row.outcome is Outcome.PROBLEM, kind.targets.code

    def cell(name: str) -> Cell:
        is_number = kind.targets.fields[name].is_number
        if is_problem:
            texts = (table.rows[row.position][column] for column in mapping.columns(name))
            return Cell(", ".join(filter(None, texts))[:80], is_bad=name in bad, is_number=is_number)
        text = _shown(kind, name, row.values.get(name))
        if name in before:
            was = _shown(kind, name, before[name])
            return Cell(text, before=was, is_changed=True, is_number=is_number)
        return Cell(text, is_number=is_number)

    name = cell("name")
    return CheckLine(
        row.number,
        name if name.text or name.is_bad else Cell(row.name),
        cell(code) if code else None,
        tuple(map(cell, columns)),
        row.summary,
        is_problem,
    )


def _shown(kind: AnyKind, name: str, value: object) -> str:
    """A value of a field as people read it."""
    words = as_words(value)
    if words or value in (None, "", (), []):
        return ", ".join(words)
    return kind.shown(name, value)
