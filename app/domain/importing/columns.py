"""The columns of a file as a person maps them: first values, and what becomes of each."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.importing.fields import Field
from app.domain.importing.kinds import AnyKind, Note
from app.domain.importing.mapping import ColumnMapping, column_style, column_unit
from app.lib.tabular import Table, counted

_UNIT_LABELS = {"w": "W, rounded to whole watts", "kw": "kW", "va": "VA", "kva": "kVA", "mw": "mW"}
_EXAMPLES = 3
_EXAMPLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column: `note` says what is worth knowing of it.

    `tone` is "new" for something that will be created, "warning" for something to look at, else empty.
    """

    index: int
    header: str
    examples: tuple[str, ...]
    target: str | None
    note: str
    tone: str


def describe_columns(
    kind: AnyKind, table: Table, mapping: ColumnMapping, known: Any
) -> tuple[ColumnView, ...]:
    """Describe every column of a table under a mapping, with up to three different first values."""
    views: list[ColumnView] = []
    for column, target in enumerate(mapping.targets):
        filled = [text for row in table.rows if (text := " ".join(row[column].split()))]
        if target is None:
            note, tone = "left out", ""
        elif kind.targets.fields[target].is_number:
            note, tone = _number_note(table, column, kind.targets.fields[target], mapping.decimal)
        else:
            note, tone = kind.describe(target, filled, known) or (f"{counted(len(filled))} filled", "")
        views.append(ColumnView(column, table.header[column], _examples(filled), target, note, tone))
    return tuple(views)


def _examples(filled: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…"
        for text in itertools.islice(dict.fromkeys(filled), _EXAMPLES)
    )


def _number_note(table: Table, column: int, target: Field, decimal: str | None) -> Note:
    style = column_style(table, column, target, decimal)
    if style.note:
        return style.note, "warning" if "read as" in style.note else ""
    unit = column_unit(table.header[column], target)
    return _UNIT_LABELS.get(unit, unit), ""
