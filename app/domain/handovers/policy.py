"""The pure rules of handing over: what goes, what comes back, and when the gate is closed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.domain.prep.policy import CHARGED, DAMAGED, DIRTY, FINE, WRITTEN_OFF, Counts
from app.lib.clock import now
from app.lib.errors import Conflict

DISPATCH, CHECK_IN = "dispatch", "check_in"
SESSION: Final = timedelta(hours=12)
"""How long somebody may add to a session of checking in."""
HANDOVER_WORDS: Final = {DISPATCH: "Dispatch", CHECK_IN: "Check-in"}
UNCHECKED, MISSING = "unchecked", "missing"
CONDITIONS: Final = {
    FINE: "Fine",
    DIRTY: "Dirty",
    DAMAGED: "Damaged",
    MISSING: "Missing",
    UNCHECKED: "Back, to be checked",
}
"""What may be said of a piece at check-in."""
SETTLEMENTS: Final = {CHARGED: "Charged to the client", WRITTEN_OFF: "Written off"}


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces of a line, or one unit of it, that change hands.

    `condition` is one of CONDITIONS when they come back, `settlement` one of SETTLEMENTS when they will not.
    `case_id` is the case they come back in.
    """

    rental_id: int
    quantity: int = 1
    unit_id: int | None = None
    condition: str = FINE
    settlement: str = CHARGED
    note: str = ""
    photo: str | None = None
    case_id: int | None = None


def is_open(kind: str, owner_id: int | None, begun_at: datetime, actor_id: int | None) -> bool:
    """Whether somebody may still add to a session of checking in: their own, begun not long ago."""
    return kind == CHECK_IN and owner_id == actor_id and now() - begun_at < SESSION


@dataclass(frozen=True, slots=True)
class Gate:
    """What stops a dispatch: changes the bench has not acknowledged, tests that are not valid any more."""

    unacknowledged: Sequence[str] = field(default_factory=tuple[str, ...])
    expired: Sequence[str] = field(default_factory=tuple[str, ...])

    @property
    def is_open(self) -> bool:
        """Whether nothing stops it."""
        return not self.unacknowledged and not self.expired

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is closed, one sentence for each kind of reason."""
        said = (("Not acknowledged at the bench", self.unacknowledged), ("Inspection expired", self.expired))
        return tuple(f"{what}: {'; '.join(names)}." for what, names in said if names)


class GateClosed(Conflict):
    """A dispatch is stopped until its causes are gone, or somebody who may overrides them with a reason."""

    code = "GATE_CLOSED"

    def __init__(self, gate: Gate) -> None:
        super().__init__(
            "This cannot leave yet. " + " ".join(gate.reasons), details={"reasons": list(gate.reasons)}
        )
        self.gate = gate


def ready_to_go(counts: Counts) -> int:
    """How many pieces of a line are prepped and have not left."""
    return max(counts.picked - counts.dispatched, 0)


def left_to_go(counts: Counts) -> int:
    """How many pieces of a line are wanted and have not left, prepped or not."""
    return max(counts.wanted - counts.dispatched, 0)


def found_again(counts: Counts, quantity: int) -> int:
    """How many of `quantity` pieces that come back were reported missing: those that were not come first."""
    expected = counts.outstanding - counts.missing
    return min(max(quantity - expected, 0), counts.missing)
