# ruff: noqa: DTZ001 - cells know no time zone
"""Reading workbooks: real ones become tables, hostile ones are refused before they cost anything."""

import struct
import time
import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter

from app.lib.tabular import TableError, TableLimits, read_table

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Stock" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
)
HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>qty</t></is></c></row>'
)


def workbook(fill, **options):
    """A workbook as a spreadsheet program writes it."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    fill(book)
    book.close()
    return target.getvalue()


def archive(rows="", *, sheet=None, extra=None, method=zipfile.ZIP_DEFLATED):
    """A workbook written by hand, to be as wrong as needed."""
    target = BytesIO()
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet
        or f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}{rows}</sheetData></worksheet>',
        **(extra or {}),
    }
    with zipfile.ZipFile(target, "w", method) as file:
        for name, text in parts.items():
            if text is not None:
                file.writestr(name, text)
    return target.getvalue()


def read(data, **options):
    return read_table(data, "stock.xlsx", **options)


def refusal(data, **options):
    with pytest.raises(TableError) as caught:
        read(data, **options)
    return caught.value.message


def test_values_are_written_canonically():
    def fill(book):
        sheet = book.add_worksheet("Stock")
        sheet.write_row(0, 0, ["name", "a", "b", "c", "d", "e", "f"])
        sheet.write_row(1, 0, ["SM58", 12.0, 1.15, 0.1 + 0.2, -5, 1e15, True])
        sheet.write_row(2, 0, ["Größe\nzwei", 0, 1e-7, 2.5e10, -0.0, 4006381333931, False])

    table = read(workbook(fill))
    assert table.rows == [
        ["SM58", "12", "1.15", "0.3", "-5", "1000000000000000", "yes"],
        ["Größe\nzwei", "0", "0.0000001", "25000000000", "0", "4006381333931", "no"],
    ]
    assert table.summary == "Excel workbook, sheet “Stock”, header found"
    assert table.row_numbers == [2, 3]
    assert table.numeric_columns == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("from_1904", [False, True])
def test_dates_and_formats(from_1904):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "when", "moment", "code", "quoted", "time"])
        sheet.write(1, 0, "SM58")
        sheet.write_datetime(1, 1, datetime(2026, 11, 21), book.add_format({"num_format": 14}))
        sheet.write_datetime(
            1, 2, datetime(2026, 11, 21, 14, 30), book.add_format({"num_format": "dd.mm.yy h:mm"})
        )
        sheet.write_number(1, 3, 412, book.add_format({"num_format": "000000"}))
        sheet.write_number(1, 4, 12, book.add_format({"num_format": '0.00 "days" [Red]'}))
        sheet.write_number(1, 5, 0.25, book.add_format({"num_format": "[h]:mm"}))

    table = read(workbook(fill, date_1904=from_1904))
    assert table.rows == [["SM58", "2026-11-21", "2026-11-21 14:30:00", "000412", "12", "06:00:00"]]


def test_dates_of_early_1900_agree_with_another_reader():
    book = openpyxl.Workbook()
    for row in [["name", "when"], ["a", date(1900, 1, 1)], ["b", date(1900, 2, 28)], ["c", date(1900, 3, 1)]]:
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    assert [row[1] for row in read(target.getvalue()).rows] == ["1900-01-01", "1900-02-28", "1900-03-01"]


def test_workbook_of_another_program_is_read_alike():
    book = openpyxl.Workbook()
    rows = [["name", "qty", "price"], ["SM58 ☎", 4, 95.5], ["_x004", None, 0], ["=text", 7, 1000000]]
    for row in rows:
        book.active.append(row)
    book.active["A4"].data_type = "s"
    target = BytesIO()
    book.save(target)
    table = read(target.getvalue())
    assert table.rows == [["SM58 ☎", "4", "95.5"], ["_x004", "", "0"], ["=text", "7", "1000000"]]
    assert table.problems == {}


def test_formulas_give_their_stored_value_or_a_problem():
    rows = (
        '<row r="2"><c r="A2" t="str"><f>"SM"&amp;58</f><v>SM58</v></c><c r="B2"><f>2+2</f><v>4</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>Beta</t></is></c><c r="B3"><f>SUM(B1:B2)</f></c></row>'
        '<row r="4"><c r="A4" t="inlineStr"><is><t>Gamma</t></is></c>'
        '<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="5"><c r="B5"><f>WEBSERVICE("http://a")</f></c></row>'
    )
    table = read(archive(rows))
    assert table.rows == [
        ["SM58", "4"],
        ["Beta", "=SUM(B1:B2)"],
        ["Gamma", "#DIV/0!"],
        ["", '=WEBSERVICE("http://a")'],
    ]
    assert table.problems == {
        (1, 1): "This cell is a formula without a stored result",
        (2, 1): "The spreadsheet has the error #DIV/0! in this cell",
        (3, 1): "This cell is a formula without a stored result",
    }


def test_gaps_prefixes_runs_and_pronunciation():
    shared = (
        f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>name</x:t></x:si>'
        "<x:si><x:r><x:t>Robe </x:t></x:r><x:r><x:t>Spot_x000D__x000A_new</x:t></x:r>"
        "<x:rPh><x:t>no</x:t></x:rPh></x:si></x:sst>"
    )
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
        '<x:row r="3"><x:c r="B3" t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row r="90"><x:c r="B90" t="s"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    table = read(archive(sheet=sheet, extra={"xl/sharedStrings.xml": shared}), has_header=True)
    assert (table.header, table.rows, table.row_numbers) == (
        ["Column A", "name"],
        [["", "Robe Spot\nnew"]],
        [90],
    )


def test_the_first_filled_visible_sheet_is_read_or_the_one_asked_for():
    def fill(book):
        hidden = book.add_worksheet("Hidden")
        hidden.write_row(0, 0, ["secret", "x"])
        hidden.hide()
        book.add_worksheet("Empty").activate()
        for name in ("Audio", "Light"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["name", "qty"])
            sheet.write_row(1, 0, [name, 1])

    data = workbook(fill)
    assert read(data).rows == [["Audio", "1"]]
    assert read(data).sheets == ("Empty", "Audio", "Light")
    assert read(data, sheet="Light").rows == [["Light", "1"]]
    assert "no sheet called “Hidden”" in refusal(data, sheet="Hidden")


def test_thousand_columns_are_refused():
    def fill(book):
        book.add_worksheet().write_row(0, 0, [f"c{number}" for number in range(1000)])

    assert refusal(workbook(fill)) == "This file has 1 000 columns; at most 200 fit."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive()[:-200], "damaged"),
        (archive()[:400], "damaged"),
        (archive(sheet="<worksheet><sheetData>"), "damaged"),
        (archive('<row r="2"><c r="A2" t="s"><v>7</v></c></row>'), "damaged"),
        (
            archive(
                '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
                extra={"xl/sharedStrings.xml": "<sst><si/></sst>"},
            ),
            "damaged",
        ),
        (archive('<row r="2"><c r="A2"><v>1e999</v></c></row>'), "damaged"),
        (archive('<row r="2"><c r="A2"><v>word</v></c></row>'), "damaged"),
        (archive('<row r="9999999"><c><v>1</v></c></row>'), "damaged"),
        (archive('<row r="2"><c r="ZZZZ2"><v>1</v></c></row>'), "outside of any sheet"),
        (archive('<row r="2"><c r="ZZZ2"><v>1</v></c></row>'), "damaged"),
        (archive(extra={"xl/_rels/workbook.xml.rels": None}), "damaged"),
        (archive(extra={"xl/workbook.xml": None}), "without a workbook"),
        (archive(extra={"xl/workbook.xml": None, "xl/workbook.bin": "x"}), "xlsb"),
        (archive(extra={"xl/workbook.xml": None, "mimetype": "x"}), "OpenDocument"),
        (archive(sheet=f'<worksheet xmlns="{MAIN}"/>'), "no sheet with anything"),
        (
            archive('<row r="2"><c t="inlineStr"><is><t>' + "x" * 20_001 + "</t></is></c></row>"),
            "more than 20 000 characters",
        ),
        (b"PK\x03\x04" + b"junk" * 100, "damaged"),
    ],
)
def test_damaged_and_foreign_archives_are_refused(data, message):
    assert message in refusal(data)


ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f']><worksheet xmlns="{MAIN}"><sheetData>'
    + '<row r="1"><c t="str"><v>&i;</v></c></row></sheetData></worksheet>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize("sheet", [ENTITY_BOMB, OUTSIDE])
def test_entities_are_refused(sheet):
    assert "document types or entities" in refusal(archive(sheet=sheet))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = archive(extra={"xl/media/a.bin": bytes(150 * 1024 * 1024)})
    assert len(bomb) < 200_000
    start = time.process_time()
    assert "more than 100 times its size" in refusal(bomb)
    assert "at most 200 MB" in refusal(archive(extra={f"xl/media/{n}.bin": bytes(101 * 2**20) for n in "ab"}))
    assert "at most 1 MB" in refusal(bomb, limits=TableLimits(unpacked_bytes=2**20))
    assert time.process_time() - start < 5


def test_an_archive_that_lies_about_its_size_is_refused():
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(2, 9000))
    data = bytearray(archive(rows))
    with zipfile.ZipFile(BytesIO(data)) as file:
        entry = file.getinfo("xl/worksheets/sheet1.xml")
    true = struct.pack("<I", entry.file_size)
    assert data.count(true) == 2
    assert "damaged" in refusal(bytes(data.replace(true, struct.pack("<I", 1000))))


def test_a_crowded_archive_is_refused():
    crowd = archive(extra={f"xl/media/{number}": "" for number in range(5001)})
    assert "more than 5 000 parts" in refusal(crowd)


def test_a_protected_archive_is_refused():
    data = bytearray(archive())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        while position >= 0:
            data[position + offset] |= 1
            position = data.find(mark, position + 1)
    assert "protected by a password" in refusal(bytes(data))


def test_one_long_text_in_every_cell_is_refused():
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 20_000}</t></si></sst>'
    cells = "".join(
        f'<row r="{n}">{"<c t=" + chr(34) + "s" + chr(34) + "><v>0</v></c>"}</row>' for n in range(2, 6000)
    )
    assert "more than fits" in refusal(archive(cells, extra={"xl/sharedStrings.xml": shared}))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_elements_without_end_are_refused(part):
    opening = {"xl/worksheets/sheet1.xml": "<row>", "xl/sharedStrings.xml": "<si>"}.get(part, "")
    content = f'<x xmlns="{MAIN}">{opening}' + "<e/>" * 50_000
    start = time.process_time()
    data = archive(extra={part: content}, method=zipfile.ZIP_STORED)
    assert "more than fits" in refusal(data, limits=TableLimits(elements=40_000))
    assert time.process_time() - start < 1


def test_one_part_is_read_once_for_all_its_sheets():
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 5000))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    blank = f'<worksheet xmlns="{MAIN}"><!--{"x" * 100_000}--></worksheet>'
    start = time.process_time()
    assert "no sheet with anything" in refusal(archive(sheet=blank, extra={"xl/workbook.xml": book}))
    assert time.process_time() - start < 1
    full = archive('<row r="2"><c r="A2"><v>1</v></c></row>', extra={"xl/workbook.xml": book})
    assert read(full).sheet == "S1"


def test_formatted_empty_rows_to_the_end_of_the_sheet_cost_little():
    cells = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 100_000))
    start = time.process_time()
    table = read(archive('<row r="2"><c r="A2"><v>1</v></c></row>' + cells))
    assert len(table.rows) == 1
    assert time.process_time() - start < 3


def test_ten_thousand_rows_are_read_at_once():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["sku", "name", "category", "tags", "weight", "power", "price", "location"])
        for row in range(1, 10_001):
            sheet.write_row(row, 0, [f"sku-{row}", f"Größe {row}", "Light", "a;b", row / 7, row, 95.5, "HH"])

    data = workbook(fill)
    start = time.process_time()
    table = read(data)
    assert len(table.rows) == 10_000
    assert table.numeric_columns == {4, 5, 6}
    assert time.process_time() - start < 2
