"""Addresses of lists: a query says only what differs from the list as it is by itself."""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def address_of(path: str, filters: "DataclassInstance", **changes: str | int) -> str:
    """The address of a list with some of its filters changed. Raises TypeError for a filter it has not."""
    plain = {field.name: field.default for field in fields(filters)}
    if unknown := changes.keys() - plain.keys():
        raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
    wanted = asdict(filters) | changes
    chosen = {name: value for name, value in wanted.items() if value != plain[name]}
    return path + (f"?{urlencode(chosen)}" if chosen else "")
