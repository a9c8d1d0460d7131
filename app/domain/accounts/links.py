"""Links that work once: whoever has one chooses a new password for the account it is for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.db.models import OneTimeLink, User
from app.domain.accounts.sign_in import SignIn, end_sessions_of, open_session, record_about, set_password
from app.lib import editing
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.passwords import password_problem
from app.lib.unit_of_work import Actor, UnitOfWork
from app.web.tokens import new_token, token_hash

PASSWORD_LINK_HOURS = 48


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """A fresh link: the secret for its address, whose password it sets, until when it works."""

    token: str
    user: User
    expires_at: datetime


async def make_password_link(work: UnitOfWork, user_id: int) -> PasswordLink:
    """Make a link for a person; those made earlier and not used yet stop working.

    Raises NotFound, or Conflict for somebody who is deactivated.
    """
    user = await editing.lock(work, User, user_id)
    if not user.active:
        raise Conflict("This person is deactivated. Reactivate the account first.")
    await work.session.execute(
        delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    )
    token, expires_at = new_token(), now() + timedelta(hours=PASSWORD_LINK_HOURS)
    link = OneTimeLink(
        token_hash=token_hash(token), purpose="password", user_id=user.id, expires_at=expires_at
    )
    work.session.add(link)
    await work.session.flush()
    await record_about(work, user, "password_link.created", link.id, 1)
    return PasswordLink(token, user, expires_at)


async def user_of_link(work: UnitOfWork, token: str) -> User:
    """Whose password an unused link sets. Raises NotFound for every other token."""
    user = await work.session.scalar(
        select(User)
        .join(OneTimeLink, OneTimeLink.user_id == User.id)
        .where(
            OneTimeLink.token_hash == token_hash(token),
            OneTimeLink.purpose == "password",
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now(),
            User.active,
        )
    )
    if user is None:
        raise NotFound("This link was used already, or it is too old.")
    return user


async def use_password_link(work: UnitOfWork, token: str, password: str, *, user_agent: str = "") -> SignIn:
    """Set the password, end all sessions of the person and open a fresh one.

    Of two that come at the same moment one wins. Raises NotFound for a link that does not work (any
    more), InvalidInput at `password`; then the link stays good.
    """
    user = await user_of_link(work, token)
    problem = password_problem(password, user.username)
    if problem:
        raise InvalidInput({"password": problem})
    user = await editing.lock(work, User, user.id)
    link_id = await work.session.scalar(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == token_hash(token), OneTimeLink.used_at.is_(None))
        .values(used_at=now())
        .returning(OneTimeLink.id)
    )
    if link_id is None or not user.active:
        raise NotFound("This link was used already.")
    work.actor = Actor(user.id, user.label, user.role, work.actor.ip, work.actor.request_id)
    await record_about(work, user, "password_link.used", link_id, 2)
    await set_password(work, user, password)
    await end_sessions_of(work, user)
    return await open_session(work, user, kind="browser", user_agent=user_agent)
