# ruff: noqa: RUF001 - people write in many scripts
"""Reading text files: whatever people save as CSV becomes the same table, and what is none is refused."""

import contextlib
import random
import time

import pytest

from app.lib.tabular import TableError, TableLimits, read_table

GERMAN = (
    "Artikelnummer;Bezeichnung;Menge;Tagespreis\nTR-2;Traverse Größe 2 m;8;1.012,50\nKA-1;Kabel grün;3;4,50\n"
)


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, "list.csv", **options)


def refusal(data, filename="list.csv", **options):
    with pytest.raises(TableError) as caught:
        read_table(data, filename, **options)
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (GERMAN.encode("utf-8"), "utf-8"),
        (GERMAN.encode("utf-8-sig"), "utf-8"),
        (GERMAN.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "utf-16"),
        (GERMAN.encode("cp1252"), "cp1252"),
        (GERMAN.encode("cp850"), "cp850"),
        ("Название;Количество\nПрожектор театральный;4\n".encode("cp1251"), "cp1251"),
        ("Name;Preis\nKabel;5 €\nStativ;“7” – 8\n".encode("cp1252"), "cp1252"),
        (b"name,qty\nSM58,4\n", "utf-8"),
    ],
)
def test_detects_the_encoding(data, encoding):
    table = read(data)
    assert table.encoding == encoding
    assert table.rows == read(data.decode("utf-8-sig" if encoding == "utf-8" else encoding)).rows


def test_german_file_is_read_whole():
    table = read(GERMAN.encode("cp1252"))
    assert table.summary == "Windows-1252 (Western Europe), semicolon, header found"
    assert table.header == ["Artikelnummer", "Bezeichnung", "Menge", "Tagespreis"]
    assert table.rows == [
        ["TR-2", "Traverse Größe 2 m", "8", "1.012,50"],
        ["KA-1", "Kabel grün", "3", "4,50"],
    ]
    assert table.row_numbers == [2, 3]


def test_a_chosen_encoding_overrules():
    data = "Name;Menge\nReflektor świetlny;4\n".encode("cp1250")
    assert read(data, encoding="cp1250").rows == [["Reflektor świetlny", "4"]]
    assert "is not UTF-8 text (line 2" in refusal(data, encoding="utf-8")
    assert "not an encoding we know" in refusal(data, encoding="rot13")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_detects_the_delimiter(delimiter):
    rows = [["name", "qty", "note"], ["SM58", "4", "spare, used; good"], ["Beta 52", "", "1,5 m"]]
    text = "\r\n".join(
        delimiter.join(f'"{cell}"' if set(cell) & set(",;") else cell for cell in row) for row in rows
    )
    table = read(text)
    assert table.delimiter == delimiter
    assert [table.header, *table.rows] == rows


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name;price\na;1,50\nb;2,00\n", ";"),
        ("a;1,50\nb;2,00\nc;3,10\n", ";"),
        ("sku,tags\na,x;y\nb,z;w\n", ","),
        ("a,1,x;y\nb,2,z;w\n", ","),
        ("sep=|\nname|qty\na,b|1\n", "|"),
        ("name\nSM58\nBeta 52\n", ","),
        ("My list\n\nsku;name;qty\na;b;1\nc;d;2\n", ";"),
        ("name;price\n" + "a;1,50\n" * 100, ";"),
        ("sku,tags\n" + "a,x;y\n" * 100, ","),
    ],
)
def test_detects_the_delimiter_beside_others(text, delimiter):
    assert read(text).delimiter == delimiter


def test_a_chosen_delimiter_overrules():
    assert read("a;b,c\n1;2,3\n", delimiter=",").header == ["a;b", "c"]
    assert "cannot stand between cells" in refusal(b"a b\n", delimiter="x")


def test_the_line_announcing_the_delimiter_counts_as_a_row():
    table = read("sep=;\r\nname;qty\r\nSM58;4\r\n")
    assert (table.header, table.rows, table.row_numbers) == (["name", "qty"], [["SM58", "4"]], [3])


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("sku,name,qty\nA-1,SM58,4\n", True),
        ("A-1,SM58,4\nA-2,Beta 52,1\n", False),
        ("name,name\na,b\n", False),
        ("name,price €\nSM58,5\n", True),
        ("SM58,12.50 €\nBeta,3\n", False),
    ],
)
def test_detects_the_header(text, has_header):
    assert read(text).has_header is has_header


def test_a_chosen_header_overrules():
    assert read("sku,name\na,b\n", has_header=False).rows == [["sku", "name"], ["a", "b"]]
    table = read("A-1,4\nA-2,5\n", has_header=True)
    assert (table.header, table.rows) == (["A-1", "4"], [["A-2", "5"]])


def test_columns_without_a_name_are_called_by_their_letter():
    assert read("name,,qty\na,b,1\n").header == ["name", "Column B", "qty"]
    assert read(",".join("1" * 28)).header[25:] == ["Column Z", "Column AA", "Column AB"]


def test_a_title_above_the_header_is_passed_over():
    table = read("Inventory 2026,,\n,,\nsku,name,qty\nA-1,SM58,4\n")
    assert (table.header, table.rows, table.row_numbers) == (
        ["sku", "name", "qty"],
        [["A-1", "SM58", "4"]],
        [4],
    )


def test_rows_of_different_length_are_padded_and_blank_ones_passed_over():
    table = read("a,b,c\n1\n\n , ,\n1,2,3,4\n")
    assert table.header == ["a", "b", "c", "Column D"]
    assert table.rows == [["1", "", "", ""], ["1", "2", "3", "4"]]
    assert table.row_numbers == [2, 5]


def test_rows_are_counted_as_spreadsheet_programs_do():
    table = read('name,note\nSM58,"two\r\nlines"\nBeta,x\n')
    assert table.rows[0] == ["SM58", "two\nlines"]
    assert table.row_numbers == [2, 3]


def test_text_is_normalised():
    table = read("name,note\nCafe\u0301\x01,a\x0bb\x7f\n")
    assert table.rows == [["Café", "a\nb"]]


@pytest.mark.parametrize(
    "cell", ["=1+1", "=cmd|' /C calc'!A0", " =HYPERLINK(A1)", "\x01=1", "+cmd|'/C calc'!A0", "@x|y!z"]
)
def test_formulas_are_problems(cell):
    table = read(f'name,qty\n"{cell}",4\n')
    assert table.problems == {(0, 0): "This cell is a formula, not a value"}


@pytest.mark.parametrize("cell", ["-", "+48V supply", "@home", "-5", "a=b", "+49 40 123|4"])
def test_text_with_signs_is_no_formula(cell):
    table = read(f"name,qty\n{cell},4\n", delimiter=",")
    assert table.problems == {}
    assert table.rows[0][0] == cell


def test_text_kept_from_being_a_number_is_unwrapped():
    assert read('name,code\nSM58,="00412"\n').rows == [["SM58", "00412"]]


def test_the_protecting_apostrophe_is_taken_off_and_no_other():
    assert read("name,x\n'=1+1,'-5\n'tis,''=2\n").rows == [["=1+1", "-5"], ["'tis", "'=2"]]
    assert read("name,x\n'=1+1,'-5\n").problems == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b",,\n,,\n", "empty"),
        (b"sku,name\n", "a header and no rows"),
        (b"a,b\x00,c\n1,2,3\n", "binary data"),
        (bytes(range(256)) * 40, "binary data"),
        (random.Random(4).randbytes(5000), "binary data"),
        (b"\x89PNG\r\n\x1a\n123", "a picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "protected by a password"),
        ("name,qty\nGröße ä ö,1\n".encode() + b"Kabel \xfc\xfc,3\n", "UTF-8 but damaged in line 3"),
        (b"\xff\xfe\x00", "not UTF-16 text"),
        (b"\xef\xbb\xbfname\n\xff\n", "not UTF-8 text (line 2"),
        (b'name,note\nSM58,"never closed\nBeta,x\nGamma,y\n', "never closed"),
        (b'name,note\nSM58,"' + b"x\n" * 100_000, "never closed"),
        (("," * 999 + "x\n").encode(), "1 000 columns; at most 200 fit"),
        (b"name,note\nSM58," + b"x" * 20_001 + b"\n", "Row 2 has a cell with more than 20 000 characters"),
        (b"name\n" + b"x\n" * 100_001, "more than 100 000 rows"),
        (b"7\n" * 100_001, "100 001 rows; at most 100 000 fit"),
    ],
)
def test_refuses_with_a_reason(data, message):
    assert message in refusal(data)


def test_a_file_named_like_a_workbook_must_be_one():
    assert "named like a workbook" in refusal(b"a,b\n1,2\n", "list.xlsx")


def test_a_large_file_is_refused_unread():
    assert "larger than 1 MB" in refusal(b"x" * 1_048_577, limits=TableLimits(file_bytes=1_048_576))


def test_the_whole_table_is_bounded():
    assert "more than fits" in refusal(b"a,b\n1,2\n3,4\n", limits=TableLimits(cells=5))
    assert "more than fits" in refusal(b"a,b\nxxx,yyy\n", limits=TableLimits(characters=7))


@pytest.mark.parametrize(
    "cell",
    ["+" + "|" * 19_000, "'" * 19_000, " " * 19_000 + "x", "1" + " " * 19_000 + "x", '="' + '"' * 19_000],
)
def test_no_cell_takes_long(cell):
    text = "name,qty\n" + f'"{cell.replace(chr(34), chr(34) * 2)}",1\n' * 50
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n" + b"\n" * 24_000_000,
        b"a,b\n1,2\n" + b"," * 24_000_000,
        b"a,b\n" + (b"," * 199 + b"x\n") * 120_000,
        b"a,b\n" + b"\xe4,1\n" * 5_000_000,
    ],
    ids=["newlines", "commas", "wide", "long"],
)
def test_no_file_takes_long(data):
    start = time.process_time()
    with contextlib.suppress(TableError):
        read(data)
    assert time.process_time() - start < 6


def test_ten_thousand_rows_are_read_at_once():
    line = "sku-{0},Moving Head {0},Lighting,Größe;ä,12.5,{0},95.00,HH-B04,a comment\n"
    text = "sku,name,category,tags,weight,power,price,location,notes\n" + "".join(
        line.format(number) for number in range(10_000)
    )
    start = time.process_time()
    assert len(read(text).rows) == 10_000
    assert time.process_time() - start < 1.5
