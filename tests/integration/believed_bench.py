"""What a test believes about the bench: plain counts of pieces and units, without ledger, engine or database."""

from dataclasses import dataclass, field
from datetime import datetime

PREP = ("picked", "tested", "packed", "loaded")
STEPS = (*PREP, "dispatched", "returned", "checked", "missing", "settled")
Sums = dict[str, int]


class Refused(Exception):
    """The bench has to refuse this."""


def nothing() -> Sums:
    return dict.fromkeys(STEPS, 0)


def forward(sums: Sums, step: str, quantity: int, enabled: tuple[str, ...]) -> None:
    """So many take a step, and the steps before where they lag behind."""
    sums[step] += quantity
    before = (
        enabled if step == "dispatched" else [one for one in enabled if PREP.index(one) < PREP.index(step)]
    )
    for one in before:
        sums[one] = max(sums[one], sums[step])


def backward(sums: Sums, step: str, quantity: int) -> None:
    """So many are taken back from a step, and from the steps after it."""
    left = sums[step] - quantity
    if left < 0 or left < sums["dispatched"]:
        raise Refused
    for one in PREP[PREP.index(step) :]:
        sums[one] = min(sums[one], left)


def undone(sums: Sums, delta: Sums, wanted: int) -> None:
    """What was added is taken away again, and the other way round."""
    for step in STEPS:
        sums[step] -= delta.get(step, 0)
    for place, step in enumerate(PREP):
        if delta.get(step, 0) > 0:
            if sums[step] < sums["dispatched"] or sums[step] < 0:
                raise Refused
            for later in PREP[place + 1 :]:
                sums[later] = min(sums[later], sums[step])
        elif delta.get(step, 0) < 0 and sums[step] > min(wanted, sums["picked"]):
            raise Refused


@dataclass
class Gear:
    """An equipment. `jobs` are open and take so many pieces, of no unit in particular, out of service."""

    id: int
    kind: str  # counted, consumable, serialized
    stock: int = 0
    jobs: dict[int, int] = field(default_factory=dict)


@dataclass
class Piece:
    """A unit. `line` is the line it is with, `jobs` keep it out of service."""

    id: int
    tag: str
    gear: Gear
    state: str = "in_stock"
    line: "Line | None" = None
    jobs: set[int] = field(default_factory=set)

    def shelved(self, state: str) -> None:
        """It is here again."""
        self.state, self.line = ("quarantine" if self.jobs else state), None


@dataclass
class Show:
    """An event."""

    id: int
    start: datetime
    end: datetime
    confirmed: bool = True
    begun: bool = False
    lines: list["Line"] = field(default_factory=list)
    handovers: list["Handover"] = field(default_factory=list)


@dataclass
class Line:
    """A line of an event; `units` hold the steps each unit took on it."""

    id: int
    show: Show
    gear: Gear
    quantity: int
    known: int | None = None
    counted: Sums = field(default_factory=nothing)
    units: dict[int, Sums] = field(default_factory=dict)

    @property
    def wanted(self) -> int:
        """What it wants now."""
        return self.quantity if self.show.confirmed else 0

    @property
    def sums(self) -> Sums:
        """Where it stands."""
        if self.gear.kind != "serialized":
            return dict(self.counted)
        return {step: sum(one[step] for one in self.units.values()) for step in STEPS}

    @property
    def outstanding(self) -> int:
        """What is out."""
        sums = self.sums
        return sums["dispatched"] - sums["returned"] - sums["settled"]

    def of(self, piece: Piece | None) -> Sums:
        """The sums that a movement of this unit, or of none, changes."""
        return self.counted if piece is None else self.units.setdefault(piece.id, nothing())


@dataclass
class Handover:
    """A dispatch or a check-in, with what it changed."""

    id: int
    kind: str
    deltas: list["Delta"]
    jobs: list[tuple[Gear, Piece | None, int]] = field(default_factory=list)
    undone: bool = False


@dataclass
class Delta:
    """How one line, or one unit on it, changed in an action."""

    line: Line
    piece: Piece | None
    change: Sums


@dataclass
class Settlement:
    """What one line, or one unit on it, was charged or written off."""

    action_id: int
    delta: Delta
    undone: bool = False


def stands(lines: list[Line], enabled: tuple[str, ...]) -> str:
    """Where the gear of an event is."""
    sums = [(line, line.sums) for line in lines]
    if not any(one["picked"] or one["dispatched"] for _, one in sums):
        return "not_started"
    asked = [(line, one) for line, one in sums if line.wanted or one["dispatched"]]
    if not any(one["dispatched"] for _, one in asked):
        done = asked and all(one[enabled[-1]] >= line.wanted for line, one in asked)
        return "ready" if done else "in_prep"
    expected = [(line, one) for line, one in asked if line.gear.kind != "consumable"]
    gone = all(one["dispatched"] >= line.wanted for line, one in asked)
    if gone and not expected:
        return "checked"
    if not any(one["returned"] or one["settled"] for _, one in expected):
        return "out" if gone else "partly_out"
    if any(line.outstanding for line, _ in expected):
        return "partly_returned"
    return "returned" if any(one["returned"] > one["checked"] for _, one in expected) else "checked"


def load(gear: Gear, shows: list[Show], pieces: list[Piece], at: datetime) -> int:
    """How many of an equipment are taken at an instant to come."""
    taken = sum(gear.jobs.values())
    taken += sum(1 for piece in pieces if piece.gear is gear and piece.jobs and piece.state != "lost")
    for show in shows:
        for line in show.lines:
            if line.gear is not gear:
                continue
            waiting = max(line.wanted - line.sums["dispatched"], 0)
            if show.start <= at and (gear.kind == "consumable" or at < show.end):
                taken += waiting
            if gear.kind != "consumable" and at < show.end:
                taken += line.outstanding  # also before the start: it has left
    return taken
