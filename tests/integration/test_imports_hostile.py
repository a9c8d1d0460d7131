"""Files that mean no good: refused at the field, with nothing left behind."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.lib.sheets import xlsx_bytes
from tests.integration.importing import mapped, record_of, rows, upload, uploaded, value

BOMB_BYTES = 60 * 1024 * 1024


def rewritten(part: str, rewrite: Callable[[bytes], bytes]) -> bytes:
    """An honest workbook with one part of it replaced."""
    target = BytesIO()
    honest = zipfile.ZipFile(BytesIO(xlsx_bytes("Stock", ["name"], [["A"]])))
    with honest, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as hostile:
        for entry in honest.infolist():
            data = honest.read(entry)
            hostile.writestr(entry.filename, rewrite(data) if entry.filename == part else data)
    return target.getvalue()


def zip_bomb() -> bytes:
    """A workbook whose only sheet unpacks to a thousand times its size."""
    filling = b"<sheetData>" + b" " * BOMB_BYTES
    return rewritten("xl/worksheets/sheet1.xml", lambda data: data.replace(b"<sheetData>", filling))


def entity_bomb() -> bytes:
    """A workbook that declares entities made of entities."""
    declared = b'?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return rewritten("xl/workbook.xml", lambda data: data.replace(b"?>", declared, 1))


HOSTILE = {
    "bad encoding": (
        b"name,sku\nGer\xc3\xa4t \xc3\xbc\xc3\xb6,A-1\nBr\xffken,B-2\n" * 40,
        "stock.csv",
        "damaged in line",
    ),
    "binary": (b"name,sku\n\x00\x01\x02,3\n", "stock.csv", "binary data"),
    "a thousand columns": (
        ",".join(f"c{n}" for n in range(1000)).encode() + b"\n1,2\n",
        "stock.csv",
        "1 000 columns",
    ),
    "zip bomb": (zip_bomb(), "stock.xlsx", "times its size"),
    "entities": (entity_bomb(), "stock.xlsx", "document types or entities"),
    "a zip that is no workbook": (b"PK\x03\x04 nothing at all", "stock.xlsx", "workbook"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "stock.csv", "it is a picture"),
    "nothing in it": (b"   \n", "stock.csv", "This file is empty"),
    "a header alone": (b"name,sku,quantity\n", "stock.csv", "no rows"),
    "an open quote": (b'name,sku\n"A,1\nB,2\n', "stock.csv", "never closed"),
}


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


def kept_files(runtime: Any) -> list[Path]:
    return [path for path in runtime.settings.files_dir.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_at_the_field_and_nothing_is_kept(
    sign_in: Any, runtime: Any, name: str
) -> None:
    data, filename, message = HOSTILE[name]
    client = await sign_in("manager")
    files = kept_files(runtime)
    before = await value(runtime, "select (select count(*) from data_import), (select count(*) from change)")
    response = await upload(client, data, filename)
    assert response.status_code == 422, response.text
    assert 'id="file-error"' in response.text
    assert message in response.text.replace("\u2009", " ")
    assert kept_files(runtime) == files
    after = await value(runtime, "select (select count(*) from data_import), (select count(*) from change)")
    assert after == before


async def test_no_file_at_all_is_said_at_the_field(sign_in: Any) -> None:
    client = await sign_in("manager")
    response = await client.post("/imports/new", data={"nothing": "here"})
    assert response.status_code == 422
    assert "Choose a CSV or Excel file." in response.text


async def test_formulas_are_problems_of_their_rows_and_never_come_back_alive(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("manager")
    file = b'name,sku,qty\n"=cmd|\' /C calc\'!A0",F-1,1\nFine,"@SUM(1,2)",1\n-2+3,F-3,1\n'
    import_id = await uploaded(client, file)
    await mapped(client, import_id)
    response = await client.get(f"/imports/{import_id}/left-out.csv")
    lines = response.content.decode("utf-8-sig").splitlines()[1:]
    assert lines
    assert all(
        not cell.strip('"').startswith(("=", "@", "-", "+")) for line in lines for cell in line.split(",")
    )


async def test_markup_in_a_file_is_text_on_every_page(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    file = f"name,sku,{evil}\n{evil.replace(',', ' ')},X-1,lots\n".encode()
    import_id = await uploaded(client, file, f"../../{evil.replace('/', '')}.csv")
    await mapped(client, import_id, **{"column-0": "name", "column-1": "sku", "column-2": "quantity"})
    for path in (f"/imports/{import_id}/columns", f"/imports/{import_id}/check", "/imports"):
        page = (await client.get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert ".." not in (await record_of(runtime, import_id)).filename


async def test_uploads_are_limited_per_person(
    sign_in: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from app.config import RateLimit

    client = await sign_in("technician")
    monkeypatch.setattr(runtime, "settings", replace(runtime.settings, upload_rate_limit=RateLimit(2, 60)))
    codes = [(await upload(client, b"name,sku\nA,RL-1\n")).status_code for _ in range(3)]
    assert codes == [303, 303, 429]
    other = await sign_in("admin")
    assert (await upload(other, b"name,sku\nA,RL-1\n")).status_code == 303


async def test_without_the_token_nothing_is_taken(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    before = await rows(runtime, "select count(*) from data_import")
    client.headers["x-csrftoken"] = "wrong"
    assert (await upload(client, b"name,sku\nA,B\n")).status_code == 403
    assert await rows(runtime, "select count(*) from data_import") == before
