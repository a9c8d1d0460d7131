"""Equipment, units and categories through the JSON API."""

import asyncio
import itertools

import pytest

_numbers = itertools.count(1)
FIELDS = {
    "id", "sku", "name", "description", "category_id", "subcategory_id", "kind", "tracking", "quantity",
    "status", "location", "daily_rate", "replacement_value", "weight_kg", "power_w", "prep_minutes",
    "tax_rate_id", "turnaround_minutes", "tags", "notes", "photo_url", "archived", "version", "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
async def admin(sign_in):
    return await sign_in("admin")


@pytest.fixture
async def category(admin):
    return (await new(admin, "/api/categories", name=f"Microphones {next(_numbers)}"))["id"]


async def new(client, path, **fields):
    answer = await client.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def new_item(client, category, **fields):
    number = next(_numbers)
    given = {"name": f"Shure SM58 {number}", "sku": f"API-{number}", "category_id": category} | fields
    return await new(client, "/api/equipment", **given)


def problems(answer):
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "VALIDATION_ERROR"
    return answer.json()["details"]["fields"]


async def test_create_read_change_replace_delete_restore(admin, category):
    sku = f"FULL-{next(_numbers)}"
    made = await admin.post(
        "/api/equipment",
        json={
            "name": " Shure Cafe\u0301 ",
            "sku": sku,
            "category_id": category,
            "daily_rate": "4.5",
            "weight_kg": 0.298,
            "tags": ["vocal", "vocal", "dynamic"],
            "notes": "two\nlines",
            "quantity": 24,
        },
    )
    assert made.status_code == 201
    item = made.json()["data"]
    assert made.json()["success"] is True
    assert made.json()["timestamp"].endswith("Z")
    assert set(item) == FIELDS
    assert made.headers["location"] == f"/api/equipment/{item['id']}"
    assert made.headers["etag"] == '"1"'
    assert (item["name"], item["daily_rate"], item["weight_kg"]) == ("Shure Café", "4.50", "0.298")
    assert item["tags"] == ["vocal", "dynamic"]

    path = made.headers["location"]
    changed = await admin.patch(path, json={"location": "B-02", "version": 1})
    assert changed.status_code == 200
    assert (changed.json()["data"]["location"], changed.json()["data"]["quantity"]) == ("B-02", 24)
    assert changed.headers["etag"] == '"2"'

    replaced = await admin.put(
        path, json={"name": "SM58", "sku": sku, "category_id": category}, headers={"If-Match": '"2"'}
    )
    data = replaced.json()["data"]
    assert (data["location"], data["quantity"], data["tags"], data["daily_rate"]) == ("", 0, [], None)
    assert data["version"] == 3

    gone = await admin.delete(path, headers={"If-Match": "3"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await admin.get(path)).status_code == 404
    back = await admin.post(f"{path}/restoration")
    assert back.json()["data"]["version"] == 5

    log = (await admin.get(f"{path}/changes")).json()
    actions = [change["action"].split(".")[1] for change in log["data"]]
    assert actions == ["restored", "deleted", "updated", "updated", "created"]
    assert log["data"][3]["fields"] == {"location": {"before": "", "after": "B-02"}}
    assert log["data"][3]["actor_name"]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_every_change_names_its_version(admin, category, method):
    item = await new_item(admin, category)
    body = {"name": "X", "sku": item["sku"], "category_id": category} if method != "DELETE" else None
    path = f"/api/equipment/{item['id']}"
    assert "version" in problems(await admin.request(method, path, json=body))
    for wrong in ("x", "*", '"1", "2"', "99", "-1", ""):
        answer = await admin.request(method, path, json=body, headers={"If-Match": wrong})
        assert answer.status_code == 422, wrong
    if body:
        answer = await admin.request(method, path, json=body | {"version": 2}, headers={"If-Match": "1"})
        assert "version" in problems(answer)


async def test_two_people_and_the_three_strategies(admin, sign_in, category):
    item = await new_item(admin, category, location="A-01", notes="old")
    path = f"/api/equipment/{item['id']}"
    technician, manager = await sign_in("technician"), await sign_in("manager")
    assert (await admin.patch(path, json={"location": "B-02", "version": 1})).status_code == 200

    refused = await technician.patch(path, json={"notes": "mine", "version": 1})
    assert refused.status_code == 409
    body = refused.json()
    assert (body["success"], body["code"]) == (False, "CONFLICT")
    details = body["details"]
    assert (details["version"], details["conflicts"]) == (2, [])
    assert (details["base"]["location"], details["current"]["location"]) == ("A-01", "B-02")

    merged = await technician.patch(f"{path}?strategy=merge", json={"notes": "mine", "version": 1})
    assert (merged.json()["data"]["notes"], merged.json()["data"]["location"]) == ("mine", "B-02")

    stale = {"location": "C-03", "version": 1}
    both = await technician.patch(f"{path}?strategy=merge", json=stale)
    assert (both.status_code, both.json()["details"]["conflicts"]) == (409, ["location"])
    assert (await technician.patch(f"{path}?strategy=overwrite", json=stale)).status_code == 403
    written = await manager.patch(f"{path}?strategy=overwrite", json=stale)
    assert (written.json()["data"]["location"], written.json()["data"]["notes"]) == ("C-03", "mine")

    assert (await admin.delete(f"{path}?version=1")).status_code == 409
    assert (await admin.delete(f"{path}?version=1&strategy=merge")).status_code == 409
    assert (await admin.patch(f"{path}?strategy=guess", json=stale)).status_code == 422
    assert (await admin.get(path)).json()["data"]["version"] == 4


async def test_of_many_at_the_same_moment_one_wins_or_all_merge(admin, category):
    item = await new_item(admin, category)
    path = f"/api/equipment/{item['id']}"
    race = await asyncio.gather(
        *(admin.patch(path, json={"location": f"L-{n}", "version": 1}) for n in range(8))
    )
    assert sorted(answer.status_code for answer in race) == [200] + [409] * 7
    fields = {
        "notes": "n",
        "power_w": 40,
        "prep_minutes": 5,
        "status": "damaged",
        "quantity": 7,
        "tags": ["t"],
    }
    merged = await asyncio.gather(
        *(
            admin.patch(f"{path}?strategy=merge", json={name: value, "version": 2})
            for name, value in fields.items()
        )
    )
    assert {answer.status_code for answer in merged} == {200}
    now = (await admin.get(path)).json()["data"]
    assert {name: now[name] for name in fields} == fields
    assert now["version"] == 2 + len(fields)


async def test_every_wrong_field_is_named_at_once(admin, category):
    answer = await admin.post(
        "/api/equipment",
        json={
            "name": "",
            "category_id": "3",
            "quantity": 10**30,
            "daily_rate": "-1",
            "weight_kg": "1.23456",
            "replacement_value": True,
            "tags": ["ok", "a,b"],
            "location": "A\u0000",
            "status": "lost",
            "archived": 1,
            "owner": "me",
        },
    )
    assert set(problems(answer)) == {
        "name", "sku", "category_id", "quantity", "daily_rate", "weight_kg", "replacement_value", "tags",
        "location", "status", "archived", "owner",
    }  # fmt: skip


async def test_values_that_cannot_be(admin, category):
    item = await new_item(admin, category)
    path = f"/api/equipment/{item['id']}"
    for fields in (
        {"category_id": 2**63 - 1},
        {"subcategory_id": category},
        {"sku": "x" * 65},
        {"name": "two\nlines"},
        {"daily_rate": "NaN"},
        {"daily_rate": "\uff11\uff12"},
        {"daily_rate": 1e300},
        {"id": 5},
        {"photo": "x"},
        {"deleted_at": None},
        {"kind": "consumable", "tracking": "serialized"},
        {"name": None},
    ):
        problems(await admin.patch(path, json=fields | {"version": 1}))
    other = await new_item(admin, category)
    taken = problems(await admin.patch(path, json={"sku": other["sku"].lower(), "version": 1}))
    assert other["name"] in taken["sku"]
    assert (await admin.get(path)).json()["data"]["version"] == 1


JUNK = [
    (b"{", 400),
    (b"", 422),
    (b"nope", 400),
    (b'{"name": "\xff"}', 400),
    (b'{"name": "\\ud800"}', 400),
    (b"[" * 100_000, 400),
    (b'{"tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    (b'{"a":' * 100_000, 400),
    (b"[]", 422),
    (b"null", 422),
    (b'"text"', 422),
    (b'{"name": 5}', 422),
    (b'{"tags": [[["deep"]]]}', 422),
    (b'{"quantity": 1e999}', 400),
    (b'{"quantity": 99999999999999999999999999}', 422),
    (b'{"\\u0000": 1}', 422),
    (b'{"x": "' + b"y" * 1_100_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
async def test_junk_is_refused_kindly(admin, category, method, body, status):
    path = "/api/equipment"
    if method != "POST":
        path += f"/{(await new_item(admin, category))['id']}"
    headers = {"content-type": "application/json", "If-Match": "1"}
    answer = await admin.request(method, path, content=body, headers=headers)
    assert answer.status_code == status, answer.text[:300]
    assert answer.json()["success"] is False


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/equipment/0", 404),
        ("/api/equipment/-1", 404),
        ("/api/equipment/x", 404),
        (f"/api/equipment/{2**63}", 404),
        (f"/api/equipment/{'9' * 5000}", 404),
        ("/api/equipment/987654321", 404),
        ("/api/nothing", 404),
        ("/api/equipment?limit=0", 422),
        ("/api/equipment?limit=201", 422),
        ("/api/equipment?limit=x", 422),
        (f"/api/equipment?category_id={2**63}", 422),
        ("/api/equipment?cursor=x", 422),
        ("/api/equipment?cursor=W10", 422),
        ("/api/equipment?cursor=WyJuYW1lIixbMV0sMV0", 422),
        ("/api/equipment?sort=secret", 422),
        ("/api/equipment?sort=name,-id,sku,kind,status,location", 422),
        ("/api/equipment?status=gone", 422),
        ("/api/equipment?updated_since=2026-01-01T00:00:00", 422),
        ("/api/equipment?updated_since=yesterday", 422),
        ("/api/equipment?q=%00%01", 200),
        ("/api/equipment?q=%26%7C!()", 200),
        ("/api/equipment?updated_since=2026-01-01T00:00:00+01:00", 200),
    ],
)
async def test_addresses_that_make_no_sense(admin, path, status):
    answer = await admin.get(path)
    assert answer.status_code == status, answer.text


async def names(client, query):
    answer = await client.get(f"/api/equipment?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["data"]]


async def test_filters_and_sorts(admin, category):
    first = await new_item(admin, category, name="Desk 10", daily_rate="10", location="Z-1", status="damaged")
    await new_item(admin, category, name="Desk 2", daily_rate=None, kind="consumable", location="Y-1")
    await new_item(admin, category, name="Übergröße", daily_rate="2.00", archived=True, tags=["loud"])
    here = f"category_id={category}"
    assert await names(admin, here) == ["Desk 2", "Desk 10"]
    assert await names(admin, f"{here}&archived=all&sort=-name") == ["Übergröße", "Desk 10", "Desk 2"]
    assert await names(admin, f"{here}&archived=true") == ["Übergröße"]
    assert await names(admin, f"{here}&archived=all&sort=daily_rate") == ["Übergröße", "Desk 10", "Desk 2"]
    assert await names(admin, f"{here}&archived=all&sort=-daily_rate") == ["Desk 10", "Übergröße", "Desk 2"]
    assert await names(admin, f"{here}&sort=kind,-name") == ["Desk 2", "Desk 10"]
    assert await names(admin, f"{here}&status=damaged") == ["Desk 10"]
    assert await names(admin, f"{here}&kind=consumable") == ["Desk 2"]
    assert await names(admin, f"{here}&tracking=serialized") == []
    assert await names(admin, f"{here}&location=z") == ["Desk 10"]
    assert await names(admin, f"{here}&archived=all&q=ubergrosse") == ["Übergröße"]
    assert await names(admin, f"{here}&archived=all&q=lou") == ["Übergröße"]
    assert await names(admin, f"{here}&q=!!") == []
    late = first["created_at"].replace("Z", "%2B00:00")
    assert len(await names(admin, f"{here}&archived=all&updated_since={late}")) == 3
    assert await names(admin, f"{here}&updated_since=2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "sort", ["name", "-name", "location,-daily_rate", "-daily_rate", "daily_rate,-sku", "-id"]
)
async def test_pages_are_complete_while_rows_change(admin, category, sort):
    made = [
        await new_item(admin, category, location=f"L-{n % 3}", daily_rate=None if n % 4 == 0 else str(n % 5))
        for n in range(17)
    ]
    expected, query, seen, late = (
        {item["id"] for item in made},
        f"category_id={category}&limit=4&sort={sort}",
        [],
        0,
    )
    cursor = ""
    while cursor is not None:
        page = (await admin.get(f"/api/equipment?{query}&cursor={cursor}")).json()
        seen += [item["id"] for item in page["data"]]
        assert page["pagination"]["limit"] == 4
        assert page["pagination"]["total"] == 17 + late
        cursor = page["pagination"]["next_cursor"]
        if late == 0:
            await new_item(admin, category, name="AAA in between", location="", daily_rate="0")
            late = 1
            shown = seen[0]
            await admin.patch(f"/api/equipment/{shown}", json={"notes": "touched", "version": 1})
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)


async def test_a_cursor_belongs_to_its_order(admin, category):
    for _ in range(3):
        await new_item(admin, category)
    page = (await admin.get(f"/api/equipment?category_id={category}&limit=1")).json()
    cursor = page["pagination"]["next_cursor"]
    assert "cursor" in problems(await admin.get(f"/api/equipment?sort=-name&cursor={cursor}"))


async def test_units_one_a_list_and_a_range(admin, category):
    item = await new_item(admin, category, tracking="serialized")
    path, tag = f"/api/equipment/{item['id']}/units", f"U{item['id']}"
    one = await admin.post(path, json={"asset_tag": f"{tag}-A", "serial_number": "S1", "location": "C-1"})
    unit = one.json()["data"][0]
    assert (one.status_code, one.headers["location"]) == (201, f"/api/units/{unit['id']}")
    assert (unit["serial_number"], unit["location"], unit["state"]) == ("S1", "C-1", "in_stock")
    several = await admin.post(path, json={"asset_tags": [f"{tag}-B", f"{tag}-C"], "condition": "worn"})
    assert [one["condition"] for one in several.json()["data"]] == ["worn", "worn"]
    ranged = await admin.post(path, json={"asset_tags": f"{tag}-001…012\n{tag}-X"})
    assert len(ranged.json()["data"]) == 13
    assert "asset_tag" in problems(await admin.post(path, json={"asset_tags": [f"{tag}-new", f"{tag}-a"]}))
    for wrong in (
        {},
        {"asset_tag": "a", "asset_tags": ["b"]},
        {"asset_tags": []},
        {"asset_tags": "9…1"},
        {"asset_tags": ["q", "Q"]},
        {"asset_tags": ["q", "r"], "serial_number": "1"},
        {"asset_tag": "x" * 65},
        {"asset_tags": "A1..A99999"},
    ):
        problems(await admin.post(path, json=wrong))
    assert (await admin.get(f"/api/equipment/{item['id']}")).json()["data"]["quantity"] == 16
    listed = (await admin.get(f"{path}?limit=5&sort=-asset_tag")).json()
    assert (len(listed["data"]), listed["pagination"]["total"]) == (5, 16)
    found = (await admin.get(f"/api/units?asset_tag={tag.lower()}-007")).json()
    assert [one["asset_tag"] for one in found["data"]] == [f"{tag}-007"]
    bulk = await new_item(admin, category)
    assert (
        await admin.post(f"/api/equipment/{bulk['id']}/units", json={"asset_tag": "no"})
    ).status_code == 409
    assert (await admin.post("/api/equipment/987654321/units", json={"asset_tag": "no"})).status_code == 404


async def test_a_unit_is_read_changed_replaced_deleted(admin, category):
    item = await new_item(admin, category, tracking="serialized")
    tag = f"R{item['id']}"
    unit = (await new(admin, f"/api/equipment/{item['id']}/units", asset_tag=tag, notes="n"))[0]
    path = f"/api/units/{unit['id']}"
    assert (await admin.get(path)).headers["etag"] == '"1"'
    changed = await admin.patch(path, json={"state": "quarantine", "version": 1})
    assert (changed.json()["data"]["state"], changed.json()["data"]["notes"]) == ("quarantine", "n")
    assert problems(await admin.patch(path, json={"state": "out", "version": 2}))["state"]
    replaced = await admin.put(path, json={"asset_tag": tag, "version": 2})
    assert (replaced.json()["data"]["state"], replaced.json()["data"]["notes"]) == ("quarantine", "")
    assert (await admin.patch(path, json={"notes": "late", "version": 1})).status_code == 409
    assert (await admin.delete(path)).status_code == 422
    assert (await admin.delete(f"{path}?version=3")).status_code == 204
    assert (await admin.get(path)).status_code == 404
    assert (await admin.patch(path, json={"notes": "x", "version": 3})).status_code == 404


async def test_the_stock_of_serialized_equipment_is_counted(admin, category):
    item = await new_item(admin, category, tracking="serialized")
    await new(admin, f"/api/equipment/{item['id']}/units", asset_tags=f"Q{item['id']}-01…03")
    path = f"/api/equipment/{item['id']}"
    assert "quantity" in problems(await admin.patch(path, json={"quantity": 9, "version": 1}))
    same = await admin.patch(path, json={"quantity": 3, "version": 1})
    assert (same.status_code, same.json()["data"]["version"]) == (200, 1)
    body = {"name": "Counted", "sku": item["sku"], "category_id": category, "tracking": "serialized"}
    replaced = await admin.put(path, json=body | {"version": 1})
    assert (replaced.json()["data"]["quantity"], replaced.json()["data"]["name"]) == (3, "Counted")
    wrong = {"name": "n", "sku": "q-1", "category_id": category, "tracking": "serialized", "quantity": 4}
    assert "quantity" in problems(await admin.post("/api/equipment", json=wrong))


async def test_categories_and_their_order(admin):
    top = await admin.post("/api/categories", json={"name": f"Lights {next(_numbers)}", "icon": "bulb"})
    assert top.status_code == 201
    parent = top.json()["data"]
    path = top.headers["location"]
    below = [
        await new(admin, "/api/categories", name=name, parent_id=parent["id"]) for name in ("A", "B", "C")
    ]
    assert [one["position"] for one in below] == [0, 1, 2]
    moved = await admin.put(f"/api/categories/{below[2]['id']}/position", json={"position": 0})
    assert moved.json()["data"]["position"] == 0
    listed = (await admin.get(f"/api/categories?parent_id={parent['id']}")).json()["data"]
    assert [one["name"] for one in listed] == ["C", "A", "B"]
    assert problems(await admin.post("/api/categories", json={"name": "a", "parent_id": parent["id"]}))[
        "name"
    ]
    assert problems(await admin.post("/api/categories", json={"name": "z", "parent_id": below[0]["id"]}))
    assert problems(await admin.patch(path, json={"icon": "rocket", "version": 1}))["icon"]
    renamed = await admin.patch(path, json={"name": f"Lamps {next(_numbers)}", "version": 1})
    assert renamed.json()["data"]["icon"] == "bulb"
    replaced = await admin.put(path, json={"name": f"Lamps {next(_numbers)}", "version": 2})
    assert replaced.json()["data"]["icon"] == "box"
    assert (await admin.delete(path, headers={"If-Match": '"3"'})).status_code == 409
    leaf = f"/api/categories/{below[0]['id']}"
    version = (await admin.get(leaf)).json()["data"]["version"]
    assert (await admin.delete(f"{leaf}?version={version}")).status_code == 204
    assert (await admin.post(f"{leaf}/restoration")).status_code == 200


async def test_categories_are_merged_without_loss(admin, category):
    other = (await new(admin, "/api/categories", name=f"Other {next(_numbers)}"))["id"]
    items = [await new_item(admin, other) for _ in range(3)]
    merged = await admin.post(f"/api/categories/{other}/merge", json={"into_id": category})
    assert merged.status_code == 200, merged.text
    assert merged.json()["data"]["moved"] == 3
    assert merged.json()["data"]["category"]["equipment_count"] == 3
    assert (await admin.get(f"/api/categories/{other}")).status_code == 404
    for item in items:
        assert (await admin.get(f"/api/equipment/{item['id']}")).json()["data"]["category_id"] == category
    assert problems(await admin.post(f"/api/categories/{category}/merge", json={"into_id": category}))


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "08d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


async def test_a_photo_is_uploaded_and_taken_away(admin, category):
    item = await new_item(admin, category)
    path = f"/api/equipment/{item['id']}/photo"
    wrong = await admin.post(path, files={"photo": ("a.png", b"not a picture", "image/png")})
    assert "photo" in problems(wrong)
    problems(await admin.post(path, files={"picture": ("a.png", PNG, "image/png")}))
    done = await admin.post(path, files={"photo": ("a.png", PNG, "image/png")})
    assert done.status_code == 200, done.text
    url = done.json()["data"]["photo_url"]
    assert url.startswith("/photos/")
    assert (await admin.get(url)).headers["content-type"] == "image/webp"
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(f"/api/equipment/{item['id']}")).json()["data"]["photo_url"] is None


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ('form-data; name="photo"; filename=""', PNG),
        ('form-data; name="photo"', b"text"),
        ("nonsense", b"x"),
    ],
)
@pytest.mark.parametrize("kind", ["image/png", "text/plain; charset=klingon"])
async def test_hostile_multipart_is_refused(admin, category, header, kind, body):
    item = await new_item(admin, category)
    content = (
        b"--b\r\nContent-Disposition: " + header.encode() + b"\r\nContent-Type: " + kind.encode()
        + b"\r\n\r\n" + body + b"\r\n--b--\r\n"
    )  # fmt: skip
    answer = await admin.post(
        f"/api/equipment/{item['id']}/photo",
        content=content,
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["success"] is False
