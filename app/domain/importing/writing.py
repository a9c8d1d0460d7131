"""Writing a chunk of checked rows: all together, or each by itself where one of them is refused."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import DataError, IntegrityError

from app.domain.importing.result import CheckedRow
from app.lib.errors import DomainError, InvalidInput
from app.lib.unit_of_work import UnitOfWork

RowT = TypeVar("RowT", bound=CheckedRow)

_REFUSED = (DomainError, IntegrityError, DataError)


@dataclass(slots=True)
class Written:
    """What became of some rows. `failures` are sentences by position of the row."""

    created: int = 0
    changed: int = 0
    same: int = 0
    failures: dict[int, str] = field(default_factory=dict[int, str])
    categories: list[str] = field(default_factory=list[str])

    def add(self, other: "Written") -> None:
        """Count what became of further rows."""
        self.created += other.created
        self.changed += other.changed
        self.same += other.same


async def write_together(
    work: UnitOfWork,
    rows: Sequence[RowT],
    write: Callable[[Sequence[RowT]], Awaitable[Written]],
    taken: str,
) -> Written:
    """Write a chunk with few statements. A row that is refused does not harm the others.

    `taken` is the sentence for a row that the database refuses: somebody was faster at this very moment.
    """
    try:
        async with work.session.begin_nested():
            return await write(rows)
    except _REFUSED:
        # one of them is refused: again, each in a savepoint of its own
        written = Written()
        for row in rows:
            try:
                async with work.session.begin_nested():
                    written.add(await write([row]))
            except DomainError as error:
                written.failures[row.position] = _sentence(error)
            except (IntegrityError, DataError):
                written.failures[row.position] = taken
        return written


def _sentence(error: DomainError) -> str:
    return " ".join(error.fields.values()) if isinstance(error, InvalidInput) else error.message
