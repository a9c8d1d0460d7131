"""Setting up: the one-time link, the first admin, the company, perhaps the sample stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from app.db.models import OneTimeLink, User
from app.domain.accounts.service import create_user
from app.domain.accounts.sign_in import SignIn, open_session, set_password
from app.domain.company.service import create_company
from app.jobs.queue import enqueue
from app.lib.clock import now
from app.lib.errors import InvalidInput, NotFound
from app.lib.passwords import password_problem
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.loader import load_catalogue
from app.sample.photos import PHOTOS_TASK
from app.web.state import Runtime
from app.web.tokens import new_token, token_hash

SETUP_LINK_HOURS = 24
_LOCK = 7_400_112
_KNOWN = "set_up"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the first person decides. `owner` and `company` are Python values by field name."""

    owner: Mapping[str, Any]
    password: str
    company: Mapping[str, Any]
    with_sample: bool


async def create_setup_link(work: UnitOfWork) -> str | None:
    """Make the secret of a fresh set-up link, which replaces earlier ones; None once there is a user."""
    await _alone(work)
    if await _anybody(work):
        return None
    await work.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup"))
    token = new_token()
    expires_at = now() + timedelta(hours=SETUP_LINK_HOURS)
    work.session.add(OneTimeLink(token_hash=token_hash(token), purpose="setup", expires_at=expires_at))
    await work.session.flush()
    return token


async def check_setup_link(work: UnitOfWork, token: str) -> None:
    """Raise NotFound unless this link can set the installation up now."""
    statement = select(OneTimeLink.id).where(*_usable(token))
    if await _anybody(work) or await work.session.scalar(statement) is None:
        raise NotFound(
            "This set-up link does not work any more. Start again to see a fresh one on the console."
        )


async def set_up(work: UnitOfWork, token: str, wanted: SetUp, *, user_agent: str = "") -> SignIn:
    """Use the link: create the company and its first admin, load the sample stock if wanted, sign in.

    The photos of the sample take longer: a job adds them afterwards.
    Of two that come at the same moment one wins. Raises NotFound for a link that does not work,
    InvalidInput for a password that will not do; then nothing is created and the link stays good.
    """
    await _alone(work)
    await check_setup_link(work, token)
    problem = password_problem(wanted.password, str(wanted.owner.get("username", "")))
    if problem:
        raise InvalidInput({"password": problem})
    await work.session.execute(update(OneTimeLink).where(*_usable(token)).values(used_at=now()))
    admin = await create_user(work, {**wanted.owner, "role": "admin"})
    work.actor = Actor(admin.id, admin.label, admin.role, work.actor.ip, work.actor.request_id)
    await set_password(work, admin, wanted.password)
    await create_company(work, wanted.company)
    if wanted.with_sample:
        await _load_sample(work)
    return await open_session(work, admin, kind="browser", user_agent=user_agent)


async def is_set_up(here: Runtime) -> bool:
    """Whether there is a user. Remembered once it is so, because users are never deleted."""
    if not here.cached.get(_KNOWN):
        async with here.read_engine.connect() as connection:
            here.cached[_KNOWN] = (await connection.execute(select(exists(select(User.id))))).scalar_one()
    return bool(here.cached[_KNOWN])


async def _load_sample(work: UnitOfWork) -> None:
    """The gear of the sample company. Its people do not exist here, so its past is nobody's."""
    await load_catalogue(work, {})
    await enqueue(work, PHOTOS_TASK, {}, lock=PHOTOS_TASK)


def _usable(token: str) -> tuple[Any, ...]:
    return (
        OneTimeLink.token_hash == token_hash(token),
        OneTimeLink.purpose == "setup",
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now(),
    )


async def _alone(work: UnitOfWork) -> None:
    """One set-up at a time, until the transaction ends."""
    await work.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def _anybody(work: UnitOfWork) -> bool:
    return bool(await work.session.scalar(select(exists(select(User.id)))))
