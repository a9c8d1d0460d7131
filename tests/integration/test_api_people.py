"""Signing in, sessions, people and the change log through the JSON API."""

import asyncio
import itertools

import httpx
import pytest

from tests.conftest import PASSWORD, ROLES

_numbers = itertools.count(1)


@pytest.fixture
async def admin(sign_in):
    return await sign_in("admin")


def program(app, token=""):
    """A client without cookies."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test", headers=headers)


async def token_of(client, username, password=PASSWORD):
    answer = await client.post("/api/auth/login", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["token"]


async def new_user(admin, **fields):
    body = {"username": f"person{next(_numbers)}", "role": "technician"} | fields
    answer = await admin.post("/api/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def test_login_me_logout(app, client):
    answer = await client.post("/api/auth/login", json={"username": "Manager", "password": PASSWORD})
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"success", "data", "timestamp"}
    assert set(body["data"]) == {"token", "expires_at", "user"}
    assert body["data"]["user"]["username"] == "manager"
    assert "set-cookie" not in answer.headers
    async with program(app, body["data"]["token"]) as own:
        me = (await own.get("/api/auth/me")).json()["data"]
        assert (me["user"]["role"], "equipment.delete" in me["capabilities"]) == ("manager", True)
        listed = (await own.get("/api/sessions")).json()["data"]
        assert [one["kind"] for one in listed if one["current"]] == ["token"]
        assert (await own.post("/api/auth/logout")).status_code == 204
        assert (await own.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "manager", "password": "wrong-password"}, 401),
        ({"username": "nobody", "password": PASSWORD}, 401),
        ({"username": "a\u0000b", "password": "x\u0000"}, 401),
        ({"username": "manager"}, 422),
        ({"username": 5, "password": []}, 422),
        ({"username": "manager", "password": PASSWORD, "keep": True}, 422),
        ({"username": "x" * 300, "password": "x"}, 422),
    ],
)
async def test_login_refusals(client, body, status):
    answer = await client.post("/api/auth/login", json=body)
    assert answer.status_code == status, answer.text
    assert "token" not in answer.text


async def test_nobody_gets_in_without_a_good_token(app, client):
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"}):
        answer = await client.get("/api/equipment", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")
    session = await token_of(client, "viewer")
    async with program(app) as thief:
        thief.cookies.set("av_session", session)
        assert (await thief.get("/api/auth/me")).status_code == 401


async def test_a_cookie_needs_the_csrf_header_a_token_does_not(app, sign_in, client):
    browser = await sign_in("admin")
    del browser.headers["x-csrftoken"]
    answer = await browser.post("/api/categories", json={"name": "forged"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    async with program(app, await token_of(client, "admin")) as own:
        assert (await own.post("/api/categories", json={"name": "by program"})).status_code == 201


async def test_users_are_administered(admin):
    user = await new_user(admin, first_name="Mei", last_name="Tan", email="mei@example.com")
    path = f"/api/users/{user['id']}"
    assert (user["active"], user["version"]) == (True, 1)
    assert "password" not in " ".join(user)
    changed = await admin.patch(path, json={"role": "manager", "phone": "+49 40 1", "version": 1})
    assert (changed.json()["data"]["role"], changed.headers["etag"]) == ("manager", '"2"')
    assert (await admin.patch(path, json={"phone": "+49 40 2", "version": 1})).status_code == 409
    for wrong in (
        {"role": "owner"},
        {"username": "With Space"},
        {"email": "no"},
        {"phone": "abc"},
        {"active": False},
        {"password_hash": "x"},
        {"username": "ADMIN"},
    ):
        answer = await admin.patch(path, json=wrong | {"version": 2})
        assert answer.status_code == 422, answer.text
        assert set(answer.json()["details"]["fields"]) == set(wrong)
    found = (await admin.get("/api/users?q=mei tan&role=manager&active=true&sort=-username")).json()
    assert [one["id"] for one in found["data"]] == [user["id"]]
    link = await admin.post(f"{path}/password-link")
    assert link.status_code == 201
    assert "/password/" in link.json()["data"]["url"]
    own = (await admin.get("/api/auth/me")).json()["data"]["user"]
    itself = await admin.patch(f"/api/users/{own['id']}", json={"role": "viewer", "version": own["version"]})
    assert itself.status_code == 422
    assert (await admin.post(f"/api/users/{own['id']}/deactivation")).status_code == 409


async def test_deactivation_ends_tokens_at_once(app, admin, client):
    user = await new_user(admin)
    await set_password(app, user["id"])
    token = await token_of(client, user["username"])
    async with program(app, token) as own:
        assert (await own.get("/api/equipment")).status_code == 200
        locked = await admin.post(f"/api/users/{user['id']}/deactivation")
        assert locked.json()["data"]["active"] is False
        assert (await own.get("/api/equipment")).status_code == 401
        again = await admin.delete(f"/api/users/{user['id']}/deactivation")
        assert again.json()["data"]["active"] is True
        assert (await own.get("/api/equipment")).status_code == 401
    async with program(app, await token_of(client, user["username"])) as own:
        assert (await own.get("/api/equipment")).status_code == 200
        version = (await admin.get(f"/api/users/{user['id']}")).json()["data"]["version"]
        await admin.patch(f"/api/users/{user['id']}", json={"role": "viewer", "version": version})
        assert (await own.post("/api/categories", json={"name": "late"})).status_code == 403


async def set_password(app, user_id):
    from app.db.models import User
    from app.domain.accounts import sign_in as accounts
    from app.lib import editing
    from app.lib.unit_of_work import SYSTEM, unit_of_work

    async with unit_of_work(app.app.state.runtime.sessions, SYSTEM) as work:
        await accounts.set_password(work, await editing.lock(work, User, user_id), PASSWORD)


async def test_sessions_of_others_are_the_admins_business(app, client, admin):
    token = await token_of(client, "employee")
    async with program(app, token) as own, program(app, await token_of(client, "viewer")) as other:
        me = (await own.get("/api/auth/me")).json()["data"]
        session, user = me["session_id"], me["user"]["id"]
        assert (await other.get(f"/api/sessions?user_id={user}")).status_code == 403
        assert (await other.delete(f"/api/sessions/{session}")).status_code == 404
        listed = (await admin.get(f"/api/sessions?user_id={user}&limit=200")).json()["data"]
        assert session in [one["id"] for one in listed]
        assert "token" not in {name for one in listed for name in one}
        assert (await admin.delete(f"/api/sessions/{session}")).status_code == 204
        assert (await own.get("/api/auth/me")).status_code == 401
        mine = (await other.get("/api/auth/me")).json()["data"]["session_id"]
        assert (await other.delete(f"/api/sessions/{mine}")).status_code == 204
        assert (await other.get("/api/auth/me")).status_code == 401


MATRIX = [
    ("GET", "/api/equipment", None, "viewer employee technician manager admin"),
    ("GET", "/api/units", None, "viewer employee technician manager admin"),
    ("GET", "/api/categories", None, "viewer employee technician manager admin"),
    ("GET", "/api/maintenance", None, "viewer employee technician manager admin"),
    ("GET", "/api/sessions", None, "viewer employee technician manager admin"),
    ("GET", "/api/users", None, "manager admin"),
    ("GET", "/api/users/1", None, "manager admin"),
    ("GET", "/api/changes", None, "manager admin"),
    ("POST", "/api/equipment", {}, "technician manager admin"),
    ("PATCH", "/api/equipment/987654321", {}, "technician manager admin"),
    ("PUT", "/api/equipment/987654321", {}, "technician manager admin"),
    ("DELETE", "/api/equipment/987654321", None, "manager admin"),
    ("POST", "/api/equipment/987654321/restoration", None, "manager admin"),
    ("DELETE", "/api/equipment/987654321/photo", None, "technician manager admin"),
    ("POST", "/api/equipment/987654321/units", {}, "technician manager admin"),
    ("PATCH", "/api/units/987654321", {}, "technician manager admin"),
    ("DELETE", "/api/units/987654321", None, "manager admin"),
    ("POST", "/api/categories", {}, "technician manager admin"),
    ("PUT", "/api/categories/987654321/position", {"position": 0}, "technician manager admin"),
    ("POST", "/api/categories/987654321/merge", {"into_id": 987654322}, "technician manager admin"),
    ("DELETE", "/api/categories/987654321", None, "manager admin"),
    ("POST", "/api/maintenance", {}, "employee technician manager admin"),
    ("PATCH", "/api/maintenance/987654321", {}, "technician manager admin"),
    ("DELETE", "/api/maintenance/987654321", None, "technician manager admin"),
    ("POST", "/api/maintenance/987654321/transition", {"state": "resolved"}, "technician manager admin"),
    ("POST", "/api/users", {}, "admin"),
    ("PATCH", "/api/users/987654321", {}, "admin"),
    ("POST", "/api/users/987654321/deactivation", None, "admin"),
    ("DELETE", "/api/users/987654321/deactivation", None, "admin"),
    ("POST", "/api/users/987654321/password-link", None, "admin"),
]


@pytest.mark.parametrize("role", ROLES)
async def test_roles(sign_in, role):
    client = await sign_in(role)
    for method, path, body, allowed in MATRIX:
        answer = await client.request(method, path, json=body)
        if role in allowed.split():
            assert answer.status_code in {200, 404, 422}, f"{role} {method} {path}: {answer.text}"
        else:
            assert answer.status_code == 403, f"{role} {method} {path}: {answer.text}"


async def test_the_change_log_and_undo(admin, sign_in):
    category = (await admin.post("/api/categories", json={"name": f"Log {next(_numbers)}"})).json()["data"]
    path = f"/api/categories/{category['id']}"
    await admin.patch(path, json={"icon": "bulb", "version": 1})
    query = f"/api/changes?entity=category&entity_id={category['id']}"
    log = (await admin.get(query)).json()
    assert [one["action"] for one in log["data"]] == ["category.updated", "category.created"]
    change = log["data"][0]
    assert change["fields"] == {"icon": {"before": "box", "after": "bulb"}}
    assert (await admin.get(f"/api/changes/{change['id']}")).json()["data"] == change
    assert len((await admin.get(f"{query}&action=category.updated")).json()["data"]) == 1
    assert (await admin.get(f"{query}&actor_id={change['actor_id']}&since=2999-01-01T00:00:00Z")).json()[
        "data"
    ] == []
    first = (await admin.get(f"{query}&limit=1")).json()
    rest = (await admin.get(f"{query}&limit=1&cursor={first['pagination']['next_cursor']}")).json()
    assert [one["action"] for one in rest["data"]] == ["category.created"]
    assert rest["pagination"]["next_cursor"] is None

    viewer = await sign_in("viewer")
    assert (await viewer.post(f"/api/changes/{change['id']}/undo")).status_code == 403
    undone = await admin.post(f"/api/changes/{change['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["data"]["undoes_id"] == change["id"]
    assert (await admin.get(path)).json()["data"]["icon"] == "box"
    assert (await admin.post(f"/api/changes/{change['id']}/undo")).status_code == 409
    assert (await admin.post("/api/changes/987654321/undo")).status_code == 404


async def test_requests_that_are_refused_keep_no_connection(app, admin):
    pool = app.app.state.runtime.engine.pool
    await asyncio.gather(*(admin.get("/api/equipment?limit=x&updated_since=naive") for _ in range(40)))
    await asyncio.gather(*(admin.get("/api/maintenance?due_before=naive") for _ in range(40)))
    await asyncio.gather(*(admin.delete("/api/units/1?version=1&strategy=guess") for _ in range(40)))
    await asyncio.gather(*(admin.patch("/api/units/1", json={"asset_tag": 5}) for _ in range(40)))
    assert pool.checkedout() == 0
