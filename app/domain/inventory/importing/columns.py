"""The columns of a file as a person maps them: first values, and what becomes of each."""

import itertools
from dataclasses import dataclass

from app.domain.inventory.importing.fields import FIELDS, Field
from app.domain.inventory.importing.known import KnownCatalogue
from app.domain.inventory.importing.mapping import ColumnMapping, column_style, column_unit
from app.lib.folding import fold
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


def describe_columns(table: Table, mapping: ColumnMapping, known: KnownCatalogue) -> tuple[ColumnView, ...]:
    """Describe every column of a table under a mapping, with up to three different first values."""
    return tuple(
        _describe(table, column, target, mapping, known) for column, target in enumerate(mapping.targets)
    )


def _describe(
    table: Table, column: int, target: str | None, mapping: ColumnMapping, known: KnownCatalogue
) -> ColumnView:
    filled = [text for row in table.rows if (text := " ".join(row[column].split()))]
    if target is None:
        note, tone = "left out", ""
    elif FIELDS[target].is_number:
        note, tone = _number_note(table, column, FIELDS[target], mapping.decimal)
    else:
        note, tone = _text_note(filled, target, known)
    examples = tuple(
        text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…"
        for text in itertools.islice(dict.fromkeys(filled), _EXAMPLES)
    )
    return ColumnView(column, table.header[column], examples, target, note, tone)


def _number_note(table: Table, column: int, target: Field, decimal: str | None) -> tuple[str, str]:
    style = column_style(table, column, target, decimal)
    if style.note:
        return style.note, "warning" if "read as" in style.note else ""
    unit = column_unit(table.header[column], target)
    return _UNIT_LABELS.get(unit, unit), ""


def _text_note(filled: list[str], target: str, known: KnownCatalogue) -> tuple[str, str]:
    different = {fold(text) for text in filled}
    if target == "sku":
        if repeated := len(filled) - len(different):
            return f"{counted(repeated)} there twice", "warning"
        there = len(different & known.equipment.keys())
        return f"unique; {counted(len(different) - there)} new, {counted(there)} known", ""
    if target in ("category", "subcategory"):
        there = known.categories.keys() if target == "category" else {sub for _, sub in known.subcategories}
        created = len(different - there)
        return (f"{counted(created)} will be created", "new") if created else ("all known", "")
    if target in ("location", "tags", "status", "kind", "tracking"):
        return f"{counted(len(different))} different", ""
    return f"{counted(len(filled))} filled", ""
