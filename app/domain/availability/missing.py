"""What a fact that took gear away (a repair, a smaller stock) leaves short, for whoever recorded it."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.availability.queries import Window
from app.domain.availability.service import require_free
from app.domain.availability.shortage import Shortage, missing_words
from app.domain.availability.shortages import COMING
from app.lib.clock import now
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork


async def missing_now(work: UnitOfWork, equipment_ids: Iterable[int]) -> str:
    """Which events these equipment are short for in the coming weeks, in words; empty when for none."""
    period = Period(now(), now() + COMING)
    try:
        await require_free(work, [Window(key, period) for key in equipment_ids])
    except Shortage as shortage:
        return missing_words(
            [
                replace(one, takers=tuple(taker for taker in one.takers if taker.event_id is not None))
                for one in shortage.shortages
            ]
        )
    return ""
