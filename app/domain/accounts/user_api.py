"""People in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.accounts import service
from app.domain.accounts.api_queries import USER_ORDER, UserFilter, user_by_id, user_list, user_record
from app.domain.accounts.api_schemas import (
    ChangedUser,
    NewUser,
    PasswordLinkRecord,
    Role,
    UserRecord,
)
from app.domain.accounts.fields import USER_READERS
from app.domain.accounts.links import make_password_link
from app.lib.errors import InvalidInput
from app.lib.fields import clean, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import Answer, ApiRequest, EditTerms, ListAnswer, answer, api_router, list_answer, listing
from app.web.api_bodies import LARGEST_ID
from app.web.api_paging import PageRequest, page_of
from app.web.permissions import USER_READ, USER_WRITE
from app.web.state import runtime

UserId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]


@get("/users", capability=USER_READ, dependencies=listing())
async def list_users(
    reading: NamedDependency[AsyncConnection],
    paging: NamedDependency[PageRequest],
    q: Annotated[
        str, QueryParameter(description="Words in name, username, address, phone.", max_length=200)
    ] = "",
    role: FromQuery[Role | None] = None,
    active: FromQuery[bool | None] = None,
) -> Response[ListAnswer[UserRecord]]:
    """List people: filtered, sorted, page by page."""
    wanted = UserFilter(clean(q), role, active)
    return list_answer(await page_of(reading, user_list(wanted), USER_ORDER, paging, user_record))


@post("/users", capability=USER_WRITE)
async def create_user(
    work: NamedDependency[UnitOfWork], data: JSONBody[NewUser]
) -> Response[Answer[UserRecord]]:
    """Add a person, who cannot sign in before using a password link."""
    made = await service.create_user(work, _checked(data.given()))
    record = await user_by_id(work.session, made.id)
    return answer(record, version=record.version, location=f"/api/users/{made.id}")


@get("/users/{user_id:int}", capability=USER_READ)
async def get_user(
    reading: NamedDependency[AsyncConnection], user_id: UserId
) -> Response[Answer[UserRecord]]:
    """Get one person; the version is the ETag."""
    record = await user_by_id(reading, user_id)
    return answer(record, version=record.version)


@patch("/users/{user_id:int}", capability=USER_WRITE)
async def change_user(
    work: NamedDependency[UnitOfWork],
    user_id: UserId,
    data: JSONBody[ChangedUser],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[UserRecord]]:
    """Change the fields given. A new role holds from the person's next request on."""
    version = terms.version(data.version)
    await service.edit_user(work, user_id, _checked(data.given()), version=version, strategy=terms.strategy)
    record = await user_by_id(work.session, user_id)
    return answer(record, version=record.version)


@post("/users/{user_id:int}/deactivation", capability=USER_WRITE, status_code=200)
async def deactivate_user(work: NamedDependency[UnitOfWork], user_id: UserId) -> Response[Answer[UserRecord]]:
    """Lock a person out: all sessions and tokens end at once."""
    await service.deactivate(work, user_id)
    record = await user_by_id(work.session, user_id)
    return answer(record, version=record.version)


@delete("/users/{user_id:int}/deactivation", capability=USER_WRITE, status_code=200)
async def reactivate_user(work: NamedDependency[UnitOfWork], user_id: UserId) -> Response[Answer[UserRecord]]:
    """Let a person sign in again."""
    await service.reactivate(work, user_id)
    record = await user_by_id(work.session, user_id)
    return answer(record, version=record.version)


@post("/users/{user_id:int}/password-link", capability=USER_WRITE)
async def create_password_link(
    request: ApiRequest, work: NamedDependency[UnitOfWork], user_id: UserId
) -> Response[Answer[PasswordLinkRecord]]:
    """Make a link with which the person chooses a new password, once. Earlier ones stop working."""
    link = await make_password_link(work, user_id)
    address = runtime(request).settings.public_url or str(request.base_url).rstrip("/")
    return answer(PasswordLinkRecord(f"{address}/password/{link.token}", str(wire(link.expires_at))))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The same rules for names and addresses as in the pages. Raises InvalidInput."""
    fields = read_fields({name: str(value) for name, value in values.items()}, USER_READERS)
    if fields.errors:
        raise InvalidInput(fields.errors)
    return fields.values


API = api_router(
    "Users",
    [list_users, create_user, get_user, change_user, deactivate_user, reactivate_user, create_password_link],
)
