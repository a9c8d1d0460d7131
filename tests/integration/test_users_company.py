"""The settings of the company."""

import io
from typing import Any

import pytest
from PIL import Image

from app.domain.company.service import edit_company
from app.domain.operations.photo_files import forget_files
from app.web.company import load_company, read_company_again

COMPANY = {
    "name": "Northlight AV",
    "city": "Hamburg",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "locale": "en_GB",
}


async def version_of(work: Any) -> int:
    async with work() as unit:
        edit = await edit_company(unit, {}, version=None)
        assert edit.changed == ()
        company = await unit.session.get(*_company())
        return company.version


def _company() -> tuple[Any, int]:
    from app.db.models import Company

    return Company, 1


async def test_settings_are_saved_and_stand_on_every_page_at_once(sign_in, work):
    client = await sign_in("admin")
    form = {**COMPANY, "name": "Südlicht & Ton", "version": str(await version_of(work))}
    assert (await client.post("/settings", data=form)).status_code == 303
    page = (await client.get("/users")).text
    assert "Südlicht &amp; Ton" in page


async def test_settings_merge(sign_in, work):
    client, version = await sign_in("admin"), await version_of(work)
    async with work("admin") as unit:
        await edit_company(unit, {"city": "Bremen"}, version=version)
    async with work() as unit:
        company = await unit.session.get(*_company())
        present = {name: getattr(company, name) for name in COMPANY} | {"city": "Hamburg"}
    merged = await client.post("/settings", data={**present, "currency": "CHF", "version": str(version)})
    assert merged.status_code == 303
    page = (await client.get("/settings")).text
    assert 'value="Bremen"' in page
    assert '<option value="CHF" selected>' in page
    conflict = await client.post("/settings", data={**present, "city": "Kiel", "version": str(version)})
    assert conflict.status_code == 409
    assert 'id="merge"' in conflict.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("currency", "eur"), ("currency", "XXX"), ("time_zone", ""), ("locale", "../../etc")],
)
async def test_what_does_not_fit_is_said_at_the_field(sign_in, work, field, value):
    client = await sign_in("admin")
    answer = await client.post(
        "/settings", data={**COMPANY, "version": str(await version_of(work)), field: value}
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


async def test_an_impossible_version_is_refused(sign_in):
    client = await sign_in("admin")
    for version in ("", "x", "999999", "99999999999999999999"):
        answer = await client.post("/settings", data={**COMPANY, "version": version})
        assert answer.status_code == 422, version


DETAILS = {
    "address": "Speicherstraße 14\r\n20457 Hamburg",
    "phone": "+49 40 555 01 40",
    "email": "hire@northlight.example",
    "website": "northlight.example",
    "tax_number": "DE 214 555 018",
    "paper_size": "Letter",
    "binds_units": "later",
}


async def the_company(work: Any) -> Any:
    async with work() as unit:
        return await unit.session.get(*_company(), populate_existing=True)


async def test_what_stands_on_papers_and_the_steps_of_prep_are_saved(sign_in, work):
    client = await sign_in("admin")
    form = {**COMPANY, **DETAILS, "prep_steps": ["picked", "loaded", "tested"]}
    answer = await client.post("/settings", data={**form, "version": str(await version_of(work))})
    assert answer.status_code == 303
    company = await the_company(work)
    assert (company.address, company.paper_size) == ("Speicherstraße 14\n20457 Hamburg", "Letter")
    assert company.prep_steps == ["picked", "tested", "loaded"]
    page = (await client.get("/settings")).text
    assert 'name="prep_steps" value="picked" checked disabled' in page
    assert 'name="prep_steps" value="loaded" checked' in page
    assert 'name="prep_steps" value="packed">' in page
    only_picking = {**form, "prep_steps": ["picked"], "version": str(company.version)}
    assert (await client.post("/settings", data=only_picking)).status_code == 303
    assert (await the_company(work)).prep_steps == ["picked"]
    activity = (await client.get("/activity?record=company")).text
    assert "Pick, Test, Load" in activity
    assert "Steps of prep" in activity


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "x" * 501),
        ("email", "not an address"),
        ("paper_size", "A3"),
        ("prep_steps", ["picked", "washed"]),
    ],
)
async def test_details_that_do_not_fit_are_said_at_the_field(sign_in, work, field, value):
    client = await sign_in("admin")
    form = {**COMPANY, **DETAILS, "city": "Typed", field: value, "version": str(await version_of(work))}
    answer = await client.post("/settings", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Typed"' in answer.text


async def test_the_logo_is_made_anew_kept_and_taken_away(sign_in, work, app):
    client = await sign_in("admin")
    buffer = io.BytesIO()
    Image.new("RGBA", (400, 120), (0, 0, 128, 90)).save(buffer, "PNG")
    files = {"logo": ("logo.png", buffer.getvalue(), "image/png")}
    assert (await client.post("/settings/logo", files=files)).status_code == 303
    logo = (await the_company(work)).logo
    kept = Image.open(io.BytesIO((await client.get(f"/photos/{logo}")).content))
    assert (kept.format, kept.size, kept.mode) == ("WEBP", (400, 120), "RGBA")
    assert f'src="/photos/{logo}"' in (await client.get("/settings")).text
    for data in (b"", b"<svg/>"):
        refused = await client.post("/settings/logo", files={"logo": ("logo.svg", data, "image/svg+xml")})
        assert refused.status_code == 422
        assert 'id="logo-error"' in refused.text
    assert (await the_company(work)).logo == logo
    async with work() as unit:
        await forget_files(unit, app.app.state.runtime.files, [logo])
    assert (await client.post("/settings/logo/removal")).status_code == 303
    assert (await the_company(work)).logo is None
    assert (await client.get(f"/photos/{logo}")).status_code == 200
    manager = await sign_in("manager")
    assert (await manager.post("/settings/logo", files=files)).status_code == 403


async def test_what_is_under_way_keeps_the_company_while_a_change_passes_by(app, work):
    here = app.app.state.runtime
    before = await load_company(here)
    async with work("admin") as unit:
        await edit_company(unit, {"city": "Kiel"}, version=None)
    read_company_again(here)
    assert here.company == before, "a page that is being made has its company"
    assert (await load_company(here)).city == "Kiel"
