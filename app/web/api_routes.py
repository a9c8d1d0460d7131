"""The routes that most kinds of record have in the JSON API, made for one kind at a time.

Each is written once, with type variables. The types of a kind are put in their place before the framework
reads them, so a route checks and describes the same as one that was written out for its kind.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, PathParameter
from msgspec import UnsetType
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from app.db.base import Editable
from app.lib.conditions import Conditions
from app.lib.editing import Strategy
from app.lib.fields import LARGEST_ID
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, EditTerms, ListAnswer, listing
from app.web.api_bodies import Body
from app.web.api_paging import PageRequest
from app.web.api_records import Record, Records
from app.web.parameters import Connection, PathId, Work


class EditBody(Protocol):
    """What somebody sends to change a record."""

    @property
    def version(self) -> int | UnsetType:
        """The version it starts from."""
        ...

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        ...

    def whole(self) -> dict[str, Any]:
        """All fields."""
        ...


class Edits(Protocol):
    """The command that changes a record."""

    def __call__(
        self,
        work: UnitOfWork,
        record_id: int,
        values: dict[str, Any],
        /,
        *,
        version: int | None,
        strategy: Strategy,
    ) -> Awaitable[object]: ...


class Deletes(Protocol):
    """The command that deletes a record."""

    def __call__(self, work: UnitOfWork, record_id: int, /, *, version: int | None) -> Awaitable[object]: ...


Sent = TypeVar("Sent", bound=Body)
Edited = TypeVar("Edited", bound=EditBody)
Creates = Callable[[UnitOfWork, dict[str, Any]], Awaitable[Editable]]
CreatesIn = Callable[[UnitOfWork, int, dict[str, Any]], Awaitable[Editable]]
Restores = Callable[[UnitOfWork, int], Awaitable[object]]
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Routes(Generic[Record]):
    """Makes the routes of one kind of record.

    `name` is what its handlers are called after ("change_client"), `noun` what it is called in the address
    and in sentences where that is another word. `read` and `write` are the capabilities needed. `sought` is
    for records whose parent may be deleted: they are looked for first, and are not there without it.
    """

    name: str
    record: type[Record]
    records: Records[Record]
    read: str
    write: str
    noun: str = ""
    sought: bool = False

    @property
    def path(self) -> str:
        """Where the records are, below /api."""
        return self.records.path.removeprefix("/api")

    @property
    def one(self) -> str:
        """Where one record is."""
        return f"{self.path}/{{{self._id}:int}}"

    def listing(self, doc: str, provide_filter: Callable[..., Conditions] | None = None) -> HTTPRouteHandler:
        """List all records that `provide_filter` makes of the query."""

        async def handle(
            reading: Connection, paging: NamedDependency[PageRequest], wanted: NamedDependency[Any]
        ) -> Response[ListAnswer[Record]]:
            return await self.records.page(reading, paging, wanted or [])

        made = self._specific(handle, f"list_{_last(self.path)}", doc)
        return get(self.path, capability=self.read, dependencies=listing(provide_filter))(made)

    def listing_in(
        self, path: str, parents: Records[Any], parent: InstrumentedAttribute[int], doc: str
    ) -> HTTPRouteHandler:
        """List the records of a parent that is there: those whose column `parent` holds its id."""

        async def handle(
            reading: Connection, paging: NamedDependency[PageRequest], parent_id: PathId
        ) -> Response[ListAnswer[Record]]:
            await parents.by_id(reading, parent_id)
            of_parent: ColumnElement[bool] = parent == parent_id
            return await self.records.page(reading, paging, [of_parent])

        made = self._specific(handle, f"list_{_last(path)}", doc, parent_id=_id_in(path))
        return get(path, capability=self.read, dependencies=listing())(made)

    def creation(
        self, body: type[Sent], create: Creates, doc: str, *, verb: str = "create", capability: str = ""
    ) -> HTTPRouteHandler:
        """Add a record."""

        async def handle(work: Work, data: JSONBody[Sent]) -> Response[Answer[Record]]:
            made = await create(work, data.given())
            return await self.records.created(work.session, made.id)

        made = self._specific(handle, f"{verb}_{self.name}", doc, {Sent: body})
        return post(self.path, capability=capability or self.write)(made)

    def creation_in(
        self, path: str, body: type[Sent], create: CreatesIn, doc: str, *, verb: str = "create"
    ) -> HTTPRouteHandler:
        """Add a record to a parent."""

        async def handle(work: Work, parent_id: PathId, data: JSONBody[Sent]) -> Response[Answer[Record]]:
            made = await create(work, parent_id, data.given())
            return await self.records.created(work.session, made.id)

        made = self._specific(handle, f"{verb}_{self.name}", doc, {Sent: body}, parent_id=_id_in(path))
        return post(path, capability=self.write)(made)

    def single(self, doc: str = "") -> HTTPRouteHandler:
        """Get one record."""

        async def handle(reading: Connection, record_id: PathId) -> Response[Answer[Record]]:
            return await self.records.answer(reading, record_id)

        doc = doc or f"Get one {self._noun.replace('_', '-')}; its version is the ETag."
        return get(self.one, capability=self.read)(self._specific(handle, f"get_{self.name}", doc))

    def change(
        self, body: type[Edited], edit: Edits, doc: str = "Change the fields given."
    ) -> HTTPRouteHandler:
        """Change the fields that were sent."""
        made = self._editing(f"change_{self.name}", doc, body, edit, lambda data: data.given())
        return patch(self.one, capability=self.write)(made)

    def replacement(
        self,
        body: type[Edited],
        edit: Edits,
        doc: str = "Replace all fields; those left out go back to their defaults.",
    ) -> HTTPRouteHandler:
        """Replace a whole record."""
        made = self._editing(f"replace_{self.name}", doc, body, edit, lambda data: data.whole())
        return put(self.one, capability=self.write)(made)

    def deletion(
        self, remove: Deletes, doc: str, *, verb: str = "delete", capability: str = ""
    ) -> HTTPRouteHandler:
        """Delete a record."""

        async def handle(
            work: Work,
            record_id: PathId,
            terms: NamedDependency[EditTerms],
            version: FromQuery[int | None] = None,
        ) -> None:
            await self._seek(work, record_id)
            await remove(work, record_id, version=terms.version(version))

        made = self._specific(handle, f"{verb}_{self.name}", doc)
        return delete(self.one, capability=capability or self.write)(made)

    def restoration(
        self, restore: Restores, doc: str = "Take a delete back.", *, capability: str = ""
    ) -> HTTPRouteHandler:
        """Bring a record back that was deleted."""

        async def handle(work: Work, record_id: PathId) -> Response[Answer[Record]]:
            await restore(work, record_id)
            return await self.records.answer(work.session, record_id)

        made = self._specific(handle, f"restore_{self.name}", doc)
        path = f"{self.one}/restoration"
        return post(path, capability=capability or self.write, status_code=200)(made)

    def _editing(
        self,
        name: str,
        doc: str,
        body: type[Edited],
        edit: Edits,
        values_of: Callable[[Edited], dict[str, Any]],
    ) -> Callable[..., Any]:
        async def handle(
            work: Work, record_id: PathId, data: JSONBody[Edited], terms: NamedDependency[EditTerms]
        ) -> Response[Answer[Record]]:
            values, version = values_of(data), terms.version(data.version)
            await self._seek(work, record_id)
            await edit(work, record_id, values, version=version, strategy=terms.strategy)
            return await self.records.answer(work.session, record_id)

        return self._specific(handle, name, doc, {Edited: body})

    async def _seek(self, work: UnitOfWork, record_id: int) -> None:
        if self.sought:
            await self.records.by_id(work.session, record_id)

    @property
    def _noun(self) -> str:
        return self.noun or self.name

    @property
    def _id(self) -> str:
        return f"{self._noun}_id"

    def _specific(
        self, handle: Handler, name: str, doc: str, types: Mapping[Any, Any] | None = None, **ids: str
    ) -> Handler:
        """A handler with the name, the words and the types of this kind; `ids` are those in its address."""
        known = {Record: self.record, **(types or {})}
        handle.__name__ = handle.__qualname__ = name
        handle.__doc__ = doc
        hints = {key: _filled(hint, known) for key, hint in handle.__annotations__.items()}
        for key, called in {"record_id": self._id, **ids}.items():
            if key in hints:
                hints[key] = Annotated[int, PathParameter(name=called, ge=1, le=LARGEST_ID)]
        handle.__annotations__ = hints
        return handle


def _filled(hint: Any, known: Mapping[Any, Any]) -> Any:
    """An annotation with types instead of its type variables."""
    variables = getattr(hint, "__parameters__", ())
    return hint[tuple(known[one] for one in variables)] if variables else hint


def _last(path: str) -> str:
    """What the last part of an address is called in a name."""
    return path.rsplit("/", 1)[-1].replace("-", "_")


def _id_in(path: str) -> str:
    """The name of the id in the address of what belongs to a parent."""
    return path.split("{", 1)[1].split(":", 1)[0]
