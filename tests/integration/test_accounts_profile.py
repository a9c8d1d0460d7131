"""The own account: fields, merge, theme, picture, password, sessions."""

import io
import re
from dataclasses import replace

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from app.config import RateLimit
from app.domain.accounts.service import edit_profile, edit_user
from app.lib.errors import InvalidInput
from app.web.authentication import SESSION_COOKIE
from tests.applications import application
from tests.conftest import PASSWORD, _user
from tests.integration.guests import browser, log_in, take_token

NEW = "quite-another-phrase"


def fields(page: httpx.Response, action: str = "/profile") -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = re.search(rf'<form[^>]*action="{action}"[^>]*novalidate.*?</form>', page.text, re.DOTALL)
    assert form
    found = dict(re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="(\w+)"', form[0]))
    sent = {name: value for value, name in found.items() if name not in {"theme", "shortcuts"}}
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return sent | dict(hidden)


async def test_a_profile_is_saved_and_shown(sign_in):
    client = await sign_in("viewer")
    form = fields(await client.get("/profile"))
    wanted = {"first_name": "Zoë", "phone": "+49 40 1234", "time_zone": "Asia/Tokyo", "locale": "de_DE"}
    answer = await client.post("/profile", data={**form, **wanted, "theme": "dark", "shortcuts": "0"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile")
    page = await client.get("/profile")
    for value in wanted.values():
        assert f'"{value}"' in page.text
    assert 'data-theme="dark"' in page.text
    assert 'data-shortcuts="off"' in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("locale", "xx_XX"),
        ("theme", "purple"),
        ("email", "no at sign"),
        ("email", "manager-is-taken"),
        ("phone", "call me"),
        ("first_name", "x" * 81),
    ],
)
async def test_what_does_not_fit_comes_back_with_a_message(sign_in, field, value):
    client = await sign_in("employee")
    form = fields(await client.get("/profile"))
    typed = "jonas.lindqvist@northlight.example" if value == "manager-is-taken" else value
    answer = await client.post("/profile", data={**form, field: typed, "last_name": "<b>kept</b>"})
    assert answer.status_code == 422
    assert f'id="{field}' in answer.text
    assert "&lt;b&gt;kept&lt;/b&gt;" in answer.text
    assert "<b>kept</b>" not in answer.text


async def test_edits_of_a_person_and_an_admin_merge(sign_in, work):
    client = await sign_in("technician")
    form = fields(await client.get("/profile"))
    async with work() as unit:
        user = await _user(unit, "technician")
        await edit_user(unit, user.id, {"last_name": "Okafor-Berg"}, version=user.version)
    answer = await client.post("/profile", data={**form, "phone": "+49 1"})
    assert answer.status_code == 303
    page = await client.get("/profile")
    assert "Okafor-Berg" in page.text
    assert "+49 1" in page.text
    assert "merged" in page.text


async def test_the_same_field_is_asked_about_and_then_saved(sign_in, work):
    client = await sign_in("manager")
    form = fields(await client.get("/profile"))
    async with work() as unit:
        user = await _user(unit, "manager")
        await edit_user(unit, user.id, {"phone": "+49 2"}, version=user.version)
    refused = await client.post("/profile", data={**form, "phone": "+49 3"})
    assert refused.status_code == 409
    assert "+49 2" in refused.text
    assert "+49 3" in refused.text
    assert 'id="merge"' in refused.text
    version = re.search(r'id="merge".*?name="version" value="(\d+)"', refused.text, re.DOTALL)
    assert version
    saved = await client.post("/profile", data={**form, "phone": "+49 3", "version": version[1]})
    assert saved.status_code == 303
    assert "+49 3" in (await client.get("/profile")).text


async def test_nobody_gives_themselves_a_role(sign_in, work):
    client = await sign_in("viewer")
    form = fields(await client.get("/profile"))
    await client.post("/profile", data={**form, "role": "admin", "active": "1", "username": "root"})
    async with work() as unit:
        user = await _user(unit, "viewer")
        assert user.role == "viewer"
        with pytest.raises(InvalidInput):
            await edit_profile(unit, user.id, {"role": "admin"}, version=None)


async def test_the_theme_is_remembered_without_a_version(sign_in):
    client = await sign_in("employee")
    for theme, mark in (("light", 'data-theme="light"'), ("dark", 'data-theme="dark"'), ("system", "<html")):
        assert (await client.post("/profile/theme", data={"theme": theme})).status_code == 204
        assert mark in (await client.get("/profile")).text
    assert "data-theme=" not in (await client.get("/profile")).text.split(">")[1]
    assert (await client.post("/profile/theme", data={"theme": "pink"})).status_code == 422


def picture(size: tuple[int, int] = (300, 200)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "PNG")
    return buffer.getvalue()


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "me.png") -> httpx.Response:
    return await client.post("/profile/avatar", files={"avatar": (name, content, "image/png")})


async def test_a_picture_is_taken_and_removed(app, sign_in, work):
    client = await sign_in("admin")
    assert (await upload(client, picture())).status_code == 303
    async with work() as unit:
        name = (await _user(unit, "admin")).avatar
    assert app.app.state.runtime.files.exists(name)
    assert f"/photos/{name}" in (await client.get("/profile")).text
    assert (await client.post("/profile/avatar/removal")).status_code == 303
    assert "/photos/" not in (await client.get("/profile")).text


async def test_others_see_the_picture_in_the_face(sign_in, work):
    client, colleague = await sign_in("admin"), await sign_in("manager")
    assert (await upload(client, picture())).status_code == 303
    async with work() as unit:
        name = (await _user(unit, "admin")).avatar
    for path in ("/users", "/activity"):
        assert f'<img src="/photos/{name}"' in (await colleague.get(path)).text, path
    assert (await client.post("/profile/avatar/removal")).status_code == 303


async def test_a_file_that_is_no_picture_is_refused_at_its_field(sign_in):
    client = await sign_in("admin")
    answer = await upload(client, b"<svg onload=alert(1)>", "me.svg")
    assert answer.status_code == 422
    assert "This is not a JPEG, PNG or WebP picture." in answer.text
    assert "Choose a picture first." in (await client.post("/profile/avatar")).text


async def test_uploads_are_limited_for_each_person(settings, sign_in):
    async with application(replace(settings, upload_rate_limit=RateLimit(2, 60))) as other:
        client = browser(other)
        client.cookies.update((signed := await sign_in("admin")).cookies)
        client.headers.update({"x-csrftoken": signed.headers["x-csrftoken"]})
        answers = [(await upload(client, picture())).status_code for _ in range(3)]
        assert answers == [303, 303, 429]
        assert int((await upload(client, picture())).headers["retry-after"]) > 0


async def test_a_new_password_ends_the_other_sessions_and_gives_this_one_a_new_secret(app, sign_in):
    client, elsewhere = await sign_in("employee"), await sign_in("employee")
    before = client.cookies[SESSION_COOKIE]
    for data, field in (
        ({"current": "wrong", "new": NEW}, "current-error"),
        ({"current": PASSWORD, "new": "short"}, "new-error"),
        ({"current": PASSWORD, "new": PASSWORD}, "new-error"),
        ({"current": PASSWORD, "new": "the-employee-phrase"}, "new-error"),
    ):
        answer = await client.post("/profile/password", data=data)
        assert answer.status_code == 422
        assert field in answer.text
    assert (await elsewhere.get("/profile")).status_code == 200
    answer = await client.post("/profile/password", data={"current": PASSWORD, "new": NEW})
    assert answer.status_code == 303
    after = answer.cookies[SESSION_COOKIE]
    assert after != before
    assert (await elsewhere.get("/profile")).status_code == 303
    visitor = browser(app)
    visitor.cookies.set(SESSION_COOKIE, before)
    assert (await visitor.get("/profile")).status_code == 303
    visitor.cookies.set(SESSION_COOKIE, after)
    assert (await visitor.get("/profile")).status_code == 200
    assert (await log_in(browser(app), "employee", NEW)).status_code == 303


async def test_guessing_the_present_password_is_throttled(settings, sign_in):
    async with application(replace(settings, login_rate_limit=RateLimit(2, 900))) as other:
        signed = await sign_in("viewer")
        client = browser(other)
        client.cookies.update(signed.cookies)
        client.headers.update({"x-csrftoken": signed.headers["x-csrftoken"]})
        data = {"current": "wrong", "new": NEW}
        answers = [(await client.post("/profile/password", data=data)).status_code for _ in range(3)]
        assert answers == [422, 422, 429]


async def test_who_must_change_the_password_does_nothing_else_first(sign_in, work):
    client = await sign_in("technician")
    async with work() as unit:
        await unit.session.execute(
            text("update user_account set must_change_password = true where username = 'technician'")
        )
    for path in ("/profile", "/users", "/profile/sessions"):
        answer = await client.get(path)
        assert answer.status_code in {303, 403}
        assert answer.headers.get("location", "/profile/password") == "/profile/password"
    assert (await client.get("/live")).status_code == 403
    assert (await client.get("/profile/password")).status_code == 200
    answer = await client.post("/profile/password", data={"current": PASSWORD, "new": NEW})
    assert answer.status_code == 303
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, answer.cookies[SESSION_COOKIE])
    assert (await client.get("/profile")).status_code == 200


async def test_people_see_and_end_their_own_sessions_only(sign_in, work):
    client, elsewhere, somebody = await sign_in("manager"), await sign_in("manager"), await sign_in("viewer")
    async with work() as unit:
        rows = (
            await unit.session.execute(text("select id, user_id from session order by id desc limit 2"))
        ).all()
        foreign, own = rows[0].id, rows[1].id
    page = (await client.get("/profile/sessions")).text
    assert "this one" in page
    assert f"/profile/sessions/{own}/end" in page
    assert f"/profile/sessions/{foreign}/end" not in page
    assert (await client.post(f"/profile/sessions/{foreign}/end")).status_code == 404
    assert (await somebody.get("/profile")).status_code == 200
    assert (await client.post(f"/profile/sessions/{own}/end")).status_code == 303
    assert (await elsewhere.get("/profile")).status_code == 303
    third = await sign_in("manager")
    assert (await client.post("/profile/sessions/end")).status_code == 303
    assert (await third.get("/profile")).status_code == 303
    assert (await client.get("/profile")).status_code == 200


async def test_a_guest_has_no_profile(client):
    await take_token(client)
    assert (await client.get("/profile")).headers["location"] == "/login?next=%2Fprofile"
