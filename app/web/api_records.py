"""One kind of record in the JSON API: how it is selected, sorted, found by its id and answered with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from litestar import Response
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.db.base import Editable
from app.lib.errors import NotFound
from app.web.api import Answer, ListAnswer, answer, list_answer, wired
from app.web.api_paging import AnySelect, Order, PageRequest, page_of


class Versioned(Protocol):
    """A struct that has a version."""

    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def version(self) -> int:
        """How often it was written."""
        ...


Record = TypeVar("Record", bound=Versioned)
Reading = AsyncConnection | AsyncSession


@dataclass(frozen=True, slots=True)
class Records(Generic[Record]):
    """All records of a kind: `statement` selects those that are there, `convert` turns a row into one.

    `path` is where they are in the API; `missing` is the sentence for one that is not there.
    """

    statement: AnySelect
    order: Order
    convert: Callable[[Any], Record]
    path: str
    missing: str

    async def page(
        self, reading: AsyncConnection, paging: PageRequest, conditions: Sequence[ColumnElement[bool]]
    ) -> Response[ListAnswer[Record]]:
        """Answer with a page of those that match. Raises InvalidInput (sort, cursor)."""
        statement = self.statement.where(*conditions)
        return list_answer(await page_of(reading, statement, self.order, paging, self.convert))

    async def by_id(self, reading: Reading, record_id: int) -> Record:
        """One record. Raises NotFound."""
        row = (await reading.execute(self.statement.where(self.order.id == record_id))).one_or_none()
        if row is None:
            raise NotFound(self.missing)
        return self.convert(row)

    async def answer(
        self, reading: Reading, record_id: int, warnings: Sequence[str] = ()
    ) -> Response[Answer[Record]]:
        """Answer with one record as it stands, its version as ETag. Raises NotFound."""
        record = await self.by_id(reading, record_id)
        return answer(record, version=record.version, warnings=warnings)

    async def created(
        self, reading: Reading, record_id: int, warnings: Sequence[str] = ()
    ) -> Response[Answer[Record]]:
        """Answer with a record that is new, and where it is."""
        record = await self.by_id(reading, record_id)
        location = f"{self.path}/{record_id}"
        return answer(record, version=record.version, location=location, warnings=warnings)


def records_of(
    model: type[Editable],
    kind: type[Record],
    *,
    order: Order,
    path: str,
    missing: str,
    within: tuple[type[Editable], InstrumentedAttribute[int]] | None = None,
) -> Records[Record]:
    """The rows of a model that were not deleted, field by field.

    `within` is the model of their parents and the column that holds a parent's id: the records of a parent
    that was deleted are not there either.
    """
    statement = select(*columns_of(model, kind)).where(model.deleted_at.is_(None))
    if within is not None:
        parent, parent_id = within
        statement = statement.join(parent, parent.id == parent_id).where(parent.deleted_at.is_(None))
    return Records(statement, order, converter(kind), path, missing)


def columns_of(model: Any, kind: type[Versioned], *, but: frozenset[str] = frozenset()) -> list[Any]:
    """The columns a record of this kind is made of, except those that are none."""
    return [getattr(model, name) for name in kind.__struct_fields__ if name not in but]


def converter(kind: type[Record]) -> Callable[[Any], Record]:
    """Makes a record of a row that has all of its fields, with decimals and instants as text."""

    def convert(row: Any) -> Record:
        return kind(**wired({name: getattr(row, name) for name in kind.__struct_fields__}))

    return convert
