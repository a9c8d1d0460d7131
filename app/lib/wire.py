"""Canonical JSON values: what the change log stores, the API sends and the merge compares.

Two values are equal exactly when their wire values are. Decimals are strings with their stored scale,
instants are ISO 8601 in UTC, tuples and sets are lists.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import cast


def wire(value: object) -> object:
    """Turn one Python value into its canonical JSON value. Raises TypeError for what has none."""
    if value is None or isinstance(value, bool | int | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [wire(item) for item in cast("list[object]", value)]
    raise TypeError(f"{type(value).__name__} has no wire value")


def wire_fields(values: Mapping[str, object]) -> dict[str, object]:
    """Turn a mapping of field values into wire values."""
    return {name: wire(value) for name, value in values.items()}
