"""Remembering what somebody has seen."""

from sqlalchemy import func, update

from app.db.models import User
from app.lib.unit_of_work import UnitOfWork


async def mark_seen(work: UnitOfWork, user_id: int, change_id: int) -> None:
    """Note that a person has seen all news up to a change; never backwards.

    A plain column without a version and without a row in the change log: it is nobody's edit of a record,
    two tabs cannot disagree about it, and a log that grew by reading it would never be quiet.
    """
    await work.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(notifications_seen=func.greatest(User.notifications_seen, change_id))
        .execution_options(synchronize_session=False)
    )
