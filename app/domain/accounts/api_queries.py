"""The selects behind people and sessions in the API."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.db.models import Session, User
from app.domain.accounts.api_schemas import SessionRecord, UserRecord
from app.domain.accounts.queries import open_sessions
from app.lib.history import name_of
from app.web.api import wired
from app.web.api_paging import AnySelect, Key, Order
from app.web.api_records import Reading, Records, columns_of, converter

_SESSION_NAMES = tuple(name for name in SessionRecord.__struct_fields__ if name != "current")

_USER_ORDER = Order(
    keys={
        "id": Key(User.id, int),
        "name": Key(func.fold(name_of(User))),
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

USERS = Records(
    statement=select(*columns_of(User, UserRecord)),
    order=_USER_ORDER,
    convert=converter(UserRecord),
    path="/api/users",
    missing="There is no such person.",
)


def session_list(user_id: int) -> AnySelect:
    """The open sessions of a person."""
    columns = [getattr(Session, name) for name in _SESSION_NAMES]
    return select(*columns).where(*open_sessions(user_id))


def session_record(row: Any, current: int) -> SessionRecord:
    """A session as the API sends it; `current` is the one the request came with."""
    values = wired({name: getattr(row, name) for name in _SESSION_NAMES})
    return SessionRecord(**values, current=row.id == current)


async def session_expires_at(reading: Reading, session_id: int) -> datetime:
    """When a session that was just opened ends."""
    return (await reading.execute(select(Session.expires_at).where(Session.id == session_id))).scalar_one()
