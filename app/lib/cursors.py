"""Cursors: where the next page of a list starts, packed into text for an address.

Whoever reads one trusts nothing in it: `unpack` and `read_value` give None or raise ValueError for whatever
was not written by `pack`.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from sqlalchemy import ColumnElement, literal, tuple_

from app.lib.fields import LARGEST_ID, SENSIBLE_YEARS

Value = str | int | Decimal | datetime

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LARGEST = 10**12
_MOST_DECIMALS = 12


def pack(parts: Sequence[object]) -> str:
    """JSON values, decimals and instants as text that may stand in an address as it is."""
    packed = json.dumps([_plain(part) for part in parts], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unpack(text: str, count: int) -> list[Any] | None:
    """The `count` JSON values of a cursor; None for garbage."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts: Any = json.loads(packed)
    except (binascii.Error, ValueError, RecursionError):
        return None
    return cast("list[Any]", parts) if isinstance(parts, list) and len(parts) == count else None  # pyright: ignore[reportUnknownArgumentType]


def read_value(kind: type, value: object) -> Value:
    """A value to sort by, out of a cursor. Raises ValueError for what no column of this kind can hold."""
    if kind is int:
        if type(value) is int and abs(value) < 2**31:
            return value
    elif isinstance(value, str) and not _UNSTORABLE.search(value):
        return value if kind is str else _decimal(value) if kind is Decimal else _instant(value)
    raise ValueError(value)


def is_id(value: object) -> bool:
    """Whether this can be the id of a record."""
    return type(value) is int and 0 < value <= LARGEST_ID


def following(rows: Sequence[Any], limit: int) -> str:
    """The cursor behind a page of rows that were asked for with one more; "" where none follow.

    A row ends with what the list is sorted by, and has an `id`.
    """
    return pack([rows[limit - 1][-1], rows[limit - 1].id]) if len(rows) > limit else ""


def beyond(
    after: str, key: Any, record_id: Any, *, kind: type = str, descending: bool = False
) -> list[ColumnElement[bool]]:
    """What stands behind the cursor of a list by `key`, of a `kind`, and id; behind garbage, all of it."""
    place, last_id = unpack(after, 2) or ("", 0)
    if not is_id(last_id):
        return []
    try:
        here = tuple_(literal(read_value(kind, place)), last_id)
    except ValueError:
        return []
    one = tuple_(key, record_id)
    return [one < here if descending else one > here]


def _plain(part: object) -> object:
    if isinstance(part, list | tuple):
        return [_plain(one) for one in cast("Sequence[object]", part)]
    if isinstance(part, datetime):
        return part.isoformat()
    return str(part) if isinstance(part, Decimal) else part


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number) >= _LARGEST or number != round(number, _MOST_DECIMALS):
        raise ValueError(text)
    return number


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or instant.year not in SENSIBLE_YEARS:
        raise ValueError(text)
    return instant
