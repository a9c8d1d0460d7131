"""How a file is read and which column becomes which field, as people decide it on the page."""

from typing import Any

import pytest

from tests.integration.importing import mapped, record_of, uploaded


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def test_the_mapping_is_remembered_and_can_be_forgotten(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    file = b"Thing,Ident,Extra\nA,MAP-1,x\nB,MAP-2,y\n"
    first = await uploaded(client, file, "first.csv")
    assert (await mapped(client, first, **{"column-2": "notes"})).status_code == 303
    second = await uploaded(client, file, "second.csv")
    page = await client.get(f"/imports/{second}/columns")
    assert "We remembered the mapping" in page.text
    assert "first.csv" in page.text
    assert (await record_of(runtime, second)).mapping["targets"][2] == "notes"
    await client.post(f"/imports/{second}/guess")
    assert (await record_of(runtime, second)).mapping["targets"][2] is None
    assert "We remembered" not in (await client.get(f"/imports/{second}/columns")).text


async def test_a_mapping_that_makes_no_sense_is_refused_with_everything_kept(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("manager")
    import_id = await uploaded(client, b"a,b,c\nX 1,Y-2,3\nZ 4,W-5,6\n")
    response = await mapped(
        client, import_id, **{"column-0": "sku", "column-1": "sku", "column-2": "quantity"}
    )
    assert response.status_code == 422
    assert "cannot both become SKU" in response.text
    assert response.text.count('<option value="sku" selected>') == 2
    before = (await record_of(runtime, import_id)).mapping["targets"]
    assert before != ["sku", "sku", "quantity"]
    unknown = await mapped(
        client, import_id, **{"column-0": "name", "column-1": "sku", "column-2": "version"}
    )
    assert unknown.status_code == 303
    assert (await record_of(runtime, import_id)).mapping["targets"] == ["name", "sku", None]


async def test_notes_follow_the_choice_of_columns(sign_in: Any) -> None:
    client = await sign_in("manager")
    import_id = await uploaded(client, b"name,sku,size\nX 1,Y-2,3\n")
    partial = await client.get(
        f"/imports/{import_id}/columns?column-0=name&column-1=sku&column-2=weight_kg",
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert "<h1>" not in partial.text
    assert '<option value="weight_kg" selected>' in partial.text


async def test_the_file_can_be_read_another_way(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await uploaded(client, "name,sku,place\nGerät,RD-1,Köln\n".encode("cp1252"))
    await client.post(f"/imports/{import_id}/reading", data={"encoding": "cp850", "has_header": "no"})
    record = await record_of(runtime, import_id)
    assert record.total == 2
    assert "DOS 850" in record.reading["summary"]
    wrong = await client.post(f"/imports/{import_id}/reading", data={"encoding": "utf-8"})
    assert wrong.status_code == 422
    assert "is not UTF-8 text" in wrong.text
    assert "DOS 850" in (await record_of(runtime, import_id)).reading["summary"]
