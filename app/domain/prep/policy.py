"""The pure rules of the bench: what counts add up to, and which movements a tap or a scan means."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

PICKED, TESTED, PACKED, LOADED = "picked", "tested", "packed", "loaded"
DISPATCHED, RETURNED, CHECKED, MISSING, SETTLED = "dispatched", "returned", "checked", "missing", "settled"
PREP_STEPS: Final = (PICKED, TESTED, PACKED, LOADED)
FINE, DIRTY, DAMAGED = "fine", "dirty", "damaged"
CHARGED, WRITTEN_OFF = "charged", "written_off"

STEP_WORDS: Final = {
    PICKED: ("Pick", "picked"),
    TESTED: ("Test", "tested"),
    PACKED: ("Pack", "packed"),
    LOADED: ("Load", "loaded"),
    DISPATCHED: ("Dispatch", "dispatched"),
    RETURNED: ("Take back", "returned"),
    CHECKED: ("Check", "checked"),
    MISSING: ("Missing", "missing"),
    SETTLED: ("Settle", "settled"),
}
"""What is done in a step, and what was done."""

NOT_STARTED, IN_PREP, READY, PARTLY_OUT, OUT, PARTLY_RETURNED, BACK, ALL_CHECKED = (
    "not_started", "in_prep", "ready", "partly_out", "out", "partly_returned", "returned", "checked",
)  # fmt: skip
FULFILMENT_WORDS: Final = {
    NOT_STARTED: ("Not started", "slate", "ring"),
    IN_PREP: ("In prep", "accent", "half"),
    READY: ("Ready", "green", "disc"),
    PARTLY_OUT: ("Partly out", "cyan", "half"),
    OUT: ("Out", "cyan", "square"),
    PARTLY_RETURNED: ("Partly returned", "amber", "half"),
    BACK: ("Returned", "slate", "half"),
    ALL_CHECKED: ("Checked", "slate", "disc"),
}
"""Where the gear of an event is: word, tone and shape."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of the movements of one line; `wanted` is what it asks for now.

    What is consumed is not expected back: `comes_back` is False for consumables.
    """

    wanted: int
    picked: int = 0
    tested: int = 0
    packed: int = 0
    loaded: int = 0
    dispatched: int = 0
    returned: int = 0
    checked: int = 0
    missing: int = 0
    settled: int = 0
    comes_back: bool = True

    def at(self, step: str) -> int:
        """How many pieces took this step."""
        return int(getattr(self, step))

    @property
    def outstanding(self) -> int:
        """How many are out and neither back nor settled."""
        return self.dispatched - self.returned - self.settled

    @property
    def to_put_back(self) -> int:
        """How many were picked that are not wanted any more, and have not left."""
        return max(self.picked - max(self.wanted, self.dispatched), 0)

    @property
    def unchecked(self) -> int:
        """How many are here again, with nobody having looked at them."""
        return self.returned - self.checked


def counts_from(wanted: int, sums: Mapping[str, int], *, comes_back: bool = True) -> Counts:
    """Counts from the sums of movements by step; steps that are left out were not taken."""
    steps = {step: int(sums.get(step, 0)) for step in STEP_WORDS}
    return replace(Counts(wanted, comes_back=comes_back), **steps)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement to come: so many pieces take a step, or, negative, take it back."""

    step: str
    quantity: int


def moves_to(step: str, quantity: int, counts: Counts, enabled: Collection[str]) -> list[Move]:
    """The movements that `quantity` pieces at a prep step mean, in order.

    What is packed has been picked: where the steps before lag behind, they follow. The same holds for
    what is dispatched. `enabled` are the steps the shop takes. Raises ValueError for less than one.
    """
    if quantity < 1:
        raise ValueError("at least one piece takes a step")
    reached = counts.at(step) + quantity
    before = [name for name in PREP_STEPS if name in enabled and name != step]
    if step in PREP_STEPS:
        before = [name for name in before if PREP_STEPS.index(name) < PREP_STEPS.index(step)]
    lagging = [Move(name, reached - counts.at(name)) for name in before if counts.at(name) < reached]
    return [*lagging, Move(step, quantity)]


def moves_back(step: str, quantity: int, counts: Counts) -> list[Move]:
    """The movements that take `quantity` pieces back from a prep step: later steps give them up as well.

    Raises ValueError when fewer have taken the step, or some of them have left.
    """
    left = counts.at(step) - quantity
    if quantity < 1 or left < 0:
        raise ValueError("fewer have taken this step")
    if left < counts.dispatched:
        raise ValueError("some of them have left")
    later = PREP_STEPS[PREP_STEPS.index(step) + 1 :]
    leading = [Move(name, left - counts.at(name)) for name in reversed(later) if counts.at(name) > left]
    return [*leading, Move(step, -quantity)]


def moves_undone(undone: Mapping[str, int], counts: Counts) -> list[Move]:
    """What has to follow when these prep steps are undone: so many pieces each, negative for more.

    Later steps give up what has not taken an earlier one any more. `undone` may hold dispatched as well.
    Raises ValueError when some of the pieces have left, more would be there than are wanted, or an earlier
    step is missing.
    """
    left = counts.dispatched - undone.get(DISPATCHED, 0)
    after = {step: counts.at(step) - undone.get(step, 0) for step in PREP_STEPS}
    follow = list[Move]()
    for place, step in enumerate(PREP_STEPS):
        if undone.get(step, 0) > 0:
            if after[step] < 0:
                raise ValueError("fewer are here now")
            if after[step] < left:
                raise ValueError("some of them have left")
            for later in PREP_STEPS[place + 1 :]:
                if after[later] > after[step]:
                    follow.append(Move(later, after[step] - after[later]))
                    after[later] = after[step]
        elif undone.get(step, 0) < 0 and after[step] > min(counts.wanted, after[PICKED]):
            raise ValueError("there is no room for them any more")
    return follow[::-1]


def steps_of(enabled: Iterable[str]) -> tuple[str, ...]:
    """The steps a shop takes, in their order; picking always is one."""
    chosen = {PICKED, *enabled}
    return tuple(step for step in PREP_STEPS if step in chosen)


def fulfilment(lines: Sequence[Counts], enabled: Sequence[str]) -> str:
    """Where the gear of an event is, from the counts of its lines; never set by hand."""
    wanted = [line for line in lines if line.wanted or line.dispatched]
    if not any(line.picked or line.dispatched for line in lines):
        return NOT_STARTED
    dispatched = sum(line.dispatched for line in wanted)
    if dispatched == 0:
        last = steps_of(enabled)[-1]
        ready = bool(wanted) and all(line.at(last) >= line.wanted for line in wanted)
        return READY if ready else IN_PREP
    rented = [line for line in wanted if line.comes_back]
    all_left = all(line.dispatched >= line.wanted for line in wanted)
    if all_left and not rented:
        return ALL_CHECKED
    back = sum(line.returned + line.settled for line in rented)
    if back:
        if any(line.outstanding for line in rented):
            return PARTLY_RETURNED
        return BACK if any(line.unchecked for line in rented) else ALL_CHECKED
    return OUT if all_left else PARTLY_OUT


def progress(lines: Sequence[Counts], step: str) -> tuple[int, int]:
    """How many pieces of an event took a step, of how many; more than is wanted counts as wanted."""
    wanted = sum(line.wanted for line in lines)
    return sum(min(line.at(step), line.wanted) for line in lines), wanted
