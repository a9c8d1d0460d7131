"""What the tests of the bench build upon: taps and scans in a few words."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from app.db.models import Event, Rental, Unit
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.inventory.units import add_units
from app.domain.prep.ledger import Act
from app.domain.prep.policy import Counts
from app.domain.prep.queries import lines_of_event
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import a_rental, an_event, some_equipment


def act(nonce: UUID | None = None, *, queued: bool = False) -> Act:
    """A tap on a tablet."""
    return Act(nonce or uuid4(), device="tablet", queued=queued)


async def counts_of(work: UnitOfWork, event: Event) -> dict[int, Counts]:
    """Where every line of an event stands."""
    return {line.id: line.counts for line in await lines_of_event(work.session, event.id)}


async def with_units(work: UnitOfWork, tags: Sequence[str]) -> tuple[int, list[Unit]]:
    """Serialized equipment with these units: its id, and them."""
    equipment = await some_equipment(work, 0, tracking="serialized")
    return equipment.id, await add_units(work, equipment.id, tags)


__all__ = ["Part", "Rental", "a_rental", "act", "an_event", "check_in", "counts_of", "dispatch", "with_units"]
