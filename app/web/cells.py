"""One cell of a table under edit, in any table: templates/components/_cell_editor.html shows its editor."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from app.lib.errors import EditConflict, NotFound
from app.web.forms import rejecting
from app.web.render import partial


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


@dataclass(frozen=True, slots=True)
class CellEditor:
    """The editor of a cell of one row. `words` says what is in the cell, of the values of a record.

    `options` is what the cell is chosen from; None where it is typed.
    """

    request: Request[Any, Any, Any]
    cell: Cell
    row_id: int
    row_url: str
    options: Sequence[tuple[str, str]] | None
    words: Callable[[Mapping[str, Any]], str]

    def answer(
        self, text: str, version: int, *, error: str = "", clash: Clash | None = None
    ) -> Response[str]:
        """Answer with the editor: `text` is in it, and it starts from `version`."""
        return partial(
            self.request,
            "components/_cell_editor.html",
            status=409 if clash else 422 if error else 200,
            cell=self.cell,
            row_id=self.row_id,
            row_url=self.row_url,
            text=text,
            version=version,
            options=self.options,
            error=error,
            clash=clash,
        )

    def saving(self, text: str, version: int) -> AbstractContextManager[None]:
        """Turn refusals inside the block into the editor again, with what is in the way."""

        def invalid(errors: dict[str, str]) -> Response[str]:
            return self.answer(text, version, error=" ".join(errors.values()))

        def conflict(error: EditConflict) -> Response[str]:
            return self.answer(text, error.version, clash=self._clash(error))

        return rejecting(invalid, conflict)

    def _clash(self, error: EditConflict) -> Clash:
        names = sorted({change.actor_name for change in error.theirs if change.field in self.cell.fields})
        who = " and ".join(names) or "Somebody"
        return Clash(who, self.words(error.base), self.words(error.current), error.version)


def cell_named(cells: Mapping[str, Cell], name: str) -> Cell:
    """The cell of a table with this name. Raises NotFound."""
    cell = cells.get(name)
    if cell is None:
        raise NotFound("This cannot be edited in the table.")
    return cell
