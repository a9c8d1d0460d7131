"""Saving what somebody deleted meanwhile: who did it, nothing typed is lost, and a way back."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import Category, Maintenance, Unit
from app.domain.inventory import categories
from app.domain.inventory.service import create_equipment, delete_equipment, edit_equipment
from app.domain.inventory.units import add_units, delete_unit
from app.domain.maintenance import service as maintenance
from tests.integration.item_steps import add_item, fields_of, form_of, item_row

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
BOOSTED = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Boosted": "true"}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def name_of(prefix: str) -> str:
    return f"{prefix} {secrets.token_hex(4)}"


async def deleted_item(work: Any, client: httpx.AsyncClient, **changes: Any) -> tuple[int, dict[str, str]]:
    """Equipment whose form is open, and that somebody changed and then deleted."""
    item_id = await add_item(work, name="Robe Spot", location="A-1", notes="Old")
    form = await form_of(client, item_id)
    async with work("manager") as unit:
        if changes:
            await edit_equipment(unit, item_id, changes, version=1)
        await delete_equipment(unit, item_id, version=None)
    return item_id, form


async def test_the_dialog_names_who_and_keeps_what_was_typed(sign_in: SignIn, work: Any, app: Any) -> None:
    admin = await sign_in("admin")
    item_id, form = await deleted_item(work, admin)
    typed = form | {"location": "B-2", "notes": "Typed <b>"}

    refused = await admin.post(f"/inventory/{item_id}/edit", data=typed, headers=BOOSTED)

    assert refused.status_code == 409
    assert refused.headers["hx-retarget"] == "#modal"
    assert "<html" not in refused.text
    assert "Jonas deleted this" in refused.text
    assert "Restore and save" in refused.text
    assert "Typed &lt;b&gt;" in refused.text
    kept = fields_of(refused.text)
    assert (kept["location"], kept["notes"], kept["restore"]) == ("B-2", "Typed <b>", "1")
    assert (await item_row(app, item_id)).deleted_at is not None

    saved = await admin.post(f"/inventory/{item_id}/edit", data=kept, headers=BOOSTED)

    assert (saved.status_code, saved.headers["location"]) == (303, f"/inventory/{item_id}")
    row = await item_row(app, item_id)
    assert (row.deleted_at, row.location, row.notes) == (None, "B-2", "Typed <b>")


async def test_without_scripts_it_is_a_page(sign_in: SignIn, work: Any) -> None:
    admin = await sign_in("admin")
    item_id, form = await deleted_item(work, admin)
    refused = await admin.post(f"/inventory/{item_id}/edit", data=form | {"location": "B-2"})
    assert refused.status_code == 409
    assert "<html" in refused.text
    assert re.search(r"<dialog[^>]* open ", refused.text)
    assert "B-2" in refused.text
    saved = await admin.post(
        f"/inventory/{item_id}/edit", data=fields_of(refused.text), follow_redirects=True
    )
    assert saved.status_code == 200
    assert "Deleted at" not in saved.text


async def test_who_may_not_delete_may_not_restore(sign_in: SignIn, work: Any, app: Any) -> None:
    technician = await sign_in("technician")
    item_id, form = await deleted_item(work, technician)
    for sent in (form, form | {"restore": "1"}):
        refused = await technician.post(f"/inventory/{item_id}/edit", data=sent, headers=BOOSTED)
        assert refused.status_code == 409
        assert "Restore and save" not in refused.text
    assert (await item_row(app, item_id)).deleted_at is not None


async def test_a_change_before_the_deletion_still_asks(sign_in: SignIn, work: Any, app: Any) -> None:
    admin = await sign_in("admin")
    item_id, form = await deleted_item(work, admin, location="C-3")
    path = f"/inventory/{item_id}/edit"
    gone = await admin.post(path, data=form | {"location": "B-2"}, headers=BOOSTED)
    merge = await admin.post(path, data=fields_of(gone.text), headers=BOOSTED)
    assert merge.status_code == 409
    dialog = re.search(r"<dialog[^>]*data-merge .*?</dialog>", merge.text, re.DOTALL)
    assert dialog, merge.text
    assert "C-3" in dialog[0]
    decided = fields_of(dialog[0]) | {"merge_choice_location": "mine", "location": "B-2"}
    saved = await admin.post(path, data=decided, headers=BOOSTED)
    assert saved.status_code == 303, saved.text
    row = await item_row(app, item_id)
    assert (row.location, row.deleted_at) == ("B-2", None)


async def test_units_categories_and_jobs_have_it_too(sign_in: SignIn, work: Any) -> None:
    admin = await sign_in("admin")
    item_id = await add_item(work, tracking="serialized")
    async with work("manager") as unit:
        (tagged,) = await add_units(unit, item_id, [name_of("T")])
        category = await categories.create_category(unit, name_of("Empty"))
        job = await maintenance.report(unit, {"equipment_id": item_id, "title": "Look", "blocks": False})
    opened = {
        f"/units/{tagged.id}/edit": {"notes": "Typed"},
        f"/categories/{category.id}/edit": {"name": name_of("Typed")},
        f"/maintenance/{job.id}/edit": {"title": "Typed"},
    }
    forms = {path: fields_of((await admin.get(path)).text) | typed for path, typed in opened.items()}
    async with work("manager") as unit:
        await delete_unit(unit, tagged.id, version=1)
        await categories.delete_category(unit, category.id, version=1)
        await maintenance.delete_job(unit, job.id, version=1)
    for path, form in forms.items():
        refused = await admin.post(path, data=form, headers=PARTIAL)
        assert refused.status_code == 409, path
        assert "Jonas deleted this" in refused.text
        saved = await admin.post(path, data=fields_of(refused.text), headers=PARTIAL)
        assert saved.status_code == 200, (path, saved.text)
    async with work() as unit:
        assert (await unit.session.get_one(Unit, tagged.id)).notes == "Typed"
        assert (await unit.session.get_one(Category, category.id)).name.startswith("Typed")
        kept = await unit.session.scalar(select(Maintenance.title).where(Maintenance.id == job.id))
        assert kept == "Typed"


async def test_what_cannot_come_back_says_why(sign_in: SignIn, work: Any, app: Any) -> None:
    admin = await sign_in("admin")
    item_id, form = await deleted_item(work, admin)
    row = await item_row(app, item_id)
    async with work() as unit:
        await create_equipment(unit, {"name": "Thief", "sku": row.sku, "category_id": row.category_id})
    path = f"/inventory/{item_id}/edit"
    answer = await admin.post(path, data=form | {"restore": "1", "sku": "another"}, headers=BOOSTED)
    assert answer.status_code == 422
    assert "taken by Thief" in answer.headers["hx-trigger"]
    assert (await item_row(app, item_id)).deleted_at is not None


async def test_the_api_says_who_deleted_it(sign_in: SignIn, work: Any) -> None:
    admin = await sign_in("admin")
    item_id, _ = await deleted_item(work, admin)
    answer = await admin.patch(f"/api/equipment/{item_id}", json={"notes": "x", "version": 1})
    assert answer.status_code == 404
    told = answer.json()
    assert told["details"]["deleted_by"].startswith("Jonas")
    assert told["details"]["deleted_at"].endswith("+00:00")
