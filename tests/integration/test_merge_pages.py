"""Two people with the same record open: what fits together is merged, what does not is asked."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import httpx
import pytest

from app.db.models import Category
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units, edit_unit
from app.lib import editing
from app.lib.clock import now
from tests.integration.item_steps import add_item, fields_of, form_of, item_row

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]


def dialog_of(page: str) -> str:
    found = re.search(r"<dialog[^>]*data-merge.*?</dialog>", page, re.DOTALL)
    assert found, "no merge dialog on the page"
    return found.group()


def toast_of(response: httpx.Response) -> str:
    return unescape(" ".join(re.findall(r'class="av-toast.*?</p>', response.text, re.DOTALL)))


@pytest.fixture
async def item_id(work: Any) -> int:
    return await add_item(
        work, name="Robe MegaPointe", location="B-03", daily_rate="89.00", notes="Check the gobo wheel."
    )


async def test_different_fields_are_both_kept_and_both_are_told(
    item_id: int, sign_in: SignIn, app: Any
) -> None:
    ana, mei = await sign_in("manager"), await sign_in("technician")
    mine = await form_of(mei, item_id)
    theirs = await form_of(ana, item_id)

    saved = await ana.post(f"/inventory/{item_id}/edit", data=theirs | {"daily_rate": "95"})
    assert saved.status_code == 303
    merged = await mei.post(
        f"/inventory/{item_id}/edit", data=mine | {"location": "B-04"}, follow_redirects=True
    )

    assert merged.status_code == 200
    row = await item_row(app, item_id)
    assert (row.location, str(row.daily_rate)) == ("B-04", "95.00")
    assert re.search(r"merged with \w+.s change of Day rate", toast_of(merged))
    assert "tone-plum" in merged.text
    history = await ana.get(f"/inventory/{item_id}/history")
    assert re.search(r"changed Location of|changed Location", history.text)
    assert "change of Day rate" in history.text


async def test_the_same_field_asks_with_both_values_and_the_text_is_still_there(
    item_id: int, sign_in: SignIn, app: Any
) -> None:
    ana, mei = await sign_in("manager"), await sign_in("technician")
    mine, theirs = await form_of(mei, item_id), await form_of(ana, item_id)
    await ana.post(
        f"/inventory/{item_id}/edit", data=theirs | {"daily_rate": "95", "turnaround_minutes": "180"}
    )

    refused = await mei.post(
        f"/inventory/{item_id}/edit", data=mine | {"daily_rate": "92", "notes": "Pan lock sticks <b>"}
    )

    assert refused.status_code == 409
    dialog = dialog_of(refused.text)
    for words in ("89.00", "95.00", "92.00", "Turnaround", "Will be saved"):
        assert words in dialog
    assert "open" in dialog.split(">", 1)[0].split()
    behind = refused.text.replace(dialog, "")
    assert "Pan lock sticks &lt;b&gt;" in behind
    assert fields_of(behind)["daily_rate"] == "92"
    assert fields_of(dialog)["notes"] == "Pan lock sticks <b>"
    assert fields_of(dialog)["turnaround_minutes"] == "180"
    row = await item_row(app, item_id)
    assert (str(row.daily_rate), row.notes) == ("95.00", "Check the gobo wheel.")


@pytest.mark.parametrize(
    ("answer", "rate"),
    [
        ({"merge_choice_daily_rate": "mine"}, "92.00"),
        ({"merge_choice_daily_rate": "theirs"}, "95.00"),
        ({"daily_rate": "93.5"}, "93.50"),
    ],
)
async def test_the_answer_is_saved_with_everything_else(
    item_id: int, sign_in: SignIn, app: Any, answer: dict[str, str], rate: str
) -> None:
    ana, mei = await sign_in("manager"), await sign_in("technician")
    mine, theirs = await form_of(mei, item_id), await form_of(ana, item_id)
    await ana.post(
        f"/inventory/{item_id}/edit", data=theirs | {"daily_rate": "95", "turnaround_minutes": "180"}
    )
    refused = await mei.post(
        f"/inventory/{item_id}/edit", data=mine | {"daily_rate": "92", "location": "B-04"}
    )

    saved = await mei.post(f"/inventory/{item_id}/edit", data=fields_of(dialog_of(refused.text)) | answer)

    assert saved.status_code == 303
    row = await item_row(app, item_id)
    assert (str(row.daily_rate), row.turnaround_minutes, row.location) == (rate, 180, "B-04")


async def test_an_undecided_field_is_asked_again(item_id: int, sign_in: SignIn, app: Any) -> None:
    ana, mei = await sign_in("manager"), await sign_in("technician")
    mine, theirs = await form_of(mei, item_id), await form_of(ana, item_id)
    await ana.post(f"/inventory/{item_id}/edit", data=theirs | {"daily_rate": "95", "notes": "Hers"})
    refused = await mei.post(f"/inventory/{item_id}/edit", data=mine | {"daily_rate": "92", "notes": "Mine"})

    half = fields_of(dialog_of(refused.text)) | {"merge_choice_notes": "mine"}
    again = await mei.post(f"/inventory/{item_id}/edit", data=half)

    assert again.status_code == 409
    dialog = dialog_of(again.text)
    assert "1 of 2 decided" in dialog
    assert (await item_row(app, item_id)).notes == "Hers"
    done = await mei.post(
        f"/inventory/{item_id}/edit",
        data=fields_of(dialog) | {"merge_choice_daily_rate": "theirs", "merge_choice_notes": "mine"},
    )
    assert done.status_code == 303
    row = await item_row(app, item_id)
    assert (str(row.daily_rate), row.notes) == ("95.00", "Mine")


async def test_a_second_conflict_while_deciding_brings_the_dialog_again(
    item_id: int, sign_in: SignIn, app: Any
) -> None:
    ana, mei = await sign_in("manager"), await sign_in("technician")
    mine, theirs = await form_of(mei, item_id), await form_of(ana, item_id)
    await ana.post(f"/inventory/{item_id}/edit", data=theirs | {"daily_rate": "95"})
    refused = await mei.post(f"/inventory/{item_id}/edit", data=mine | {"daily_rate": "92"})
    await ana.post(f"/inventory/{item_id}/edit", data=await form_of(ana, item_id) | {"daily_rate": "99"})

    answer = fields_of(dialog_of(refused.text)) | {"merge_choice_daily_rate": "mine"}
    again = await mei.post(f"/inventory/{item_id}/edit", data=answer)

    assert again.status_code == 409
    dialog = dialog_of(again.text)
    assert "99.00" in dialog
    assert "92.00" in dialog
    done = await mei.post(
        f"/inventory/{item_id}/edit", data=fields_of(dialog) | {"merge_choice_daily_rate": "mine"}
    )
    assert done.status_code == 303
    assert str((await item_row(app, item_id)).daily_rate) == "92.00"


async def test_a_form_left_open_overnight_still_merges(
    item_id: int, sign_in: SignIn, work: Any, app: Any
) -> None:
    mei = await sign_in("technician")
    mine = await form_of(mei, item_id)
    for rate in (90, 91, 92):
        async with work("manager") as unit_of_work:
            unit_of_work.moment = now() - timedelta(hours=14)
            await edit_equipment(unit_of_work, item_id, {"daily_rate": Decimal(f"{rate}.00")}, version=None)

    merged = await mei.post(f"/inventory/{item_id}/edit", data=mine | {"tags": "mover, tour"})

    assert merged.status_code == 303
    row = await item_row(app, item_id)
    assert (str(row.daily_rate), row.tags) == ("92.00", ["mover", "tour"])


async def test_what_does_not_read_keeps_the_form_as_it_was_typed(item_id: int, sign_in: SignIn) -> None:
    mei = await sign_in("technician")
    form = await form_of(mei, item_id)

    refused = await mei.post(f"/inventory/{item_id}/edit", data=form | {"daily_rate": "9O", "notes": "Kept"})

    assert refused.status_code == 422
    assert fields_of(refused.text)["daily_rate"] == "9O"
    assert "Kept" in refused.text
    assert "One thing needs another look" in refused.text


async def test_a_form_without_a_version_is_refused(item_id: int, sign_in: SignIn, app: Any) -> None:
    mei = await sign_in("technician")
    form = await form_of(mei, item_id)
    del form["version"]

    refused = await mei.post(f"/inventory/{item_id}/edit", data=form | {"location": "Z-99"})

    assert refused.status_code == 422
    assert (await item_row(app, item_id)).location == "B-03"


async def test_units_merge_in_their_dialog(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work("manager") as unit_of_work:
        [unit] = await add_units(unit_of_work, item_id, ["MRG-1"])
    mei = await sign_in("technician")
    partial = {"hx-request": "true", "hx-request-type": "partial"}
    form = fields_of((await mei.get(f"/units/{unit.id}/edit", headers=partial)).text)
    async with work("manager") as unit_of_work:
        await edit_unit(unit_of_work, unit.id, {"location": "Shelf 1", "serial_number": "4711"}, version=1)

    refused = await mei.post(f"/units/{unit.id}/edit", data=form | {"location": "Shelf 2"}, headers=partial)

    assert refused.status_code == 409
    assert "<html" not in refused.text
    answer = fields_of(dialog_of(refused.text)) | {"merge_choice_location": "mine"}
    saved = await mei.post(f"/units/{unit.id}/edit", data=answer, headers=partial)
    assert saved.headers["hx-redirect"] == f"/inventory/{item_id}/units"
    page = await mei.get(f"/inventory/{item_id}/units")
    assert "Shelf 2" in page.text
    assert "4711" in page.text


async def test_a_merge_that_makes_no_sense_is_said_at_the_field(
    item_id: int, sign_in: SignIn, work: Any, app: Any
) -> None:
    category_id = (await item_row(app, item_id)).category_id
    other_id = (await item_row(app, await add_item(work))).category_id
    async with work() as unit_of_work:
        sub = await editing.create(
            unit_of_work, Category(name="Movers", parent_id=category_id, icon="box", position=0)
        )
    mei = await sign_in("technician")
    mine = await form_of(mei, item_id)
    async with work("manager") as unit_of_work:
        await edit_equipment(unit_of_work, item_id, {"category_id": other_id}, version=1)

    refused = await mei.post(
        f"/inventory/{item_id}/edit", data=mine | {"category": f"{category_id}/{sub.id}", "notes": "Kept"}
    )

    assert refused.status_code == 422
    assert "This subcategory belongs to another category." in refused.text
    assert fields_of(refused.text)["notes"] == "Kept"
    assert (await item_row(app, item_id)).category_id == other_id
