"""One cell of a table under edit, in any table: templates/components/_cell_editor.html shows its editor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.lib.errors import EditConflict


@dataclass(frozen=True, slots=True)
class Cell:
    """A field that can be edited in place. `column` is where it stands, `fields` are what it writes."""

    name: str
    label: str
    fields: tuple[str, ...]
    numeric: bool = False
    maximum: int = 40


@dataclass(frozen=True, slots=True)
class Clash:
    """A true conflict in one cell, in words: who changed it from what to what."""

    who: str
    base: str
    theirs: str
    version: int


def clash_of(cell: Cell, error: EditConflict, words: Callable[[Mapping[str, Any]], str]) -> Clash:
    """What an editor says when somebody else changed its cell meanwhile; `words` shows the cell."""
    names = sorted({change.actor_name for change in error.theirs if change.field in cell.fields})
    return Clash(" and ".join(names) or "Somebody", words(error.base), words(error.current), error.version)
