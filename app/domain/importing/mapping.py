"""Which column of a file becomes which field: guessed from its header and its cells, or remembered."""

import hashlib
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.domain.importing.fields import Field, Fields, Reading, Targets
from app.domain.importing.numbers import DecimalStyle, detect_decimal_style
from app.domain.importing.values import UnusableValueError
from app.lib.folding import fold
from app.lib.tabular import Table

_SAMPLE = 200
_LONGEST_CODE = 64
_EXACT, _BARE, _VAGUE, _PHRASE = 3.0, 2.0, 1.5, 1.0
_RANK = 0.01
_NOISE = frozenset({"in", "eur", "euro", "usd", "gbp", "chf", "net", "netto", "the", "of"})
_NOT_A_WORD = re.compile(r"[\W_]+")
_CODE = re.compile(r"[^\s]*[0-9\-_./][^\s]*")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The target of each column by position, None for a column that is left out.

    `decimal` is the character before the decimals if a person chose it for the whole file.
    """

    targets: tuple[str | None, ...]
    decimal: str | None = None

    def columns(self, target: str) -> list[int]:
        """The columns that become a field."""
        return [column for column, name in enumerate(self.targets) if name == target]

    def as_json(self) -> dict[str, object]:
        """The mapping as JSON values; `from_json` is the way back."""
        return {"targets": list(self.targets), "decimal": self.decimal}

    @classmethod
    def from_json(cls, stored: Mapping[str, object], fields: Fields) -> "ColumnMapping":
        """Rebuild a mapping; targets that no longer exist are left out."""
        names = cast("list[str | None]", stored.get("targets") or [])
        decimal = stored.get("decimal")
        return cls(
            tuple(name if name in fields else None for name in names),
            str(decimal) if decimal in (".", ",") else None,
        )


def suggest_mapping(
    table: Table, targets: Targets, decided: Mapping[int, str | None] | None = None
) -> ColumnMapping:
    """Guess the target of every column from the header, and where that says nothing, from the cells.

    A guess is dropped when most cells of the column cannot be read as that field. `decided` are columns
    whose target is certain, by position.
    """
    found: dict[int, str | None] = dict(decided or {})
    if table.has_header:
        _by_header(table, targets.fields, found)
        _description_as_name(found)
    _by_content(table, targets.code, found)
    return ColumnMapping(tuple(found.get(column) for column in range(len(table.header))))


def mapping_problems(table: Table, mapping: ColumnMapping, targets: Targets) -> list[str]:
    """Say what is wrong with a mapping, one sentence each; an empty list means it can be used."""
    if len(mapping.targets) != len(table.header):
        return ["The columns of the file have changed; choose again."]
    problems = [
        f"“{name}” is not a field of {targets.of}."
        for name in mapping.targets
        if name and name not in targets.fields
    ]
    for target in targets.fields.values():
        columns = mapping.columns(target.name)
        if len(columns) > 1 and not target.many:
            names = " and ".join(f"“{table.header[column]}”" for column in columns)
            problems.append(f"{names} cannot both become {target.label}; keep one.")
    if not any(mapping.columns(name) for name in targets.identify):
        labels = (targets.fields[name].label for name in targets.identify)
        problems.append(f"Choose the column that is the {', or the one that is the '.join(labels)}.")
    return problems


def signature(table: Table) -> str:
    """A short text that is the same for files with the same header, in any spelling of it."""
    return hashlib.sha256("\x1f".join(_keys(table)).encode()).hexdigest()


def remember(table: Table, mapping: ColumnMapping) -> dict[str, object]:
    """What to keep of a mapping for the next file, as JSON values: targets by the words of the header."""
    return {"columns": dict(zip(_keys(table), mapping.targets, strict=True)), "decimal": mapping.decimal}


def recall(table: Table, remembered: Mapping[str, object], targets: Targets) -> tuple[ColumnMapping, int]:
    """Apply what `remember` kept to a file with the same or a similar header.

    Returns the mapping and how many columns were remembered; the others are guessed.
    """
    kept = cast("Mapping[str, str | None]", remembered.get("columns") or {})
    decided = {
        column: kept[key] if kept[key] in targets.fields else None
        for column, key in enumerate(_keys(table))
        if key in kept
    }
    guessed = suggest_mapping(table, targets, decided)
    decimal = remembered.get("decimal")
    return ColumnMapping(guessed.targets, str(decimal) if decimal in (".", ",") else None), len(decided)


def column_style(table: Table, column: int, target: Field, decimal: str | None = None) -> DecimalStyle:
    """Decide how the numbers of a column are written; `decimal` is what a person chose."""
    if not target.is_number or column in table.numeric_columns:
        return DecimalStyle()
    if decimal is not None:
        return DecimalStyle(decimal)
    cells = (row[column] for row in table.rows)
    return detect_decimal_style(cells, decimals_likely=target.decimals_likely)


def column_unit(header: str, target: Field) -> str:
    """The unit a header names, as in "weight (lb)"; the unit of the field where it names none."""
    return next((word for word in reversed(_words(header)) if word in target.units), target.unit)


def _keys(table: Table) -> list[str]:
    """The headers as keys: folded, the second of two alike with a number."""
    seen: dict[str, int] = {}
    keys: list[str] = []
    for header in table.header:
        key = " ".join(_words(header)) or fold(header)
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key} #{seen[key]}")
    return keys


def _words(header: str) -> list[str]:
    return _NOT_A_WORD.sub(" ", fold(header)).split()


def _by_header(table: Table, fields: Fields, targets: dict[int, str | None]) -> None:
    guesses: list[tuple[float, int, Field]] = []
    for column, header in enumerate(table.header):
        if column not in targets:
            words = _words(header)
            guesses.extend(
                (score, -column, target) for target in fields.values() if (score := _likeness(words, target))
            )
    for _, negative, target in sorted(guesses, key=lambda guess: guess[:2], reverse=True):
        column = -negative
        taken = not target.many and target.name in targets.values()
        if column not in targets and not taken and _readable(table, column, target):
            targets[column] = target.name


def _likeness(words: list[str], target: Field) -> float:
    """How surely a header names a field: 3 for its very words, less for lesser likeness, 0 for none."""
    header = " ".join(words)
    bare = " ".join(word for word in words if word not in _NOISE and word not in target.units)
    for rank, synonym in enumerate((target.name.replace("_", " "), *target.synonyms)):
        if header == synonym:
            return _EXACT - rank * _RANK
        if bare == synonym:
            return _BARE - rank * _RANK
    if header in target.vague:
        return _VAGUE
    if target.phrases and "id" not in words:
        for rank, synonym in enumerate(target.synonyms):
            if header.startswith(f"{synonym} ") or header.endswith(f" {synonym}"):
                return _PHRASE - rank * _RANK
    return 0.0


def _readable(table: Table, column: int, target: Field) -> bool:
    """Say whether at least half of the first filled cells can be read as the field."""
    filled = (row[column] for row in table.rows if row[column].strip())
    cells = list(itertools.islice(filled, _SAMPLE))
    style = column_style(table, column, target)
    reading = Reading(style.decimal, column_unit(table.header[column], target))
    unreadable = 0
    for cell in cells:
        try:
            target.parse(cell, reading)
        except UnusableValueError:
            unreadable += 1
    return unreadable * 2 <= len(cells)


def _description_as_name(targets: dict[int, str | None]) -> None:
    """Take the description for the name where there is no name: many lists have a code and a description."""
    if "name" in targets.values():
        return
    for column, target in targets.items():
        if target == "description":
            targets[column] = "name"
            return


def _by_content(table: Table, code: str, targets: dict[int, str | None]) -> None:
    """Guess the name, and without a header the code, from what the cells look like."""
    free = [column for column in range(len(table.header)) if column not in targets]
    if code and code not in targets.values() and not table.has_header:
        found = next((column for column in free if _looks_like_codes(table, column)), None)
        if found is not None:
            targets[found] = code
            free.remove(found)
    if "name" not in targets.values() and (not table.has_header or code not in targets.values()):
        named = max(free, key=lambda column: _wordiness(table, column), default=None)
        if named is not None and _wordiness(table, named) > 0:
            targets[named] = "name"


def _looks_like_codes(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows[:_SAMPLE]]
    alike = all(len(cell) <= _LONGEST_CODE and _CODE.fullmatch(cell) for cell in cells)
    has_letters = any(char.isalpha() for cell in cells for char in cell)
    return alike and has_letters and len({fold(cell) for cell in cells}) == len(cells)


def _wordiness(table: Table, column: int) -> float:
    """How much a column looks like names: the share of its cells with letters that differ from all others."""
    cells = [fold(row[column]) for row in table.rows[:_SAMPLE]]
    wordy = {
        cell for cell in cells if len(cell) <= _LONGEST_CODE * 2 and any(char.isalpha() for char in cell)
    }
    return len(wordy) / max(len(cells), 1)
