"""The people of the company: looked at by managers, looked after by admins."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models.user import ROLES
from app.domain.accounts.descriptions import USER_FIELDS
from app.domain.accounts.fields import USER_READERS
from app.domain.accounts.links import PASSWORD_LINK_HOURS, PasswordLink, make_password_link
from app.domain.accounts.queries import (
    PAGE,
    SessionRow,
    UserDetails,
    UserFilter,
    list_users,
    sessions_of,
    user_details,
    users_by_id,
)
from app.domain.accounts.service import create_user, edit_user
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text, rejecting
from app.web.merging import MergeView, merge_answer, merge_view, saved_toast
from app.web.permissions import ROLE_LABELS, USER_READ, USER_WRITE
from app.web.render import page, partial, redirect
from app.web.state import runtime, viewer_of

_MAXIMUM_OFFSET, _MAXIMUM_IDS = 100_000, 200
ACTIVITY = (("yes", "Active"), ("no", "Deactivated"), ("all", "All"))


@get("/users", capability=USER_READ, include_in_schema=False)
async def users_page(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    *,
    q: str = "",
    role: str = "",
    active: str = "yes",
    offset: int = 0,
) -> Response[str]:
    """The table of people, or further rows of it."""
    wanted, start = _filter(q, role, active), max(0, min(offset, _MAXIMUM_OFFSET))
    users, total = await list_users(reading, wanted, offset=start)
    return page(
        request,
        "accounts/users.html",
        partial="accounts/_user_rows.html" if start else "accounts/_users.html",
        users=users,
        total=total,
        wanted=wanted,
        following=start + PAGE if start + PAGE < total else None,
        roles=tuple(ROLE_LABELS.items()),
        role_labels=ROLE_LABELS,
        activity=ACTIVITY,
    )


@get("/users/rows", capability=USER_READ, include_in_schema=False)
async def user_rows(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    *,
    ids: str = "",
    new: str = "",
    q: str = "",
    role: str = "",
    active: str = "yes",
) -> Response[str]:
    """Rows that were changed by others, and how many new ones would be shown now."""
    wanted, changed, fresh = _filter(q, role, active), _ids(ids), _ids(new)
    found = {user.id: user for user in await users_by_id(reading, wanted, [*changed, *fresh])}
    return partial(
        request,
        "accounts/_user_changes.html",
        found=[found[key] for key in changed if key in found],
        gone=[key for key in changed if key not in found],
        arrived=sum(1 for key in fresh if key in found),
        wanted=wanted,
        role_labels=ROLE_LABELS,
    )


def _filter(q: str, role: str, active: str) -> UserFilter:
    return UserFilter(
        q=q.replace("\0", "")[:100].strip(),
        role=role if role in ROLES else "",
        active=active if active in {"yes", "no", "all"} else "yes",
    )


def _ids(text: str) -> list[int]:
    """The ids of a list with commas; what is none is left out."""
    parts = text.split(",")[:_MAXIMUM_IDS]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 18]  # noqa: PLR2004 - fits a bigint


@get("/users/new", capability=USER_WRITE, include_in_schema=False)
async def new_user(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for a new person."""
    return _new(request, {"role": "employee"}, {}, 200)


@post("/users", capability=USER_WRITE, include_in_schema=False)
async def add_user(request: Request[Any, Any, Any], work: UnitOfWork) -> Response[str]:
    """Create a person and show the link to choose a password, which is not shown again."""
    form = await form_text(request)
    with rejecting(lambda errors: _new(request, form, errors, 422)):
        fields = read_fields(dict.fromkeys(USER_READERS, "") | form, USER_READERS)
        if fields.errors:
            raise InvalidInput(fields.errors)
        user = await create_user(work, fields.values)
        link = await make_password_link(work, user.id)
    return show_link(request, link, created=True)


def _new(
    request: Request[Any, Any, Any], form: dict[str, str], errors: dict[str, str], status: int
) -> Response[str]:
    return page(
        request,
        "accounts/user_new.html",
        status=status,
        form=dict.fromkeys(USER_READERS, "") | form,
        errors=errors,
        roles=tuple(ROLE_LABELS.items()),
    )


@get("/users/{user_id:int}", capability=USER_READ, include_in_schema=False)
async def user_page(request: Request[Any, Any, Any], reading: AsyncConnection, user_id: int) -> Response[str]:
    """One person: facts for managers, a form and the sessions for admins."""
    person, sessions = await _person(request, reading, user_id)
    shown = {name: str(getattr(person, name)) for name in USER_READERS}
    return _user(request, person, sessions, shown, person.version)


@post("/users/{user_id:int}", capability=USER_WRITE, include_in_schema=False)
async def save_user(request: Request[Any, Any, Any], work: UnitOfWork, user_id: int) -> Response[str]:
    """Save what an admin changed, merged with what others did."""
    person, sessions = await _person(request, await work.session.connection(), user_id)
    answer = merge_answer(await form_text(request))
    fields = read_fields(answer.typed, USER_READERS)

    def again(status: int, errors: dict[str, str], merge: MergeView | None = None) -> Response[str]:
        return _user(
            request, person, sessions, answer.typed, answer.version, status=status, errors=errors, merge=merge
        )

    with rejecting(
        lambda errors: again(422, errors),
        lambda error: again(409, {}, merge_view(request, error, answer, USER_FIELDS)),
    ):
        if fields.errors:
            raise InvalidInput(fields.errors)
        edit = await edit_user(work, user_id, fields.values, version=answer.version)
    toast = replace(saved_toast(request, edit, USER_FIELDS), undo_url=None)
    return redirect(request, f"/users/{user_id}", toast=toast)


async def _person(
    request: Request[Any, Any, Any], reading: AsyncConnection, user_id: int
) -> tuple[UserDetails, list[SessionRow]]:
    """The person; where they are signed in is for admins alone."""
    person = await user_details(reading, user_id)
    return person, await sessions_of(reading, user_id) if viewer_of(request).can(USER_WRITE) else []


def _user(
    request: Request[Any, Any, Any],
    person: UserDetails,
    sessions: list[SessionRow],
    shown: dict[str, str],
    version: int,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    merge: MergeView | None = None,
) -> Response[str]:
    return page(
        request,
        "accounts/user.html",
        status=status,
        user=person,
        sessions=sessions,
        form=dict.fromkeys(USER_READERS, "") | shown,
        version=version,
        errors=errors or {},
        merge=merge,
        roles=tuple(ROLE_LABELS.items()),
        role_label=ROLE_LABELS[person.role],
    )


def show_link(request: Request[Any, Any, Any], link: PasswordLink, *, created: bool) -> Response[str]:
    """The page with a fresh link: the only time it can be read."""
    address = runtime(request).settings.public_url or str(request.base_url).rstrip("/")
    return page(
        request,
        "accounts/link.html",
        user=link.user,
        address=f"{address}/password/{link.token}",
        expires_at=link.expires_at,
        hours=PASSWORD_LINK_HOURS,
        created=created,
    )


HANDLERS = [users_page, user_rows, new_user, add_user, user_page, save_user]
