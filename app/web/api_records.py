"""One kind of record in the JSON API: how it is selected, sorted, found by its id and answered with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from litestar import Response
from msgspec import Struct
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.lib.errors import NotFound
from app.web.api import Answer, ListAnswer, answer, list_answer, wired
from app.web.api_paging import AnySelect, Order, PageRequest, page_of


class Versioned(Protocol):
    """What has a version."""

    @property
    def version(self) -> int:
        """How often it was written."""
        ...


Kind = TypeVar("Kind", bound=Struct)
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


def columns_of(model: Any, kind: type[Struct], *, but: frozenset[str] = frozenset()) -> list[Any]:
    """The columns a record of this kind is made of, except those that are none."""
    return [getattr(model, name) for name in kind.__struct_fields__ if name not in but]


def converter(kind: type[Kind]) -> Callable[[Any], Kind]:
    """Makes a record of a row that has all of its fields, with decimals and instants as text."""

    def convert(row: Any) -> Kind:
        return kind(**wired({name: getattr(row, name) for name in kind.__struct_fields__}))

    return convert
