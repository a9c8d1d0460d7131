"""People in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from app.db.models import User
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
from app.lib.editing import Edit, Strategy
from app.lib.fields import clean, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import Answer, ApiRequest, ListAnswer, answer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.api_routes import Routes
from app.web.idempotency import SHOWN_ONCE
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import USER_READ, USER_WRITE
from app.web.state import public_address

USER = Routes("user", UserRecord, USERS, read=USER_READ, write=USER_WRITE)


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


async def _create(work: UnitOfWork, values: dict[str, Any]) -> User:
    return await service.create_user(work, _checked(values))


async def _edit(
    work: UnitOfWork, user_id: int, values: dict[str, Any], /, *, version: int | None, strategy: Strategy
) -> Edit:
    return await service.edit_user(work, user_id, _checked(values), version=version, strategy=strategy)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The same rules for names and addresses as in the pages. Raises InvalidInput."""
    return read_fields({name: str(value) for name, value in values.items()}, USER_READERS).checked()


API = api_router(
    "Users",
    [
        list_users,
        USER.creation(NewUser, _create, "Add a person, who cannot sign in before using a password link."),
        USER.single("Get one person; the version is the ETag."),
        USER.change(
            ChangedUser,
            _edit,
            "Change the fields given. A new role holds from the person's next request on.",
        ),
        deactivate_user,
        reactivate_user,
        create_password_link,
    ],
)
