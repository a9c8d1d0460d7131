"""Adding, looking at, editing, archiving and deleting equipment in the page; photos; labels."""

import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.config import RateLimit
from app.db.models import Category, Equipment
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units
from tests.integration.item_steps import add_item, fields_of, form_of, item_row
from tests.statements import statements_for

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return buffer.getvalue()


async def item_by_sku(app: Any, sku: str) -> Any:
    async with app.app.state.runtime.sessions() as session:
        return (await session.execute(select(Equipment).where(Equipment.sku == sku))).scalar_one_or_none()


async def a_category(app: Any, work: Any) -> int:
    item_id = await add_item(work)
    return (await item_row(app, item_id)).category_id


async def test_equipment_is_added_with_everything_that_was_typed(
    sign_in: SignIn, work: Any, app: Any
) -> None:
    category_id = await a_category(app, work)
    async with work() as unit:
        subcategory = Category(name="Dynamic", parent_id=category_id, icon="box", position=0, version=1)
        unit.session.add(subcategory)
    client = await sign_in("technician")
    form = fields_of((await client.get("/inventory/new")).text)

    answer = await client.post(
        "/inventory/new",
        data=form
        | {"name": "Sennheiser MD 421", "sku": "ADD-1", "category": f"{category_id}/{subcategory.id}"}
        | {"daily_rate": "8,50", "quantity": "12", "tags": "mic, toms", "power_w": "", "weight_kg": "0.385"},
        files={"photo_file": ("md421.png", picture(), "image/png")},
    )

    assert answer.status_code == 303
    item = await item_by_sku(app, "ADD-1")
    assert answer.headers["location"] == f"/inventory/{item.id}"
    assert (str(item.daily_rate), item.quantity, item.tags) == ("8.50", 12, ["mic", "toms"])
    assert (item.category_id, item.subcategory_id, str(item.weight_kg)) == (
        category_id,
        subcategory.id,
        "0.385",
    )
    shown = await client.get(f"/inventory/{item.id}")
    assert f"/photos/{item.photo.replace('.webp', '-320.webp')}" in shown.text


async def test_errors_stand_at_their_fields_and_everything_typed_is_kept(
    sign_in: SignIn, work: Any, app: Any
) -> None:
    other_id = await add_item(work, name="Shure <SM58>")
    other = await item_row(app, other_id)
    client = await sign_in("manager")
    form = fields_of((await client.get("/inventory/new")).text)

    answer = await client.post(
        "/inventory/new",
        data=form
        | {"name": "Shure SM58 SE", "sku": other.sku.lower(), "daily_rate": "4,5O", "notes": "Keep <me>"}
        | {"category": str(other.category_id)},
        files={"photo_file": ("huge.jpg", b"\xff\xd8\xff" + b"x" * 10_500_000, "image/jpeg")},
    )

    assert answer.status_code == 422
    assert "3 things need another look" in answer.text
    assert f'Taken by <a href="/inventory/{other_id}">Shure &lt;SM58&gt;</a>' in answer.text
    assert "Write a number, like 4.50." in answer.text
    assert re.search(r"huge\.jpg: .*at most 10 MB", answer.text)
    kept = fields_of(answer.text)
    assert (kept["name"], kept["daily_rate"], kept["notes"]) == ("Shure SM58 SE", "4,5O", "Keep <me>")
    assert kept["category"] == str(other.category_id)


async def test_a_photo_chosen_beside_an_error_is_kept(sign_in: SignIn, work: Any, app: Any) -> None:
    category_id = await a_category(app, work)
    client = await sign_in("manager")
    form = fields_of((await client.get("/inventory/new")).text) | {
        "category": str(category_id),
        "sku": "KEPT-1",
    }

    refused = await client.post(
        "/inventory/new", data=form, files={"photo_file": ("p.png", picture(), "image/png")}
    )
    assert refused.status_code == 422
    await client.post("/inventory/new", data=fields_of(refused.text) | {"name": "With photo"})

    assert (await item_by_sku(app, "KEPT-1")).photo


async def test_fields_outside_of_the_form_cannot_be_set(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work)
    client = await sign_in("technician")
    form = await form_of(client, item_id)

    await client.post(
        f"/inventory/{item_id}/edit",
        data=form
        | {"location": "A-1", "archived": "1", "deleted_at": "2020-01-01T00:00:00Z", "unit_words": "x"},
    )

    row = await item_row(app, item_id)
    assert (row.location, row.archived, row.deleted_at, row.unit_words) == ("A-1", False, None, "")


@pytest.mark.parametrize("photo", ["../../etc/passwd", "0" * 64 + ".webp", "javascript:alert(1)"])
async def test_a_photo_that_was_never_kept_is_refused(
    sign_in: SignIn, work: Any, app: Any, photo: str
) -> None:
    item_id = await add_item(work)
    client = await sign_in("technician")

    answer = await client.post(
        f"/inventory/{item_id}/edit", data=await form_of(client, item_id) | {"photo": photo}
    )

    assert answer.status_code == 422
    assert (await item_row(app, item_id)).photo is None


async def test_viewers_look_and_cannot_write(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work)
    viewer = await sign_in("viewer")

    shown = await viewer.get(f"/inventory/{item_id}")
    assert shown.status_code == 200
    assert f"/inventory/{item_id}/edit" not in shown.text
    for method, path in (
        ("GET", f"/inventory/{item_id}/edit"),
        ("POST", f"/inventory/{item_id}/edit"),
        ("POST", f"/inventory/{item_id}/archive"),
        ("POST", f"/inventory/{item_id}/deletion"),
        ("POST", f"/inventory/{item_id}/photo"),
        ("POST", f"/inventory/{item_id}/units"),
        ("POST", "/inventory/new"),
    ):
        assert (await viewer.request(method, path, data={"version": "1"})).status_code == 403
    technician = await sign_in("technician")
    refused = await technician.post(f"/inventory/{item_id}/deletion", data={"version": "1"})
    assert refused.status_code == 403
    assert (await item_row(app, item_id)).version == 1


async def test_archiving_is_a_switch(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work)
    client = await sign_in("technician")

    await client.post(f"/inventory/{item_id}/archive", data={"archived": "1"})
    assert (await item_row(app, item_id)).archived
    await client.post(f"/inventory/{item_id}/archive", data={"archived": "0"})
    assert not (await item_row(app, item_id)).archived


async def test_a_deletion_can_be_taken_back(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work)
    client = await sign_in("manager")

    answer = await client.post(f"/inventory/{item_id}/deletion", data={"version": "1"})
    assert answer.headers["location"] == "/inventory"
    undo_url = re.search(r'data-undo="(/operations/[^"]+)"', (await client.get("/activity")).text)
    assert undo_url
    assert (await client.get(f"/inventory/{item_id}")).status_code == 404
    undone = await client.post(undo_url[1], headers=PARTIAL)

    assert "1 change undone" in undone.headers["hx-trigger"]
    assert (await client.get(f"/inventory/{item_id}")).status_code == 200


async def test_deleting_what_was_just_changed_is_a_conflict(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work)
    async with work("technician") as unit:
        await edit_equipment(unit, item_id, {"location": "B-07"}, version=1)
    client = await sign_in("manager")

    refused = await client.post(f"/inventory/{item_id}/deletion", data={"version": "1"})

    assert refused.status_code == 409
    assert "changed location since you opened this page" in refused.text
    assert (await item_row(app, item_id)).deleted_at is None
    again = re.search(r'role="alert".*?name="version" value="(\d+)"', refused.text, re.DOTALL)
    assert again
    assert (
        await client.post(f"/inventory/{item_id}/deletion", data={"version": again[1]})
    ).status_code == 303


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.png", b"this is no picture"),
        ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("bomb.png", None),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ],
)
async def test_hostile_photos_get_a_message_at_the_field(
    sign_in: SignIn, work: Any, app: Any, name: str, content: bytes | None
) -> None:
    item_id = await add_item(work)
    client = await sign_in("technician")
    if content is None:
        content = picture(size=(9000, 9000))

    answer = await client.post(
        f"/inventory/{item_id}/photo", files={"photo_file": (name, content, "image/png")}
    )

    assert answer.status_code == 422
    assert re.search(rf'id="photo_file-error".*{re.escape(name)}: ', answer.text, re.DOTALL)
    row = await item_row(app, item_id)
    assert (row.photo, row.version) == (None, 1)


async def test_a_photo_is_given_served_and_taken_back(
    sign_in: SignIn, client: httpx.AsyncClient, work: Any, app: Any
) -> None:
    item_id = await add_item(work)
    technician = await sign_in("technician")

    await technician.post(
        f"/inventory/{item_id}/photo", files={"photo_file": ("a.jpg", picture("JPEG"), "image/jpeg")}
    )
    name = (await item_row(app, item_id)).photo
    for variant in (name, name.replace(".webp", "-64.webp"), name.replace(".webp", "-320.webp")):
        served = await technician.get(f"/photos/{variant}")
        assert served.status_code == 200
        assert served.headers["content-type"] == "image/webp"
        assert served.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert served.content[8:12] == b"WEBP"
    assert (await technician.get("/photos/" + "0" * 64 + ".webp")).status_code == 404
    assert (await technician.get("/photos/..%2f..%2fsecret")).status_code == 404
    assert (await client.get(f"/photos/{name}")).status_code in {303, 401}

    await technician.post(f"/inventory/{item_id}/photo", data={"remove": "1"})
    assert (await item_row(app, item_id)).photo is None
    history = await technician.get(f"/inventory/{item_id}/history")
    undo = re.findall(r'hx-post="(/changes/\d+/undo)"', history.text)
    assert (await technician.post(undo[0])).status_code == 303
    assert (await item_row(app, item_id)).photo == name


async def test_uploads_are_limited(
    sign_in: SignIn, work: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = await add_item(work)
    client = await sign_in("manager")
    runtime = app.app.state.runtime
    monkeypatch.setattr(runtime, "settings", replace(runtime.settings, upload_rate_limit=RateLimit(0, 60)))

    answer = await client.post(
        f"/inventory/{item_id}/photo", files={"photo_file": ("a.png", picture(), "image/png")}
    )

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_labels_of_units_and_of_bulk_equipment(sign_in: SignIn, work: Any, app: Any) -> None:
    bulk, serialized = await add_item(work, name="Bulk"), await add_item(work, tracking="serialized")
    async with work() as unit:
        added = await add_units(unit, serialized, ["LBL-001", "LBL-002"])
    client = await sign_in("viewer")

    page = await client.get(f"/inventory/labels?ids={bulk},{serialized}&format=a4-4x10&skip=3")
    assert "3 labels on 1 page" in page.text
    for code in ("LBL-001", "LBL-002", (await item_row(app, bulk)).sku):
        assert code in page.text
    one = await client.get(f"/inventory/labels?units={added[0].id}&ids=x&skip=-1&format=no")
    assert "1 label on 1 page" in one.text
    assert "No labels to print" in (await client.get("/inventory/labels")).text


async def test_parts_of_the_page_are_served_alone(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work)
    client = await sign_in("viewer")

    for part, root in (("", 'id="item"'), ("head", 'id="item-head"'), ("facts", 'id="item-facts"')):
        answer = await client.get(f"/inventory/{item_id}?part={part}", headers=PARTIAL)
        assert root in answer.text
        assert "<html" not in answer.text
    for tab in ("units", "maintenance", "history"):
        whole = await client.get(f"/inventory/{item_id}/{tab}")
        assert "<html" in whole.text
    assert (await client.get("/inventory/999999999")).status_code == 404


async def test_pages_cost_the_same_number_of_statements_whatever_they_show(
    sign_in: SignIn, work: Any, app: Any
) -> None:
    small, large = await add_item(work, tracking="serialized"), await add_item(work, tracking="serialized")
    async with work() as unit:
        await add_units(unit, small, ["CNT-001"])
    async with work() as unit:
        await add_units(unit, large, [f"CNT-1{number:02}" for number in range(60)])
    for number in range(8):
        async with work() as unit:
            await edit_equipment(unit, large, {"location": f"A-{number}"}, version=None)
    client = await sign_in("admin")
    for tab, most in (("", 9), ("/units", 6), ("/history", 8)):
        pages = [f"/inventory/{item_id}{tab}" for item_id in (small, large)]
        counts = [await statements_for(app, client, page) for page in pages]
        assert counts[0] == counts[1] <= most
