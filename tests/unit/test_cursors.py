"""Cursors come back as they were written, and nothing else is taken for one."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.domain.inventory.listing import Listing, read_cursor
from app.lib.cursors import Value, is_id, pack, read_value, unpack


@pytest.mark.parametrize(
    "value",
    ["Stra\u00dfe \U0001f3a4", 12, Decimal("-4.50"), datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)],
)
def test_what_was_packed_is_read(value: Value) -> None:
    parts = unpack(pack([value, 7]), 2)
    assert parts is not None
    assert read_value(type(value), parts[0]) == value
    assert is_id(parts[1])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, "a\x00b"),
        (str, "\ud800"),
        (str, 5),
        (int, 2**31),
        (int, True),
        (int, "5"),
        (Decimal, "1e-20000"),
        (Decimal, "1e20000"),
        (Decimal, "NaN"),
        (Decimal, "many"),
        (datetime, "0001-01-01T00:00:00+05:00"),
        (datetime, "9999-12-31T23:59:59-05:00"),
        (
            datetime,
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))).replace(tzinfo=None).isoformat(),
        ),
        (datetime, "soon"),
    ],
)
def test_what_no_column_can_hold_is_refused(kind: type, value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        read_value(kind, value)


@pytest.mark.parametrize("text", ["", "%", "e30", "bnVsbA", base64.b64encode(b"[" * 5000).decode(), "WzFd"])
def test_garbage_is_no_cursor(text: str) -> None:
    assert unpack(text, 2) is None


def test_a_page_of_the_table_starts_over_where_the_cursor_is_none() -> None:
    for sort, value in (
        ("name", "\ud800"),
        ("daily_rate", "1e-20000"),
        ("updated_at", "0001-01-01T00:00+05:00"),
    ):
        packed = base64.urlsafe_b64encode(json.dumps([sort, False, value, 7]).encode()).decode()
        assert read_cursor(Listing(sort=sort), packed) is None
