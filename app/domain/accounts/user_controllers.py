"""The people of the company: looked at by managers, looked after by admins."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models.user import ROLES
from app.domain.accounts.descriptions import USER_FIELDS
from app.domain.accounts.fields import USER_READERS
from app.domain.accounts.links import PASSWORD_LINK_HOURS, PasswordLink, make_password_link
from app.domain.accounts.queries import (
    SessionRow,
    UserDetails,
    UserFilter,
    count_users,
    list_users,
    sessions_of,
    user_details,
    users_by_id,
)
from app.domain.accounts.service import create_user, edit_user
from app.lib.fields import clean, identifiers, read_fields
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import ROLE_LABELS, USER_READ, USER_WRITE
from app.web.render import page, partial, redirect
from app.web.state import public_address, viewer_of

_MAXIMUM_IDS = 200
ACTIVITY = (("yes", "Active"), ("no", "Deactivated"), ("all", "All"))


def provide_filter(
    q: FromQuery[str] = "", role: FromQuery[str] = "", active: FromQuery[str] = "yes"
) -> UserFilter:
    """Which people are wanted; what makes no sense is left out."""
    return UserFilter(
        q=clean(q)[:100],
        role=role if role in ROLES else "",
        active=active if active in dict(ACTIVITY) else "yes",
    )


_FILTERED = {"wanted": Provide(provide_filter, sync_to_thread=False)}


@get("/users", capability=USER_READ, dependencies=_FILTERED, include_in_schema=False)
async def users_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    wanted: NamedDependency[UserFilter],
    after: FromQuery[str] = "",
) -> Response[str]:
    """The table of people, or further rows of it."""
    users, following = await list_users(reading, wanted, after=after)
    return page(
        request,
        "accounts/users.html",
        partial="accounts/_user_rows.html" if after else "accounts/_users.html",
        users=users,
        total=await count_users(reading, wanted),
        wanted=wanted,
        following=following,
        roles=tuple(ROLE_LABELS.items()),
        role_labels=ROLE_LABELS,
        activity=ACTIVITY,
    )


@get("/users/rows", capability=USER_READ, dependencies=_FILTERED, include_in_schema=False)
async def user_rows(
    request: Request[Any, Any, Any],
    reading: Connection,
    wanted: NamedDependency[UserFilter],
    ids: FromQuery[str] = "",
    new: FromQuery[str] = "",
) -> Response[str]:
    """Rows that were changed by others, and how many new ones would be shown now."""
    changed, fresh = identifiers(ids, _MAXIMUM_IDS), identifiers(new, _MAXIMUM_IDS)
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


@get("/users/new", capability=USER_WRITE, include_in_schema=False)
async def new_user(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for a new person."""
    return _new(request, {"role": "employee"})


@post("/users/new", capability=USER_WRITE, include_in_schema=False)
async def add_user(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Create a person and show the link to choose a password, which is not shown again."""
    form = await form_text(request)
    with rejecting(lambda errors: _new(request, form, errors)):
        values = read_fields(dict.fromkeys(USER_READERS, "") | form, USER_READERS).checked()
        user = await create_user(work, values)
        link = await make_password_link(work, user.id)
    response = show_link(request, link, created=True)
    # where this page would lead when it is loaded again: the link is shown only once
    response.headers["HX-Push-Url"] = f"/users/{user.id}"
    return response


def _new(
    request: Request[Any, Any, Any], form: dict[str, str], errors: dict[str, str] | None = None
) -> Response[str]:
    return page(
        request,
        "accounts/user_new.html",
        status=422 if errors else 200,
        form=dict.fromkeys(USER_READERS, "") | form,
        errors=errors or {},
        roles=tuple(ROLE_LABELS.items()),
    )


@get("/users/{user_id:int}", capability=USER_READ, include_in_schema=False)
async def user_page(request: Request[Any, Any, Any], reading: Connection, user_id: PathId) -> Response[str]:
    """One person: facts for managers, a form and the sessions for admins."""
    person, sessions = await _person(request, reading, user_id)
    form = EditForm(typed_values(person, USER_FIELDS, USER_READERS), person.version)
    return _user(request, person, sessions, form)


@post("/users/{user_id:int}", capability=USER_WRITE, include_in_schema=False)
async def save_user(request: Request[Any, Any, Any], work: Work, user_id: PathId) -> Response[str]:
    """Save what an admin changed, merged with what others did."""
    person, sessions = await _person(request, await work.session.connection(), user_id)
    answer = merge_answer(await form_text(request))
    with saving(request, answer, USER_FIELDS, lambda form: _user(request, person, sessions, form)):
        values = read_fields(answer.typed, USER_READERS).checked()
        edit = await edit_user(work, user_id, values, version=answer.version)
    toast = replace(saved_toast(request, edit, USER_FIELDS), undo_url=None)
    return redirect(request, f"/users/{user_id}", toast=toast)


async def _person(
    request: Request[Any, Any, Any], reading: AsyncConnection, user_id: int
) -> tuple[UserDetails, list[SessionRow]]:
    """The person; where they are signed in is for admins alone."""
    person = await user_details(reading, user_id)
    return person, await sessions_of(reading, user_id) if viewer_of(request).can(USER_WRITE) else []


def _user(
    request: Request[Any, Any, Any], person: UserDetails, sessions: list[SessionRow], form: EditForm
) -> Response[str]:
    return page(
        request,
        "accounts/user.html",
        status=form.status,
        **form.context,
        user=person,
        sessions=sessions,
        form=dict.fromkeys(USER_READERS, "") | form.typed,
        roles=tuple(ROLE_LABELS.items()),
        role_label=ROLE_LABELS[person.role],
    )


def show_link(request: Request[Any, Any, Any], link: PasswordLink, *, created: bool) -> Response[str]:
    """The page with a fresh link: the only time it can be read."""
    return page(
        request,
        "accounts/link.html",
        user=link.user,
        address=f"{public_address(request)}/password/{link.token}",
        expires_at=link.expires_at,
        hours=PASSWORD_LINK_HOURS,
        created=created,
    )


HANDLERS = [users_page, user_rows, new_user, add_user, user_page, save_user]
