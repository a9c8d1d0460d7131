"""Signing in and out: throttled, timed alike for everybody, logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select

from app.config import RateLimit
from app.db.models import Session, User
from app.lib.changes import record_plain
from app.lib.clock import now
from app.lib.errors import InvalidInput, NotFound, TooManyRequests
from app.lib.fields import clean
from app.lib.passwords import hash_password, password_matches
from app.lib.unit_of_work import Actor, UnitOfWork
from app.web.authentication import IDLE_HOURS, KEEP_DAYS, TOKEN_HOURS
from app.web.rate_limits import RateLimits
from app.web.tokens import new_token, token_hash

log = structlog.get_logger("app.accounts")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session: the secret for the cookie or header, and whose it is."""

    token: str
    user: User
    session_id: int
    keep: bool


async def sign_in(
    work: UnitOfWork,
    limits: RateLimits,
    limit: RateLimit,
    *,
    username: str,
    password: str,
    kind: str,
    keep: bool = False,
    user_agent: str = "",
) -> SignIn:
    """Check a password and open a session of `kind` browser or token.

    Raises TooManyRequests after too many failures for this account or this address, InvalidInput when
    the two do not fit; both cost the same time whether or not the username exists.
    """
    username = clean(username).lower()
    keys = (f"login:user:{username[:100]}", f"login:ip:{work.actor.ip}")
    tickets = await count_attempt(work, limits, limit, keys)
    user = await work.session.scalar(select(User).where(func.lower(User.username) == username, User.active))
    fits = await password_matches(password, user.password_hash if user else None)
    if user is None or not fits or not await _still_so(work, user):
        log.warning("sign_in_failed", username=username[:64], ip=work.actor.ip)
        raise InvalidInput({"password": "Username and password do not fit together."})
    await forgive_attempt(limits, tickets)
    return await open_session(work, user, kind=kind, keep=keep, user_agent=user_agent)


async def count_attempt(
    work: UnitOfWork, limits: RateLimits, limit: RateLimit, keys: Sequence[str]
) -> list[tuple[str, str]]:
    """Count a try at a password under every key. Returns what forgives it; raises TooManyRequests."""
    tickets: list[tuple[str, str]] = []
    for key in keys:
        ticket, wait = await limits.attempt(key, limit)
        if wait:
            await forgive_attempt(limits, tickets)
            log.warning("sign_in_throttled", key=key, ip=work.actor.ip)
            minutes = (wait + 59) // 60
            words = "a minute" if minutes == 1 else f"{minutes} minutes"
            raise TooManyRequests(f"Too many wrong passwords. Try again in {words}.", retry_after=wait)
        tickets.append((key, ticket))
    return tickets


async def forgive_attempt(limits: RateLimits, tickets: Sequence[tuple[str, str]]) -> None:
    """Take a counted try back: it was a good one, or was not made."""
    for key, ticket in tickets:
        await limits.forgive(key, ticket)


async def _still_so(work: UnitOfWork, user: User) -> bool:
    """Whether the account is as it was before the password was checked, which takes a while; holds it so."""
    statement = (
        select(User.id)
        .where(User.id == user.id, User.active, User.password_hash == user.password_hash)
        .with_for_update(read=True)
    )
    return await work.session.scalar(statement) is not None


async def open_session(
    work: UnitOfWork, user: User, *, kind: str, keep: bool = False, user_agent: str = ""
) -> SignIn:
    """Open a session with a secret nobody has seen before."""
    lifetime = (
        timedelta(hours=TOKEN_HOURS)
        if kind == "token"
        else timedelta(days=KEEP_DAYS)
        if keep
        else timedelta(hours=IDLE_HOURS)
    )
    token = new_token()
    session = Session(
        token_hash=token_hash(token),
        user_id=user.id,
        kind=kind,
        keep=keep,
        ip=work.actor.ip,
        user_agent=user_agent[:400],
        expires_at=now() + lifetime,
    )
    work.session.add(session)
    await work.session.flush()
    work.actor = Actor(user.id, user.label, user.role, work.actor.ip, work.actor.request_id)
    await _record(work, session.id, user, "session.started", 1)
    return SignIn(token, user, session.id, keep)


async def end_session(work: UnitOfWork, session_id: int, *, user_id: int | None = None) -> None:
    """End one session. Does nothing when it has ended already.

    With `user_id` only a session of that person is ended; another raises NotFound.
    """
    found = (
        await work.session.execute(
            select(Session, User)
            .join(User, User.id == Session.user_id)
            .where(Session.id == session_id)
            .with_for_update(of=Session)
        )
    ).one_or_none()
    if found is None:
        if user_id is not None:
            raise NotFound("This session has ended already.")
        return
    session, user = found
    if user_id not in {None, user.id}:
        raise NotFound("This session has ended already.")
    await work.session.delete(session)
    await _record(work, session.id, user, "session.ended", 2)


async def end_sessions_of(work: UnitOfWork, user: User, *, but: int | None = None) -> int:
    """End all sessions of a person, perhaps but one. Returns how many."""
    ids = (
        await work.session.scalars(
            select(Session.id)
            .where(Session.user_id == user.id, Session.id != (but or 0))
            .order_by(Session.id)
            .with_for_update()
        )
    ).all()
    for session_id in ids:
        await _record(work, session_id, user, "session.ended", 2)
    await work.session.execute(delete(Session).where(Session.id.in_(ids)))
    return len(ids)


async def set_password(work: UnitOfWork, user: User, password: str) -> None:
    """Give a locked user a new password, as version of its own; the hash never enters the log."""
    user.password_hash = await hash_password(password)
    user.must_change_password = False
    user.version += 1
    user.updated_at = now()
    await work.session.flush()
    await record_plain(
        work,
        action="user.password_changed",
        entity="user",
        entity_id=user.id,
        version=user.version,
        label=user.label,
        fields={},
    )


async def _record(work: UnitOfWork, session_id: int, user: User, action: str, version: int) -> None:
    await record_plain(
        work,
        action=action,
        entity="session",
        entity_id=session_id,
        version=version,
        label=user.label,
        fields={},
        parent_entity="user",
        parent_id=user.id,
    )
