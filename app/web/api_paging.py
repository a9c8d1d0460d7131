"""Lists of the JSON API: several sort keys, and cursors that lose and repeat nothing while rows change.

A cursor holds the sort values and the id of the last row of a page; the next page is what comes after
them. Rows without a value come last in both directions, and the id decides among equal ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

import msgspec
from litestar.params import QueryParameter
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.lib.cursors import is_id, pack, read_value, unpack
from app.lib.errors import InvalidInput

MOST_ROWS = 200
MOST_KEYS = 5

Out = TypeVar("Out")
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Key:
    """A column to sort by: `kind` is the type of its values, `nullable` whether a row may be without one."""

    column: Any
    kind: type = str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What can be sorted by, what is by default, and the id that decides among equal rows."""

    keys: Mapping[str, Key]
    default: str
    id: Any
    newest_first: bool = False

    @classmethod
    def of(cls, model: Any, default: str, *, newest_first: bool = False, **further: Key) -> Self:
        """By id, by when a record was added and last changed, and by `further` keys of its kind."""
        keys = {
            "id": Key(model.id, int),
            **further,
            "created_at": Key(model.created_at, datetime),
            "updated_at": Key(model.updated_at, datetime),
        }
        return cls(keys, default, model.id, newest_first)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted."""

    limit: int
    cursor: str
    sort: str


class Pagination(msgspec.Struct):
    """Where a page stands in its list. Ask for the next one with `cursor=next_cursor`; null at the end."""

    limit: Annotated[int, msgspec.Meta(examples=[50])]
    next_cursor: Annotated[str | None, msgspec.Meta(examples=["WyJuYW1lIixbInNtNTgiXSw3XQ"])]
    total: Annotated[int, msgspec.Meta(description="How many match in all.", examples=[627])]


def provide_paging(
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS, description="How many at most.")] = 50,
    cursor: Annotated[str, QueryParameter(description="`next_cursor` of the page before.")] = "",
    sort: Annotated[
        str,
        QueryParameter(
            description="Fields separated by commas, descending with a minus: `name,-updated_at`."
        ),
    ] = "",
) -> PageRequest:
    """The page a request asks for."""
    return PageRequest(limit, cursor, sort)


async def page_of(
    reading: AsyncConnection,
    statement: AnySelect,
    order: Order,
    wanted: PageRequest,
    convert: Callable[[Any], Out],
) -> tuple[list[Out], Pagination]:
    """One page of what `statement` selects, and where it stands. Raises InvalidInput (sort, cursor)."""
    sort = wanted.sort or order.default
    keys = _read_sort(sort, order)
    ordered = statement.add_columns(
        order.id.label("row_id"), *(key.column.label(f"key_{place}") for place, (key, _) in enumerate(keys))
    )
    if wanted.cursor:
        ordered = ordered.where(_after(keys, order, *_read_cursor(wanted.cursor, sort, keys)))
    ordered = ordered.order_by(
        *(_direction(key, descending=descending) for key, descending in keys),
        order.id.desc() if order.newest_first else order.id,
    )
    rows = (await reading.execute(ordered.limit(wanted.limit + 1))).all()
    count = statement.with_only_columns(func.count(), maintain_column_froms=True)
    total = (await reading.execute(count)).scalar_one()
    shown = rows[: wanted.limit]
    following = _write_cursor(sort, keys, shown[-1]) if len(rows) > wanted.limit else None
    return [convert(row) for row in shown], Pagination(wanted.limit, following, total)


Keys = Sequence[tuple[Key, bool]]


def _read_sort(sort: str, order: Order) -> list[tuple[Key, bool]]:
    found: dict[str, tuple[Key, bool]] = {}
    for part in filter(None, sort.split(",")):
        name = part.strip().removeprefix("-")
        if name not in order.keys or len(found) == MOST_KEYS:
            names = ", ".join(sorted(order.keys))
            raise InvalidInput({"sort": f"Sort by at most {MOST_KEYS} of: {names}."})
        found[name] = (order.keys[name], part.strip().startswith("-"))
    return list(found.values())


def _direction(key: Key, *, descending: bool) -> ColumnElement[Any]:
    plain = key.column.desc() if descending else key.column.asc()
    return plain.nulls_last() if key.nullable else plain


def _after(keys: Keys, order: Order, values: Sequence[Any], last_id: int) -> ColumnElement[bool]:
    """What comes after the row with these values."""
    beyond_id = order.id < last_id if order.newest_first else order.id > last_id
    condition: ColumnElement[bool] = beyond_id
    for (key, descending), value in reversed(list(zip(keys, values, strict=True))):
        if value is None:
            condition = and_(key.column.is_(None), condition)
            continue
        here = literal(value, type_=key.column.type)
        beyond = key.column < here if descending else key.column > here
        missing = key.column.is_(None) if key.nullable else false()
        condition = or_(beyond, and_(key.column == here, condition), missing)
    return and_(_bound(keys, values), condition)


def _bound(keys: Keys, values: Sequence[Any]) -> ColumnElement[bool]:
    """The same said so that an index on the first key can start at the right place."""
    if not keys or keys[0][0].nullable or values[0] is None:
        return true()
    (key, descending), value = keys[0], values[0]
    here = literal(value, type_=key.column.type)
    return key.column <= here if descending else key.column >= here


def _write_cursor(sort: str, keys: Keys, row: Any) -> str:
    return pack([sort, [getattr(row, f"key_{place}") for place in range(len(keys))], row.row_id])


def _read_cursor(text: str, sort: str, keys: Keys) -> tuple[list[Any], int]:
    wrong = InvalidInput({"cursor": "This cursor does not belong to this list in this order."})
    parts = unpack(text, 3)
    if parts is None or parts[0] != sort or not is_id(parts[2]):
        raise wrong
    try:
        return [_value(key, value) for (key, _), value in zip(keys, parts[1], strict=True)], parts[2]
    except (ValueError, TypeError) as error:
        raise wrong from error


def _value(key: Key, value: object) -> Any:
    """A sort value out of a cursor. Raises ValueError for one that cannot be."""
    return None if value is None and key.nullable else read_value(key.kind, value)
