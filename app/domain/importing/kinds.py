"""What can be brought in: the fields of each kind, its rules, how it is written, and the words for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.importing.fields import Targets
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.result import CheckedRow, CheckResult
from app.domain.importing.writing import Written
from app.lib.tabular import Table
from app.lib.unit_of_work import UnitOfWork

KnownT = TypeVar("KnownT")
RowT = TypeVar("RowT", bound=CheckedRow)

Connected = AsyncConnection | AsyncSession
Note = tuple[str, str]
"""What is worth knowing of a column, and its tone: "new", "warning" or nothing."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of one kind say. `home` is the page of the records, `back` the way there in words."""

    area: str
    home: str
    back: str
    list_name: str
    lists: str
    matching: str
    none_yet: str
    template: str


@dataclass(frozen=True, slots=True)
class Kind(Generic[KnownT, RowT]):
    """One kind of record that can be brought in.

    `name` is how an import keeps it, `entity` what the change log calls such an import, `url` where its
    pages are. Whoever has the capability `write` may import, `delete` is needed to take back what is done.
    `records` are the entities an import writes, `hidden` the fields that get no column in the check.
    `example` is the one row of the template. `shown` gives a value as people read it.

    `load_known` loads what a file can touch, `check` says what becomes of every row, `write_rows` writes a
    chunk of rows that are new or changed, and `describe` says what is worth knowing of a filled column of
    text; None leaves it to the pages.
    """

    name: str
    entity: str
    url: str
    write: str
    delete: str
    words: Words
    targets: Targets
    records: tuple[str, ...]
    load_known: Callable[[Connected, Table, ColumnMapping], Awaitable[KnownT]]
    check: Callable[[Table, ColumnMapping, KnownT], CheckResult[RowT]]
    write_rows: Callable[[UnitOfWork, Sequence[RowT]], Awaitable[Written]]
    describe: Callable[[str, Sequence[str], KnownT], Note | None]
    shown: Callable[[str, object], str]
    hidden: tuple[str, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict[str, str])


AnyKind = Kind[Any, Any]
