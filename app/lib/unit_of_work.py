"""The transaction of one intent: who acts, in which session, and what follows once it is committed."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Effect = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` is None for the system itself (jobs, set-up)."""

    id: int | None
    name: str
    role: str = ""
    ip: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A record that was written: what happened last, and the version it has now. None is any version."""

    version: int | None
    action: str
    parent: tuple[str, int] | None = None


SYSTEM = Actor(id=None, name="AV-RENTALS")


@dataclass(slots=True)
class UnitOfWork:
    """One transaction. Services flush into `session` and never commit; `operation` groups its changes.

    `moment` is when it happens, for data that come with a past; None means now. `written` is what was logged
    of each record, by entity and id. `short_as_before` is set where something is taken back that ended a
    shortage: the reason for which that shortage may stand again.
    """

    session: AsyncSession
    actor: Actor
    moment: datetime | None = None
    operation: UUID = field(default_factory=uuid4)
    effects: list[Effect] = field(default_factory=list[Effect])
    short_as_before: str = ""
    written: dict[tuple[str, int], Written] = field(default_factory=dict[tuple[str, int], Written])

    def after_commit(self, effect: Effect) -> None:
        """Have `effect` awaited once the transaction is committed, and never when it is not."""
        self.effects.append(effect)


@asynccontextmanager
async def unit_of_work(
    sessions: async_sessionmaker[AsyncSession], actor: Actor, operation: UUID | None = None
) -> AsyncGenerator[UnitOfWork]:
    """Open a transaction, commit it at the end, roll it back on any exception."""
    async with AsyncExitStack() as rolling_back:
        session = await rolling_back.enter_async_context(sessions())
        work = UnitOfWork(session, actor, operation=operation or uuid4())
        yield work
        await session.commit()
        # the connection went back with the commit, so closing waits for nothing
        rolling_back.pop_all()
        session.sync_session.close()
    for effect in work.effects:
        try:
            await effect()
        except Exception:  # noqa: BLE001 - the commit stands, whatever an effect runs into
            structlog.get_logger("app").exception("after_commit_failed")
