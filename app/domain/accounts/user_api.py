"""People in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from app.domain.accounts import service
from app.domain.accounts.api_queries import USERS
from app.domain.accounts.api_schemas import (
    ChangedUser,
    NewUser,
    PasswordLinkRecord,
    Role,
    UserRecord,
)
from app.domain.accounts.fields import USER_READERS
from app.domain.accounts.links import make_password_link
from app.domain.accounts.queries import user_conditions
from app.lib.fields import clean, read_fields
from app.lib.wire import wire
from app.web.api import Answer, ApiRequest, EditTerms, ListAnswer, answer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.idempotency import SHOWN_ONCE
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import USER_READ, USER_WRITE
from app.web.state import public_address


@get("/users", capability=USER_READ, dependencies=listing())
async def list_users(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    q: Annotated[
        str, QueryParameter(description="Words in name, username, address, phone.", max_length=200)
    ] = "",
    role: FromQuery[Role | None] = None,
    active: FromQuery[bool | None] = None,
) -> Response[ListAnswer[UserRecord]]:
    """List people: filtered, sorted, page by page."""
    return await USERS.page(reading, paging, user_conditions(q=clean(q), role=role, active=active))


@post("/users", capability=USER_WRITE)
async def create_user(work: Work, data: JSONBody[NewUser]) -> Response[Answer[UserRecord]]:
    """Add a person, who cannot sign in before using a password link."""
    made = await service.create_user(work, _checked(data.given()))
    return await USERS.created(work.session, made.id)


@get("/users/{user_id:int}", capability=USER_READ)
async def get_user(reading: Connection, user_id: PathId) -> Response[Answer[UserRecord]]:
    """Get one person; the version is the ETag."""
    return await USERS.answer(reading, user_id)


@patch("/users/{user_id:int}", capability=USER_WRITE)
async def change_user(
    work: Work,
    user_id: PathId,
    data: JSONBody[ChangedUser],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[UserRecord]]:
    """Change the fields given. A new role holds from the person's next request on."""
    version = terms.version(data.version)
    await service.edit_user(work, user_id, _checked(data.given()), version=version, strategy=terms.strategy)
    return await USERS.answer(work.session, user_id)


@post("/users/{user_id:int}/deactivation", capability=USER_WRITE, status_code=200)
async def deactivate_user(work: Work, user_id: PathId) -> Response[Answer[UserRecord]]:
    """Lock a person out: all sessions and tokens end at once."""
    await service.deactivate(work, user_id)
    return await USERS.answer(work.session, user_id)


@delete("/users/{user_id:int}/deactivation", capability=USER_WRITE, status_code=200)
async def reactivate_user(work: Work, user_id: PathId) -> Response[Answer[UserRecord]]:
    """Let a person sign in again."""
    await service.reactivate(work, user_id)
    return await USERS.answer(work.session, user_id)


@post("/users/{user_id:int}/password-link", capability=USER_WRITE, opt={SHOWN_ONCE: True})
async def create_password_link(
    request: ApiRequest, work: Work, user_id: PathId
) -> Response[Answer[PasswordLinkRecord]]:
    """Make a link with which the person chooses a new password, once. Earlier ones stop working."""
    link = await make_password_link(work, user_id)
    url = f"{public_address(request)}/password/{link.token}"
    return answer(PasswordLinkRecord(url, str(wire(link.expires_at))))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The same rules for names and addresses as in the pages. Raises InvalidInput."""
    return read_fields({name: str(value) for name, value in values.items()}, USER_READERS).checked()


API = api_router(
    "Users",
    [list_users, create_user, get_user, change_user, deactivate_user, reactivate_user, create_password_link],
)
