"""What has to be tidied regularly, whoever is signed in or not."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.lib.unit_of_work import SYSTEM, unit_of_work

_EXPIRED_SESSIONS = text("delete from session where expires_at < now()")
_EXPIRED_LINKS = text(
    "delete from one_time_link where expires_at < now() or used_at < now() - interval '1 day'"
)
_OLD_KEYS = text("delete from idempotency_key where created_at < now() - interval '1 day'")


async def forget_expired(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Delete sign-ins that are over, one-time links that open nothing any more, kept answers of yesterday."""
    async with unit_of_work(sessions, SYSTEM) as work:
        await work.session.execute(_EXPIRED_SESSIONS)
        await work.session.execute(_EXPIRED_LINKS)
        await work.session.execute(_OLD_KEYS)
