"""Commands on people: create, edit, deactivate, and what everybody may do to the own account."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import func, select

from app.config import RateLimit
from app.db.models import Session, User
from app.domain.accounts.sign_in import (
    SignIn,
    end_sessions_of,
    open_session,
    password_attempt,
    set_password,
)
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.passwords import password_matches, password_problem
from app.lib.unit_of_work import UnitOfWork
from app.web.rate_limits import RateLimits

OWN_FIELDS = frozenset(
    {"first_name", "last_name", "email", "phone", "time_zone", "locale", "theme", "shortcuts", "avatar"}
)
ADMINISTERED_FIELDS = frozenset({"username", "first_name", "last_name", "email", "phone", "role"})

log = structlog.get_logger("app.accounts")


async def create_user(work: UnitOfWork, values: Mapping[str, Any]) -> User:
    """Add a person who cannot sign in yet: give out a password link, or set a password.

    `values` are Python values by field name; username and role are required. Raises InvalidInput, also
    for a username or e-mail address that is taken.
    """
    _only(values, ADMINISTERED_FIELDS)
    missing = {
        name: message
        for name, message in (("username", "Choose a username."), ("role", "Choose a role."))
        if not values.get(name)
    }
    if missing:
        raise InvalidInput(missing)
    await _check_taken(work, None, values)
    return await editing.create(work, User(**values))


async def edit_user(
    work: UnitOfWork,
    user_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change what admins decide about a person; a new role holds from the person's next request on.

    Raises NotFound, EditConflict, and InvalidInput for taken names and for a role that must stay: one's
    own, and that of the last active admin.
    """
    _only(values, ADMINISTERED_FIELDS)
    admins = await _lock_admins(work) if "role" in values else []
    user = await editing.lock(work, User, user_id)
    if values.get("role", user.role) != user.role:
        if user.id == work.actor.id:
            raise InvalidInput({"role": "You cannot change your own role. Ask another admin."})
        if admins == [user.id]:
            raise InvalidInput({"role": "This is the last active admin. Make somebody else an admin first."})
    await _check_taken(work, user, values)
    return await editing.edit(work, user, values, version=version, strategy=strategy)


async def edit_profile(
    work: UnitOfWork,
    user_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change what people decide about themselves. Raises NotFound, EditConflict, InvalidInput."""
    _only(values, OWN_FIELDS)
    user = await editing.lock(work, User, user_id)
    await _check_taken(work, user, values)
    return await editing.edit(work, user, values, version=version, strategy=strategy)


async def deactivate(work: UnitOfWork, user_id: int) -> User:
    """Lock a person out: all sessions end now, the history keeps the name.

    Raises NotFound, or Conflict for oneself and for the last active admin.
    """
    admins = await _lock_admins(work)
    user = await editing.lock(work, User, user_id)
    if user.id == work.actor.id:
        raise Conflict("You cannot deactivate your own account. Ask another admin.")
    if admins == [user.id]:
        raise Conflict("This is the last active admin. Make somebody else an admin first.")
    await editing.edit(work, user, {"active": False}, version=None, action="user.deactivated")
    await end_sessions_of(work, user)
    return user


async def reactivate(work: UnitOfWork, user_id: int) -> User:
    """Let a person sign in again, with the password from before. Raises NotFound."""
    user = await editing.lock(work, User, user_id)
    await editing.edit(work, user, {"active": True}, version=None, action="user.reactivated")
    return user


async def change_password(
    work: UnitOfWork,
    limits: RateLimits,
    limit: RateLimit,
    user_id: int,
    *,
    current: str,
    new: str,
    session_id: int | None = None,
    user_agent: str = "",
) -> SignIn:
    """Replace one's own password, end all sessions and open a fresh one that is kept as `session_id` was.

    Raises InvalidInput at `current` when it is not the password, at `new` when the new one will not do,
    and TooManyRequests after too many wrong ones.
    """
    async with password_attempt(work, limits, limit, [f"password:{user_id}"]):
        user = await editing.lock(work, User, user_id)
        if not await password_matches(current, user.password_hash):
            log.warning("password_change_refused", username=user.username, ip=work.actor.ip)
            raise InvalidInput({"current": "This is not your present password."})
    problem = password_problem(new, user.username)
    if problem is None and new == current:
        problem = "Choose another one than before."
    if problem:
        raise InvalidInput({"new": problem})
    keep = await work.session.scalar(select(Session.keep).where(Session.id == session_id))
    await set_password(work, user, new)
    await end_sessions_of(work, user)
    return await open_session(work, user, kind="browser", keep=bool(keep), user_agent=user_agent)


async def end_all_sessions(work: UnitOfWork, user_id: int, *, but: int | None = None) -> int:
    """End the sessions of a person, perhaps but one. Returns how many; raises NotFound."""
    return await end_sessions_of(work, await editing.lock(work, User, user_id), but=but)


def _only(values: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Fields that are not this command's to change are refused, whoever passes them on."""
    foreign = sorted(set(values) - allowed)
    if foreign:
        raise InvalidInput(dict.fromkeys(foreign, "This cannot be changed here."))


async def _lock_admins(work: UnitOfWork) -> list[int]:
    """The active admins, held until the transaction ends, so that two commands cannot remove the last two."""
    statement = (
        select(User.id)
        .where(User.role == "admin", User.active)
        .order_by(User.id)
        .with_for_update(key_share=True)
    )
    return list((await work.session.scalars(statement)).all())


async def _check_taken(work: UnitOfWork, user: User | None, values: Mapping[str, Any]) -> None:
    """Names and addresses that belong to somebody else. The database holds the same, without the words."""
    errors: dict[str, str] = {}
    own = user.id if user else 0
    for name, column, message in (
        ("username", User.username, "This username is taken."),
        ("email", User.email, "This e-mail address belongs to somebody else."),
    ):
        wanted = values.get(name)
        if not wanted or (user is not None and wanted == getattr(user, name)):
            continue
        found = select(User.id).where(func.lower(column) == wanted.lower(), User.id != own).limit(1)
        if await work.session.scalar(found) is not None:
            errors[name] = message
    if errors:
        raise InvalidInput(errors)
