"""The selects behind people and sessions in the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Session, User
from app.domain.accounts.api_schemas import SessionRecord, UserRecord
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.web.api import wired
from app.web.api_paging import AnySelect, Key, Order

Reading = AsyncConnection | AsyncSession

_USER_COLUMNS = tuple(getattr(User, name) for name in UserRecord.__struct_fields__)
_SESSION_NAMES = tuple(name for name in SessionRecord.__struct_fields__ if name != "current")
_NAME = func.fold(name_of(User))

USER_ORDER = Order(
    keys={
        "id": Key(User.id, int),
        "name": Key(_NAME),
        "username": Key(func.lower(User.username)),
        "role": Key(User.role),
        "created_at": Key(User.created_at, datetime),
        "updated_at": Key(User.updated_at, datetime),
    },
    default="name",
    id=User.id,
)
SESSION_ORDER = Order(
    keys={
        "id": Key(Session.id, int),
        "created_at": Key(Session.created_at, datetime),
        "last_seen_at": Key(Session.last_seen_at, datetime),
        "expires_at": Key(Session.expires_at, datetime),
    },
    default="-created_at",
    id=Session.id,
)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which people a list shows; None and empty text are no filter."""

    q: str = ""
    role: str | None = None
    active: bool | None = None


def user_list(wanted: UserFilter) -> AnySelect:
    """All people who match."""
    conditions: list[ColumnElement[bool]] = []
    for word in wanted.q.split()[:8]:
        text = func.fold(word)
        columns = (User.username, name_of(User), User.email, User.phone)
        conditions.append(or_(*(func.strpos(func.fold(column), text) > 0 for column in columns)))
    if wanted.role is not None:
        conditions.append(User.role == wanted.role)
    if wanted.active is not None:
        conditions.append(User.active.is_(wanted.active))
    return select(*_USER_COLUMNS).where(*conditions)


def user_record(row: Any) -> UserRecord:
    """A person as the API sends one."""
    return UserRecord(**wired({name: getattr(row, name) for name in UserRecord.__struct_fields__}))


async def user_by_id(reading: Reading, user_id: int) -> UserRecord:
    """One person. Raises NotFound."""
    row = (await reading.execute(select(*_USER_COLUMNS).where(User.id == user_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return user_record(row)


def session_list(user_id: int) -> AnySelect:
    """The open sessions of a person."""
    columns = [getattr(Session, name) for name in _SESSION_NAMES]
    return select(*columns).where(Session.user_id == user_id, Session.expires_at > func.now())


def session_record(row: Any, current: int) -> SessionRecord:
    """A session as the API sends it; `current` is the one the request came with."""
    values = wired({name: getattr(row, name) for name in _SESSION_NAMES})
    return SessionRecord(**values, current=row.id == current)


async def session_expires_at(reading: Reading, session_id: int) -> datetime:
    """When a session that was just opened ends."""
    return (await reading.execute(select(Session.expires_at).where(Session.id == session_id))).scalar_one()
