"""Hostile files through the real forms: refused at the field in plain words, and nothing has changed."""

import hashlib
import re
import struct
import zlib
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import expect

from app.jobs.worker import connection_info
from app.lib.tabular import read_table
from tests.integration.test_imports_hostile import zip_bomb

SIDE = 30_000
COUNTED = ("equipment", "unit", "category", "maintenance", "data_import", "import_mapping", "change")


@pytest.fixture
def everything(environment):
    """All there is at this moment: rows of every table that matters, and files."""

    def counted():
        with psycopg.connect(connection_info(environment["DATABASE_URL"])) as connection:
            rows = {
                table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # type: ignore[arg-type]
                for table in COUNTED
            }
            rows["photos"] = connection.execute("select count(photo) from equipment").fetchone()[0]
        files = [path for path in (Path(environment["DATA_DIR"]) / "files").rglob("*") if path.is_file()]
        return rows | {"files": len(files)}

    return counted


def image_bomb() -> bytes:
    """A true PNG of a hundred kilobytes that unpacks to 30 000 by 30 000 pixels."""
    packer = zlib.compressobj(9)
    lines = b"\x00" * (1 + SIDE // 8) * 1000
    packed = b"".join(packer.compress(lines) for _ in range(SIDE // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def refused(page, field, message):
    """The message stands at the field and is what a screen reader says with it."""
    error = page.locator(f"#{field}-error")
    expect(error).to_contain_text(re.compile(message))
    described = page.locator(f"#{field}").get_attribute("aria-describedby") or ""
    assert f"{field}-error" in described.split()
    return error.inner_text()


def test_hostile_stock_lists_are_refused_at_the_field_and_change_nothing(open_page, everything, tmp_path):
    wide = ",".join(f"c{number}" for number in range(1000)) + "\n" + ",".join("1" * 1000) + "\n"
    files = {
        "binary.csv": (bytes(range(256)) * 64, "binary data"),
        "noise.csv": (hashlib.shake_256(b"noise").digest(4096).replace(b"\x00", b"\x01"), "binary data"),
        "mixed.csv": ("name,sku\nGerät über,A-1\n".encode() * 20 + b"Br\xffken,B-2\n", "damaged in line 41"),
        "wide.csv": (wide.encode(), r"1.000 columns"),
        "bomb.xlsx": (zip_bomb(), "times its size"),
        "table.xlsx": (b"PK\x03\x04 no workbook at all", "workbook"),
        "large.csv": (b"name,sku\n" + b"A,B\n" * 6_600_000, "25 MB"),
    }
    page = open_page("manager", "/imports/new")
    before = everything()
    for name, (data, message) in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        page.set_input_files("#file", str(path))
        page.get_by_role("button", name="Read the file").click()
        said = refused(page, "file", message)
        assert everything() == before, name
        assert "Traceback" not in said
        page.goto("/imports/new")


def test_formulas_never_act_neither_here_nor_in_what_is_given_back(open_page, everything, tmp_path):
    path = tmp_path / "formulas.csv"
    path.write_text(
        "name,sku,notes\n"
        "=cmd|' /C calc'!A0,HOSTILE-1,x\n"
        'Fine,"=HYPERLINK(""http://evil.example"",""click"")",x\n'
        "Fine too,HOSTILE-3,@SUM(1+1)*cmd|' /C calc'!A0\n"
        "Quoted,HOSTILE-4,'=1+1\n"
    )
    page = open_page("manager", "/imports/new")
    before = everything()
    page.set_input_files("#file", str(path))
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name=re.compile("Check")).click()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(4)
    for number in range(3):
        expect(rows.nth(number)).to_contain_text("formula")
    left_out = page.request.get(page.url.replace("/check", "/left-out.csv")).body()
    table = read_table(left_out, "left-out.csv")
    assert [row[1] for row in table.rows][::2] == ["HOSTILE-1", "HOSTILE-3"]
    assert not re.search(rb'(^|,)"?[=@+\-]', left_out.removeprefix(b"\xef\xbb\xbf"), re.MULTILINE)
    after = everything()
    assert (after["equipment"], after["category"]) == (before["equipment"], before["category"])
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.locator("main")).to_contain_text("were read")
    assert everything()["equipment"] == before["equipment"] + 1
    exported = page.request.get("/inventory/export?q=HOSTILE-4&format=csv&columns=all").body()
    assert b"HOSTILE-4" in exported
    assert b",'=1+1" in exported
    assert not re.search(rb'(^|,)"?[=@+]', exported.removeprefix(b"\xef\xbb\xbf"), re.MULTILINE)


def test_hostile_photos_are_refused_at_the_field_and_change_nothing(open_page, everything, tmp_path):
    files = {
        "bomb.png": (image_bomb(), "30.000 by 30.000 pixels"),
        "text.jpg": (b"This is not a picture but a text.\n" * 100, "not a JPEG, PNG or WebP"),
        "page.webp": (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "not a JPEG, PNG or WebP",
        ),
        "cut.png": (image_bomb()[:60], "30.000 by 30.000 pixels"),
        "large.jpg": (b"\xff\xd8\xff\xe0" + bytes(11 * 1024 * 1024), "10 MB"),
    }
    page = open_page("manager", "/inventory")
    page.locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/inventory/\d+$"))
    item = page.url
    before = everything()
    for name, (data, message) in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        form = page.locator("#photo-form")
        if not page.locator("#photo_file").is_visible():
            form.locator("summary").click()
        page.set_input_files("#photo_file", str(path))
        form.get_by_role("button", name="Upload").click()
        refused(page, "photo_file", message)
        assert everything() == before, name
        page.goto(item)


def test_a_bad_photo_in_the_large_form_leaves_what_was_typed(open_page, everything, tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(image_bomb())
    page = open_page("manager", "/inventory/new")
    before = everything()
    page.get_by_label("Name", exact=True).fill("Typed before the bomb")
    page.get_by_label("SKU").fill("TYPED-1")
    page.set_input_files("#photo_file", str(path))
    page.get_by_role("button", name=re.compile("^(Add|Save|Create)")).first.click()
    refused(page, "photo_file", "30.000 by 30.000 pixels")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before the bomb")
    assert everything() == before


def test_the_server_is_well_after_all_that(server):
    assert httpx.get(f"{server.url}/health/ready").status_code == 200
