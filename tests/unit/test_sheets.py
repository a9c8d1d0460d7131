# ruff: noqa: RUF001, DTZ001 - wide characters start formulas as well; cells know no time zone
"""Writing tables: no text acts as a formula, numbers stay numbers, reading gives back what was written."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lib.sheets import csv_bytes, csv_chunks, xlsx_bytes
from app.lib.tabular import read_table
from app.lib.tabular.text import clean

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\n=1",
    "=cmd|' /C calc'!A0",
    " =1",
    "＝1",
    "'=1",
    "''-x",
    "\x01=1",
]


def characters(**options):
    return st.characters(exclude_categories=("Cc", "Cs"), **options)


texts = st.one_of(
    st.text(characters(), max_size=20),
    st.text(st.sampled_from("=+-@'\"\t\n,;| a1é_x0D"), max_size=8),
    st.sampled_from(["'=x", "_x0041_", "=1", "#N/A", "TRUE", "00412", "1e5", "12.0", '="x"']),
).map(clean)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), min_size=1, max_size=6)
)


def filled(rows):
    """Blank rows are not kept, and neither are empty cells at the end of all rows: give both something."""
    return [["x", *row[1:-1], "y"] if len(row) > 2 else [row[0], "y"] for row in rows]


@given(tables)
def test_csv_gives_back_what_was_written(rows):
    rows = filled(rows)
    header = [f"column {number}" for number in range(len(rows[0]))]
    table = read_table(csv_bytes(header, rows), "x.csv", delimiter=",", has_header=True)
    assert [table.header, *table.rows] == [header, *rows]
    assert table.problems == {}


@given(tables)
@settings(max_examples=50, deadline=None)
def test_a_workbook_gives_back_what_was_written(rows):
    rows = filled(rows)
    header = [f"column {number}" for number in range(len(rows[0]))]
    table = read_table(xlsx_bytes("Stock", header, rows), "x.xlsx", has_header=True)
    assert [table.header, *table.rows] == [header, *rows]
    assert table.problems == {}


@given(st.one_of(texts, st.sampled_from(DANGEROUS)))
def test_no_text_in_a_csv_starts_a_formula(text):
    data = csv_bytes(["a"], [[text, "end"]]).decode("utf-8-sig")
    _, row = csv.reader(StringIO(data, newline=""))
    assert not row[0].lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not row[0].startswith(("\t", "\r", "\n"))


def test_csv_is_what_the_standard_says():
    data = csv_bytes(["name", "note"], [["SM58", 'a "b", c'], ["Größe", "two\nlines"], ["", None]])
    assert data == b'\xef\xbb\xbfname,note\r\nSM58,"a ""b"", c"\r\nGr\xc3\xb6\xc3\x9fe,"two\nlines"\r\n,\r\n'
    assert csv_bytes(["a"], [[""]]).endswith(b'a\r\n""\r\n')


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (-5, "-5"),
        (Decimal("-5.50"), "-5.50"),
        (Decimal("1E+3"), "1000"),
        (-1e-7, "-0.0000001"),
        (float("nan"), ""),
        (Decimal("Infinity"), ""),
        (True, "yes"),
        (None, ""),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 14, 30, tzinfo=UTC), "2026-11-21 14:30:00"),
        ("-5", "'-5"),
    ],
)
def test_values_in_a_csv(cell, text):
    assert csv_bytes(["a"], [[cell, "end"]]).decode("utf-8-sig") == f"a\r\n{text},end\r\n"


def test_chunks_are_bounded_and_whole():
    rows = [[f"row {number}", "x" * 100] for number in range(5000)]
    chunks = list(csv_chunks(["a", "b"], rows))
    assert len(chunks) > 5
    assert max(map(len, chunks)) < 70_000
    assert b"".join(chunks) == csv_bytes(["a", "b"], rows)


def test_a_workbook_holds_text_numbers_and_dates():
    data = xlsx_bytes(
        "Stock: [all]/*",
        ["name", "rate", "qty", "when", "long"],
        [
            ["=1+1", Decimal("-5.50"), 7, date(2026, 11, 21), 10**17],
            ["http://example.org", None, True, datetime(2026, 11, 21, 14, 30, tzinfo=UTC), "x" * 40_000],
        ],
    )
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet.title == "Stock all"
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]] == ["=1+1", -5.5, 7, datetime(2026, 11, 21), "100000000000000000"]
    assert [cell.data_type for cell in rows[1]] == ["s", "n", "n", "d", "s"]
    assert [cell.value for cell in rows[2]][:4] == [
        "http://example.org",
        None,
        "yes",
        datetime(2026, 11, 21, 14, 30),
    ]
    assert len(rows[2][4].value) == 32_767
    assert rows[2][0].hyperlink is None
    assert all(cell.font.bold for cell in rows[0])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["C"].width
    assert sheet.column_dimensions["E"].width <= 61


@pytest.mark.parametrize(
    ("title", "shown"), [("", "Table"), ("History", "Table"), ("'a'", "a"), ("x" * 50, "x" * 31)]
)
def test_titles_fit_a_sheet(title, shown):
    assert openpyxl.load_workbook(BytesIO(xlsx_bytes(title, ["a"], []))).sheetnames == [shown]
