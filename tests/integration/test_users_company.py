"""The settings of the company."""

from typing import Any

import pytest

from app.domain.company.service import edit_company

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
