"""The selects behind the inventory table. Rows are Core rows; statements are built once for each shape."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Equipment, Unit
from app.domain.availability.whole_stock import bound, peaks_of_all, taken_of
from app.domain.inventory.listing import SORTS, Cursor, Direction, Listing, search_terms

_E = Equipment.__table__.c
_category = Category.__table__.alias("category")
_subcategory = Category.__table__.alias("subcategory")
_parent = Category.__table__.alias("parent")

# one row for each shelf the gear may lie on, so that the order of names is worked out once
_shelf = (
    select(
        Category.id,
        Category.parent_id,
        func.concat(
            func.natural_order(_parent.c.name).op("||")(func.chr(1)), func.natural_order(Category.name)
        ).label("shelf_order"),
    )
    .outerjoin(_parent, _parent.c.id == Category.parent_id)
    .cte("shelf")
    .prefix_with("materialized")
)
_shelf_id = func.coalesce(_E.subcategory_id, _E.category_id)
# hardly two rows are alike in these, or no index is walked: one comparison tells where to go on
_AT_ONCE: Final = frozenset({"name", "sku", "free"})
# what is taken of everything for the dates of the listing, worked out as a whole; and the same with pencils
_peak, _pencilled = peaks_of_all("peak"), peaks_of_all("pencilled", pencils=True)
_free, _free_with_pencils = (_E.quantity - func.coalesce(one.c.peak, 0) for one in (_peak, _pencilled))
# filters under which it is worth to walk from shelf to shelf: others may leave little on each
_SHELVED: Final = frozenset({"category", "subcategory", "status", "not_archived"})


def _matches_words(name: str) -> ColumnElement[bool]:
    return _E.search.op("@@")(func.to_tsquery(literal_column("'simple'"), bindparam(name, type_=Text)))


def _starts_with(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return func.starts_with(func.lower(column), func.lower(bindparam(name, type_=Text)))


_tag = func.unnest(_E.tags).table_valued("word").render_derived()
_FILTERS: Final[dict[str, ColumnElement[bool]]] = {
    "q": _matches_words("q"),
    "nothing": false(),
    "category": _E.category_id == bindparam("category", type_=BigInteger),
    "subcategory": _E.subcategory_id == bindparam("subcategory", type_=BigInteger),
    "status": _E.status == bindparam("status", type_=Text),
    "kind": _E.kind == bindparam("kind", type_=Text),
    "tracking": _E.tracking == bindparam("tracking", type_=Text),
    "location": _starts_with(_E.location, "location"),
    # the index of all words narrows down, the list of tags decides
    "tag": and_(
        _matches_words("tag_words"),
        select(literal(1))
        .select_from(_tag)
        .where(func.lower(_tag.c.word) == func.lower(bindparam("tag", type_=Text)))
        .exists(),
    ),
    "free_each": _E.quantity > taken_of(_E.id),
    "free_of_all": _free > 0,
    "only_archived": _E.archived.is_(true()),
    "not_archived": _E.archived.is_(false()),
    "ids": _E.id == func.any(bindparam("ids")),
    "but": _E.id != func.all(bindparam("but")),
}
_ORDERS: Final[dict[str, ColumnElement[Any]]] = {
    **{name: _E[name] for name in SORTS if name in _E},
    "name": _E.name_order,
    "sku": _E.sku_order,
    "category": _shelf.c.shelf_order,
    "location": func.nullif(func.lower(_E.location), ""),
    "free": _free,
}
_CURSOR_TYPES: Final[dict[str, Any]] = {
    **dict.fromkeys(SORTS, Text()),
    **dict.fromkeys(("quantity", "power_w", "free"), Integer()),
    **dict.fromkeys(("daily_rate", "replacement_value", "weight_kg"), Numeric()),
    "updated_at": DateTime(timezone=True),
}
_COLUMNS: Final = (
    _E.id, _E.version, _E.category_id, _E.subcategory_id, _E.name, _E.sku, _E.kind, _E.tracking,
    _E.quantity, _E.status, _E.location, _E.daily_rate, _E.replacement_value, _E.weight_kg, _E.power_w,
    _E.tags, _E.photo, _E.archived, _E.updated_at,
    _category.c.name.label("category"), _subcategory.c.name.label("subcategory"),
    func.coalesce(_subcategory.c.icon, _category.c.icon).label("icon"),
)  # fmt: skip
_EXPORTED: Final = (_E.description, _E.prep_minutes, _E.turnaround_minutes, _E.notes)
_FREE: Final = (_free.label("free"), _free_with_pencils.label("free_with_pencils"))


def parameters(listing: Listing, *, whole: bool = False) -> dict[str, Any]:
    """The filters of a listing as bound values, by the name of their condition.

    `whole` works out what is free for all rows at once, else it is for row after row until there are enough.
    """
    apart, whole = {"q", "archived", "free"}, whole or listing.sort == "free"
    values: dict[str, Any] = {name: getattr(listing, name) for name in listing.filters if name not in apart}
    if listing.dates and (listing.free or listing.sort == "free"):
        values |= bound(listing.dates.period) | ({"peaks": None} if whole else {})
        values |= {"free_of_all" if whole else "free_each": None} if listing.free else {}
    if listing.terms:
        values["q"] = _prefixes(listing.terms)
    elif listing.q:
        values["nothing"] = None
    if listing.tag:
        values["tag_words"] = _prefixes(search_terms(listing.tag))
    if listing.archived != "all":
        values["only_archived" if listing.archived == "yes" else "not_archived"] = None
    return values


def _prefixes(terms: list[str]) -> str:
    return " & ".join(f"{term}:*" for term in terms)


async def page_of(
    connection: AsyncConnection, listing: Listing, after: Cursor | None, limit: int, but: Sequence[int] = ()
) -> tuple[list[Row[Any]], bool]:
    """The next rows of a listing except `but`, each with its `sort_value`, and whether there are more.

    Rows without a value come last in both directions. They are asked for apart, and so are those that
    share the value of the cursor: each part is read off an index, however many rows are alike.
    """
    values, rows = parameters(listing) | ({"but": list(but)} if but else {}), list[Row[Any]]()
    names = frozenset(values)
    values |= {"after_value": after.value, "after_id": after.id} if after else {}
    for part in _parts(listing.sort, after):
        values["row_limit"] = limit + 1 - len(rows)
        statement = _page(names, listing.sort, listing.direction, part)
        rows += (await connection.execute(statement, values)).all()
        if len(rows) > limit:
            break
    return rows[:limit], len(rows) > limit


def _parts(sort: str, after: Cursor | None) -> tuple[str, ...]:
    """What a page is made of, in turn: see `_part`."""
    blank = ("blank",) if SORTS[sort][1] else ()
    if after is None:
        return ("valued", *blank)
    if after.value is None:
        return ("blank after",)
    return ("after",) if sort in _AT_ONCE else ("alike", "beyond", *blank)


async def rows_of(
    connection: AsyncConnection, ids: Sequence[int], listing: Listing | None = None
) -> list[Row[Any]]:
    """The rows with these ids, in any order; with a listing only those that match it."""
    chosen = replace(listing, sort="updated_at") if listing else Listing(archived="all")
    values = parameters(chosen) | {"ids": list(ids), "row_limit": len(ids)}
    statement = _page(frozenset(values) - {"row_limit"}, "updated_at", Direction.ASCENDING, "")
    return list((await connection.execute(statement, values)).all())


async def count_of(connection: AsyncConnection, listing: Listing, ids: Sequence[int] | None = None) -> int:
    """How many rows match a listing; with `ids` how many of these."""
    values = parameters(listing, whole=ids is None) | ({} if ids is None else {"ids": list(ids)})
    return (await connection.execute(_count(frozenset(values)), values)).scalar_one()


async def versions_of(connection: AsyncConnection, listing: Listing, limit: int) -> list[tuple[int, int]]:
    """Id and version of the rows that match a listing, by id, at most `limit`."""
    values = parameters(listing, whole=True)
    names = frozenset(values)
    statement = _from(names, select(_E.id, _E.version)).where(*_where(names)).order_by(_E.id).limit(limit)
    return [(row.id, row.version) for row in (await connection.execute(statement, values)).all()]


async def exported_rows(
    connection: AsyncConnection, listing: Listing, ids: Sequence[int] | None = None, *, chunk: int = 500
) -> AsyncIterator[Row[Any]]:
    """All rows of a listing (or those of `ids` that match it) in its order, with every field of an import."""
    values = parameters(listing, whole=True) | ({} if ids is None else {"ids": list(ids)})
    if listing.dates:
        values |= {"peaks": None, "pencils": None, **bound(listing.dates.period)}
    tags = (
        select(func.array_agg(aggregate_order_by(Unit.asset_tag, Unit.tag_order, Unit.id)))
        .where(Unit.equipment_id == _E.id, Unit.deleted_at.is_(None))
        .scalar_subquery()
        .label("asset_tags")
    )
    statement = _page(frozenset(values), listing.sort, listing.direction, "").limit(None)
    statement = statement.add_columns(*_EXPORTED, tags, *(_FREE if listing.dates else ()))
    result = await connection.stream(statement, values)
    async for partition in result.partitions(chunk):
        for row in partition:
            yield row


@lru_cache(maxsize=512)
def _page(names: frozenset[str], sort: str, direction: Direction, part: str) -> Any:
    if sort == "category" and part and names <= _SHELVED:
        return _page_by_shelf(names, direction, part)
    order = _ORDERS[sort]
    statement = _rows(names).add_columns(order.label("sort_value"))
    if sort == "category":
        statement = statement.join(_shelf, _shelf.c.id == _shelf_id)
    statement = statement.where(*_part(sort, direction, part))
    if direction is Direction.ASCENDING:
        return statement.order_by(order, _E.id)
    blank_last = SORTS[sort][1] and not part
    return statement.order_by(order.desc().nulls_last() if blank_last else order.desc(), _E.id.desc())


def _part(sort: str, direction: Direction, part: str) -> list[ColumnElement[bool]]:
    """Which rows are in a part: all ("") or those with a value; after the cursor; like it or beyond it."""
    descending = direction is Direction.DESCENDING
    order, value = _ORDERS[sort], bindparam("after_value", type_=_CURSOR_TYPES[sort])
    further = _E.id < _after_id if descending else _E.id > _after_id
    here, there = tuple_(order, _E.id), tuple_(value, _after_id)
    parts: dict[str, list[ColumnElement[bool]]] = {
        "": [],
        "valued": [order.is_not(None)],
        "after": [here < there if descending else here > there],
        "alike": [order == value, further],
        "beyond": [order < value if descending else order > value],
        "blank": [order.is_(None)],
        "blank after": [order.is_(None), further],
    }
    return parts[part]


def _page_by_shelf(names: frozenset[str], direction: Direction, part: str) -> Any:
    """A page in the order of categories: shelf by shelf, of each as much as a page takes."""

    def ordered(*keys: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        return [key.desc() if direction is Direction.DESCENDING else key for key in keys]

    where, *further = _part("category", direction, part)
    walk = select(_shelf).where(where).order_by(*ordered(_shelf.c.shelf_order))
    if "subcategory" in names:
        walk = walk.where(_shelf.c.id == bindparam("subcategory", type_=BigInteger))
    elif "category" in names:
        category = bindparam("category", type_=BigInteger)
        walk = walk.where(or_(_shelf.c.id == category, _shelf.c.parent_id == category))
    here = walk.subquery("here")
    shown = _rows(names).where(_shelf_id == here.c.id, *further).order_by(*ordered(_E.id)).lateral("shown")
    statement = select(shown, here.c.shelf_order.label("sort_value")).join_from(here, shown, true())
    return statement.order_by(*ordered(here.c.shelf_order, shown.c.id)).limit(_row_limit)


_row_limit, _after_id = bindparam("row_limit", type_=Integer), bindparam("after_id", type_=BigInteger)


def _rows(names: frozenset[str]) -> Any:
    return (
        _from(names, select(*_COLUMNS))
        .join(_category, _category.c.id == _E.category_id)
        .outerjoin(_subcategory, _subcategory.c.id == _E.subcategory_id)
        .where(*_where(names))
        .limit(_row_limit)
    )


@lru_cache(maxsize=512)
def _count(names: frozenset[str]) -> Select[Any]:
    return _from(names, select(func.count())).where(*_where(names))


def _from(names: frozenset[str], statement: Any) -> Any:
    """A select of equipment, with what is taken of it all where that is asked for."""
    statement = statement.select_from(Equipment.__table__)
    for name, peaks in (("peaks", _peak), ("pencils", _pencilled)):
        statement = statement.outerjoin(peaks, peaks.c.equipment_id == _E.id) if name in names else statement
    return statement


def _where(names: frozenset[str]) -> list[ColumnElement[bool]]:
    return [_E.deleted_at.is_(None), *(_FILTERS[name] for name in sorted(names) if name in _FILTERS)]
