"""Signing in and out: throttled, timed alike for everybody, logged."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select

from app.config import RateLimit
from app.db.models import OneTimeLink, Session, User
from app.lib.changes import record_plain
from app.lib.clock import now
from app.lib.errors import InvalidInput, NotFound, TooManyRequests
from app.lib.fields import clean
from app.lib.passwords import hash_password, password_matches
from app.lib.unit_of_work import Actor, UnitOfWork
from app.web.authentication import IDLE_HOURS, KEEP_DAYS, TOKEN_HOURS
from app.web.rate_limits import RateLimits
from app.web.tokens import new_token, token_hash

# seconds to wait for a turn while other passwords are checked, and between two looks
_PATIENCE, _TURN = 4.0, 0.05

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
    async with password_attempt(work, limits, limit, keys):
        statement = select(User).where(func.lower(User.username) == username, User.active)
        user = await work.session.scalar(statement)
        fits = await password_matches(password, user.password_hash if user else None)
        if user is None or not fits or not await _still_so(work, user):
            log.warning("sign_in_failed", username=username[:64], ip=work.actor.ip)
            raise InvalidInput({"password": "Username and password do not fit together."})
    return await open_session(work, user, kind=kind, keep=keep, user_agent=user_agent)


@asynccontextmanager
async def password_attempt(
    work: UnitOfWork, limits: RateLimits, limit: RateLimit, keys: Sequence[str]
) -> AsyncGenerator[None]:
    """Check a password inside: any exception counts as a failure under every key, passing through does not.

    While others are being checked under these keys it waits its turn. Raises TooManyRequests after too many
    failures, and when too many are checked for too long.
    """
    async with AsyncExitStack() as attempts:
        for key in keys:
            await attempts.enter_async_context(_counted(work, limits, limit, key))
        yield


@asynccontextmanager
async def _counted(work: UnitOfWork, limits: RateLimits, limit: RateLimit, key: str) -> AsyncGenerator[None]:
    ticket = await _ticket(work, limits, limit, key)
    try:
        yield
    except TooManyRequests:
        # another key refused it, so it was not made
        await limits.forgive(key, ticket)
        raise
    except BaseException:
        await limits.settle(key, ticket)
        raise
    await limits.forgive(key, ticket)


async def _ticket(work: UnitOfWork, limits: RateLimits, limit: RateLimit, key: str) -> str:
    """A place in the window of this key, perhaps after a moment. Raises TooManyRequests."""
    given_up = time.monotonic() + _PATIENCE
    while (standing := await limits.attempt(key, limit, under_way=True)).wait:
        if standing.crowded and time.monotonic() < given_up:
            await asyncio.sleep(_TURN)
            continue
        log.warning("sign_in_throttled", key=key, ip=work.actor.ip)
        if standing.crowded:
            message = "Too many people are signing in at this moment. Try again in a few seconds."
        else:
            minutes = (standing.wait + 59) // 60
            words = "a minute" if minutes == 1 else f"{minutes} minutes"
            message = f"Too many wrong passwords. Try again in {words}."
        raise TooManyRequests(message, retry_after=standing.wait)
    return standing.ticket


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
    await record_about(work, user, "session.started", session.id, 1)
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
    await record_about(work, user, "session.ended", session.id, 2)


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
        await record_about(work, user, "session.ended", session_id, 2)
    await work.session.execute(delete(Session).where(Session.id.in_(ids)))
    return len(ids)


async def set_password(work: UnitOfWork, user: User, password: str) -> None:
    """Give a locked user a new password, as version of its own; the hash never enters the log.

    Links that were given out for choosing one stop working.
    """
    await work.session.execute(
        delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    )
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


async def record_about(work: UnitOfWork, user: User, action: str, entity_id: int, version: int) -> None:
    """Log what was done with something that belongs to a person, like `session.ended`."""
    await record_plain(
        work,
        action=action,
        entity=action.partition(".")[0],
        entity_id=entity_id,
        version=version,
        label=user.label,
        fields={},
        parent_entity="user",
        parent_id=user.id,
    )
