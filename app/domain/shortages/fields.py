"""The ways out of a shortage that change a line: their words, and how their forms are read."""

from zoneinfo import ZoneInfo

from app.domain.events.rules import MOST
from app.lib.fields import Reader, choice, local_instant, reference, whole_number, words

SUBSTITUTION, REDUCTION, SHIFT, SWAP, OVERBOOKING = (
    "substitution", "reduction", "shift", "swap", "overbooking",
)  # fmt: skip

WAYS = {
    SUBSTITUTION: ("Substitute", "replace", "Put something else on the event instead"),
    REDUCTION: ("Reduce", "minus", "Take fewer pieces"),
    SHIFT: ("Shift", "calendar", "Move the dates"),
    SWAP: ("Swap", "arrow-back-up", "Take pieces from another event"),
    OVERBOOKING: ("Overbook", "alert-triangle", "Overbook on purpose"),
}
"""What each way is called on its button, its icon, and the title of its form."""


def way_readers(zone: ZoneInfo) -> dict[str, dict[str, Reader]]:
    """The readers of each form; moments are those of the clock in `zone`."""
    pieces = whole_number(1, MOST)
    return {
        SUBSTITUTION: {"substitute_id": reference(required="Choose what stands in."), "pieces": pieces},
        REDUCTION: {"pieces": pieces},
        SHIFT: {
            "start_at": local_instant(zone),
            "end_at": local_instant(zone),
            "scope": choice(("line", "event")),
        },
        SWAP: {"giver_id": reference(required="Choose who gives pieces away."), "pieces": pieces},
        OVERBOOKING: {"reason": words(500, required="Say why.")},
    }
