"""Finding people and their sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import OneTimeLink, Session, User
from app.domain.accounts.browsers import browser_words, is_handheld
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.cursors import beyond, following
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.web.viewer import Person

PAGE = 50


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What the table of users shows. `active` is yes, no or all; `role` is empty for any."""

    q: str = ""
    role: str = ""
    active: str = "yes"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person as a line of the table."""

    id: int
    username: str
    name: str
    email: str
    phone: str
    role: str
    active: bool
    version: int
    last_seen_at: datetime | None
    has_password: bool
    avatar: str | None

    @property
    def person(self) -> Person:
        """The person as a face."""
        return Person(self.id, self.name, self.avatar)


@dataclass(frozen=True, slots=True)
class UserDetails:
    """A person as pages and forms show one."""

    id: int
    version: int
    username: str
    first_name: str
    last_name: str
    email: str
    phone: str
    role: str
    active: bool
    time_zone: str
    locale: str
    theme: str
    shortcuts: bool
    avatar: str | None
    created_at: datetime
    has_password: bool
    link_expires_at: datetime | None

    @property
    def person(self) -> Person:
        """The person as a face, with the name everybody sees."""
        return Person(self.id, f"{self.first_name} {self.last_name}".strip() or self.username, self.avatar)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A sign-in that is open."""

    id: int
    kind: str
    ip: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @property
    def browser(self) -> str:
        """What signed in, in words."""
        return "Program with a token" if self.kind == "token" else browser_words(self.user_agent)

    @property
    def icon(self) -> str:
        """The picture beside the words."""
        if self.kind == "token":
            return "plug"
        return "device-ipad-horizontal" if is_handheld(self.user_agent) else "world"


_NAME = name_of(User)
_LAST_SEEN = (
    select(func.max(Session.last_seen_at)).where(Session.user_id == User.id).correlate(User).scalar_subquery()
)
_HAS_PASSWORD = User.password_hash != ""
_ORDER = func.fold(_NAME)


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        User.id, User.username, _NAME.label("name"), User.email, User.phone, User.role,
        User.active, User.version, _LAST_SEEN.label("last_seen_at"), _HAS_PASSWORD.label("has_password"),
        User.avatar,
    )  # fmt: skip


async def list_users(
    reading: AsyncConnection, wanted: UserFilter, *, after: str = "", limit: int = PAGE
) -> tuple[list[UserRow], str]:
    """The people that match, by name, from a cursor on, and the cursor of those that follow ("" for none).

    A cursor that is none is the beginning.
    """
    statement = _rows().add_columns(_ORDER).where(*_conditions(wanted), *beyond(after, _ORDER, User.id))
    statement = statement.order_by(_ORDER, User.id).limit(limit + 1)
    rows = (await reading.execute(statement)).all()
    return [UserRow(*row[:-1]) for row in rows[:limit]], following(rows, limit)


async def count_users(reading: AsyncConnection, wanted: UserFilter) -> int:
    """How many people match."""
    statement = select(func.count()).select_from(User).where(*_conditions(wanted))
    return (await reading.execute(statement)).scalar_one()


async def users_by_id(reading: AsyncConnection, wanted: UserFilter, ids: Sequence[int]) -> list[UserRow]:
    """Those of these people that match."""
    statement = _rows().where(*_conditions(wanted), User.id.in_(ids)).order_by(User.id)
    return [UserRow(*row) for row in await reading.execute(statement)]


def user_conditions(*, q: str = "", role: str | None = None, active: bool | None = None) -> Conditions:
    """Which people a list shows: words in names and addresses; None and empty text are no filter."""
    return [
        *has_words(q, User.username, _NAME, User.email, User.phone),
        *all_of(equal(User.role, role), None if active is None else User.active.is_(active)),
    ]


def _conditions(wanted: UserFilter) -> Conditions:
    active = None if wanted.active == "all" else wanted.active == "yes"
    return user_conditions(q=wanted.q, role=wanted.role, active=active)


async def user_details(reading: AsyncConnection, user_id: int) -> UserDetails:
    """One person. Raises NotFound."""
    link = (
        select(func.max(OneTimeLink.expires_at))
        .where(
            OneTimeLink.user_id == User.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > func.now()
        )
        .correlate(User)
        .scalar_subquery()
    )
    columns = [getattr(User, name) for name in UserDetails.__dataclass_fields__ if hasattr(User, name)]
    statement = select(*columns, _HAS_PASSWORD, link).where(User.id == user_id)
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return UserDetails(*row)


async def sessions_of(reading: AsyncConnection, user_id: int) -> list[SessionRow]:
    """The open sessions of a person, the one seen last first."""
    statement = (
        select(
            Session.id, Session.kind, Session.ip, Session.user_agent, Session.created_at,
            Session.last_seen_at, Session.expires_at,
        )
        .where(*open_sessions(user_id))
        .order_by(Session.last_seen_at.desc(), Session.id.desc())
    )  # fmt: skip
    return [SessionRow(*row) for row in await reading.execute(statement)]


def open_sessions(user_id: int) -> Conditions:
    """The sessions of a person that have not run out."""
    return [Session.user_id == user_id, Session.expires_at > func.now()]
