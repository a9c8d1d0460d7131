"""What filters of lists have in common, as conditions in SQL. A filter that says nothing is no condition."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_

Conditions = list[ColumnElement[bool]]

_MOST_WORDS = 8


def all_of(*wanted: ColumnElement[bool] | None) -> Conditions:
    """The conditions that are there."""
    return [one for one in wanted if one is not None]


def equal(column: Any, value: object) -> ColumnElement[bool] | None:
    """Exactly this value; None and empty text are no filter."""
    return None if value is None or value == "" else column == value


def alike(column: Any, text: str) -> ColumnElement[bool] | None:
    """The text in full, however it is spelt in case and accents."""
    return func.fold(column) == func.fold(text) if text else None


def begins_with(column: Any, text: str) -> ColumnElement[bool] | None:
    """Text that begins so, in any case."""
    return func.starts_with(func.lower(column), text.lower()) if text else None


def not_before(column: Any, moment: datetime | None) -> ColumnElement[bool] | None:
    """From this moment on."""
    return None if moment is None else column >= moment


def has_words(text: str, *columns: Any) -> Conditions:
    """Every word somewhere in one of the columns, in any case and with any accents."""
    return [
        or_(*(func.strpos(func.fold(column), func.fold(word)) > 0 for column in columns))
        for word in text.split()[:_MOST_WORDS]
    ]
