"""The people of the company: found, added, edited, locked out, let in."""

import asyncio
import base64
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.domain.accounts.queries import PAGE
from app.domain.accounts.service import create_user, deactivate, edit_user
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from app.web.authentication import SESSION_COOKIE
from tests.conftest import PASSWORD, _user
from tests.integration.guests import browser, log_in


async def id_of(work: Any, username: str) -> int:
    async with work() as unit:
        return (await _user(unit, username)).id


async def saved(client: httpx.AsyncClient, user_id: int, **changes: str) -> httpx.Response:
    """Open the page of a person, change some fields, save."""
    page = (await client.get(f"/users/{user_id}")).text
    form = dict.fromkeys(("first_name", "last_name", "email", "phone"), "")
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] in {"version", "username", *form}:
            form[name[1]] = value[1]
    role = re.search(r'<option value="(\w+)" selected', page)
    assert role
    return await client.post(f"/users/{user_id}", data={**form, "role": role[1], **changes})


async def test_the_table_is_searched_and_filtered(sign_in, work):
    async with work() as unit:
        await create_user(
            unit, {"username": "zoe", "first_name": "Zoë", "last_name": "Müller", "role": "viewer"}
        )
    client = await sign_in("manager")
    assert "Zoë Müller" in (await client.get("/users?q=muller zoe")).text
    assert "Zoë Müller" not in (await client.get("/users?q=muller&role=admin")).text
    assert "Nobody matches" in (await client.get("/users?q=%00%25_")).text
    assert "Mei Tan" in (await client.get("/users?role=admin&active=nonsense&after=nonsense")).text
    part = await client.get("/users?q=zoe", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert part.text.lstrip().startswith('<div class="av-stack" id="users">')


async def test_further_rows_begin_after_the_last_one_whoever_comes_or_goes(sign_in, work):
    async with work() as unit:
        for number in range(PAGE + 10):
            await create_user(unit, {"username": f"crew{number}", "first_name": "Crew", "role": "viewer"})
    client = await sign_in("manager")
    first = (await client.get("/users?q=crew")).text
    following = re.search(r'href="(/users\?[^"]*after=[^"]+)"', first)
    assert following
    async with work() as unit:
        # one before the place where the second page begins, which moved everybody down a row
        await create_user(unit, {"username": "crewel", "first_name": "Aaron", "role": "viewer"})
    part = {"hx-request": "true", "hx-request-type": "partial"}
    second = (await client.get(following[1].replace("&amp;", "&"), headers=part)).text
    shown = [re.findall(r'id="user-(\d+)"', page) for page in (first, second)]
    assert [len(rows) for rows in shown] == [PAGE, 10]
    assert not set(shown[0]) & set(shown[1])
    assert "after=" not in second


async def test_a_form_that_was_refused_is_there_again_when_loaded_again(sign_in):
    admin = await sign_in("admin")
    page = (await admin.get("/users/new")).text
    action = re.search(r'<form[^>]+action="(/users/new)"', page)
    assert action
    assert (await admin.post(action[1], data={"username": ""})).status_code == 422
    made = await admin.post(action[1], data={"username": "reload.me", "role": "viewer"})
    assert re.fullmatch(r"/users/\d+", made.headers["hx-push-url"])


async def test_rows_that_changed_are_fetched_alone(sign_in, work):
    client, user_id = await sign_in("manager"), await id_of(work, "viewer")
    rows = (await client.get(f"/users/rows?ids={user_id},x,99999999999999999999&new={user_id}")).text
    assert f'hx-target="#user-{user_id}" hx-swap="outerMorph"' in rows
    assert "One new person matches" in rows
    gone = (await client.get(f"/users/rows?ids={user_id}&role=admin")).text
    assert f'hx-target="#user-{user_id}" hx-swap="delete"' in gone


async def test_a_person_is_added_and_signs_in_through_the_link(app, sign_in):
    client = await sign_in("admin")
    data = {
        "username": "Lena.K",
        "first_name": "Lena",
        "last_name": "K",
        "email": "",
        "phone": "",
        "role": "viewer",
    }
    page = await client.post("/users/new", data={**data, "active": "0", "password_hash": "x"})
    assert page.status_code == 200
    link = re.search(r'value="(http://test/password/[\w-]{43})"', page.text)
    assert link
    guest = browser(app)
    assert "lena.k" in (await guest.get(link[1])).text
    assert (await log_in(guest, "lena.k", "")).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "has space"),
        ("username", "ADMIN"),
        ("email", "MEI.TAN@northlight.example"),
        ("email", "nonsense"),
        ("role", "owner"),
        ("role", ""),
    ],
)
async def test_what_does_not_fit_is_said_at_the_field(sign_in, field, value):
    client = await sign_in("admin")
    data = {"username": "fresh", "role": "viewer", "email": "", field: value}
    answer = await client.post("/users/new", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


async def test_edits_of_two_admins_merge_or_are_asked_about(sign_in, work):
    client, user_id = await sign_in("admin"), await id_of(work, "technician")
    async with work() as unit:
        before = (await _user(unit, "technician")).version
        await edit_user(unit, user_id, {"phone": "+49 7"}, version=before)
    person = {"username": "technician", "first_name": "Tom", "last_name": "O.", "role": "technician"}
    stale = {**person, "email": "tom.okafor@northlight.example", "version": str(before)}
    merged = await client.post(f"/users/{user_id}", data={**stale, "phone": "+49 40 555 01 43"})
    assert merged.status_code == 303
    async with work() as unit:
        user = await _user(unit, "technician")
        assert (user.phone, user.last_name) == ("+49 7", "O.")
    conflict = await client.post(f"/users/{user_id}", data={**stale, "phone": "+49 8"})
    assert conflict.status_code == 409
    assert 'id="merge"' in conflict.text


async def test_a_new_role_holds_from_the_next_request(sign_in, work):
    admin, employee = await sign_in("admin"), await sign_in("employee")
    assert (await employee.get("/users")).status_code == 403
    assert (await saved(admin, await id_of(work, "employee"), role="manager")).status_code == 303
    assert (await employee.get("/users")).status_code == 200
    assert (await saved(admin, await id_of(work, "employee"), role="employee")).status_code == 303
    assert (await employee.get("/users")).status_code == 403


async def test_deactivating_locks_out_at_once_and_for_good(app, sign_in, work):
    admin, viewer = await sign_in("admin"), await sign_in("viewer")
    token, user_id = viewer.cookies[SESSION_COOKIE], await id_of(work, "viewer")
    assert (await viewer.get("/profile")).status_code == 200
    assert (await admin.post(f"/users/{user_id}/deactivation")).status_code == 303
    assert (await viewer.get("/profile")).status_code == 303
    assert (await log_in(browser(app), "viewer", PASSWORD)).status_code == 422
    assert (await admin.post(f"/users/{user_id}/reactivation")).status_code == 303
    # the sessions from before stay ended
    viewer.cookies.set(SESSION_COOKIE, token)
    assert (await viewer.get("/profile")).status_code == 303
    assert (await log_in(browser(app), "viewer", PASSWORD)).status_code == 303


def toast_of(answer: httpx.Response) -> str:
    """What the next page will say: the cookie is for the whole site, the test client keeps it quoted."""
    value = answer.cookies["av_toast"].strip('"').split(".")[0]
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()


async def test_admins_cannot_shut_themselves_out(sign_in, work):
    client, own = await sign_in("admin"), await id_of(work, "admin")
    answer = await client.post(f"/users/{own}/deactivation")
    assert answer.status_code == 303
    assert "cannot deactivate your own account" in toast_of(answer)
    refused = await saved(client, own, role="viewer")
    assert refused.status_code == 422
    assert "cannot change your own role" in refused.text
    assert (await client.get("/users")).status_code == 200


async def test_the_last_active_admin_stays(work):
    own = await id_of(work, "admin")
    async with work("manager") as unit:
        with pytest.raises(Conflict):
            await deactivate(unit, own)
        with pytest.raises(InvalidInput):
            await edit_user(unit, own, {"role": "viewer"}, version=None)


async def test_two_admins_cannot_remove_each_other(work):
    own = await id_of(work, "admin")
    async with work() as unit:
        second = await create_user(unit, {"username": "second", "role": "admin"})

    async def remove(actor: str, victim: int) -> str:
        try:
            async with work(actor) as unit:
                await deactivate(unit, victim)
        except Conflict:
            return "kept"
        return "removed"

    assert sorted(await asyncio.gather(remove("admin", second.id), remove("second", own))) == [
        "kept",
        "removed",
    ]
    async with work() as unit:
        await unit.session.execute(text("update user_account set active = true where username = 'admin'"))


async def test_an_admin_sees_and_ends_the_sessions_of_a_person(sign_in, work):
    admin, manager = await sign_in("admin"), await sign_in("manager")
    employee, elsewhere = await sign_in("employee"), await sign_in("employee")
    user_id, other = await id_of(work, "employee"), await id_of(work, "viewer")
    ends = re.findall(rf"/users/{user_id}/sessions/(\d+)/end", (await admin.get(f"/users/{user_id}")).text)
    assert len(ends) >= 2
    assert "/sessions/" not in (await manager.get(f"/users/{user_id}")).text
    assert (await admin.post(f"/users/{other}/sessions/{ends[0]}/end")).status_code == 404
    assert (await admin.post(f"/users/{user_id}/sessions/{ends[0]}/end")).status_code == 303
    states = {(await client.get("/profile")).status_code for client in (employee, elsewhere)}
    assert states == {200, 303}
    assert (await admin.post(f"/users/{user_id}/sessions/end")).status_code == 303
    assert {(await client.get("/profile")).status_code for client in (employee, elsewhere)} == {303}
    own = await id_of(work, "admin")
    assert (await admin.post(f"/users/{own}/sessions/end")).status_code == 303
    assert (await admin.get("/profile")).status_code == 200


async def test_everything_is_in_the_change_log(sign_in, work):
    client, user_id = await sign_in("admin"), await id_of(work, "viewer")
    await client.post(f"/users/{user_id}/deactivation")
    await client.post(f"/users/{user_id}/reactivation")
    await client.post(f"/users/{user_id}/password-link")
    async with work() as unit:
        rows = (
            await unit.session.execute(
                text(
                    "select action, fields from change where (entity = 'user' and entity_id = :id "
                    "or parent_entity = 'user' and parent_id = :id) and entity <> 'session' "
                    "order by id desc limit 3"
                ),
                {"id": user_id},
            )
        ).all()
    assert [row.action for row in rows] == ["password_link.created", "user.reactivated", "user.deactivated"]
    assert rows[1].fields == {"active": [False, True]}


async def test_fields_of_others_are_refused(work):
    async with work() as unit:
        for foreign in ("password_hash", "must_change_password", "active", "version", "id"):
            with pytest.raises(InvalidInput):
                await create_user(unit, {"username": "mass", "role": "viewer", foreign: "1"})
        user = await _user(unit, "viewer")
        with pytest.raises(InvalidInput):
            await edit_user(unit, user.id, {"avatar": "x"}, version=None)
        assert await editing.present_version(unit, type(user), user.id) == user.version
