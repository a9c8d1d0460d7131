"""From what stands on a row to bars in lanes: words, tone, place. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.availability.claims import Claim
from app.domain.availability.policy import Stretch
from app.domain.timeline.clock import Clock
from app.domain.timeline.scale import Place, Scale, fits
from app.lib.periods import Period

MOST_LANES = 12
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
MINUS = "\N{MINUS SIGN}"

# state of a reservation: word, tone, class of the bar
_STATES = {
    "pencil": ("pencil", "slate", "is-soft"),
    "hold": ("held", "amber", ""),
    "firm": ("confirmed", "green", ""),
    "out": ("out", "cyan", ""),
    "returned": ("in turnaround", "slate", ""),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `href` is empty where there is no page; `hint` says all of it, beginning with what is seen.

    Where it `explains` a figure, that opens as every figure does.
    """

    key: str
    href: str
    count: str
    words: str
    hint: str
    tone: str
    style: str
    place: Place
    lane: int = 1
    explains: bool = False

    @property
    def classes(self) -> str:
        """Everything that shows: tone, style, place, lane."""
        style = f" {self.style}" if self.style else ""
        return f"tone-{self.tone}{style} from-{self.place.first} len-{self.place.length} lane-{self.lane}"


def claim_bar(claim: Claim, scale: Scale, moment: datetime, clock: Clock) -> Bar:
    """The bar of a reservation as of `moment`."""
    word, tone, style = _look(claim)
    count = f"+{claim.quantity}" if claim.kind == "sub_hire" else str(claim.quantity)
    name = f"{claim.name}, {claim.client_name}" if claim.client_name else claim.name
    if claim.late:
        name = f"{name}, {_lateness(claim, moment)}"
    more = ", overbooked" if claim.overbooked else ""
    hint = f"{count} {name}, {word}{more}, {clock.span(claim.start_at, claim.end_at)}"
    place = scale.place(claim.start_at, claim.end_at)
    return Bar(f"{claim.kind}-{claim.id}", _href(claim), count, name, hint, tone, style, place)


def short_bars(stretches: Sequence[Stretch], scale: Scale, clock: Clock, path: str) -> list[Bar]:
    """The red bars of a row, which never lie over each other: those that share a column are one.

    Each leads to the explanation of its time at `path`.
    """
    joined = list[Stretch]()
    for stretch in stretches:
        last = joined[-1] if joined else None
        if last and not fits([_place(scale, last)], _place(scale, stretch)):
            period = Period(last.period.start, stretch.period.end)
            joined[-1] = Stretch(period, max(last.short, stretch.short))
        else:
            joined.append(stretch)
    return [
        Bar(
            f"short-{number}",
            f"{path}?{clock.query(one.period)}",
            f"{MINUS}{one.short}",
            "short",
            f"{MINUS}{one.short} short, {clock.span(one.period.start, one.period.end)}",
            "red",
            "is-short",
            _place(scale, one),
            explains=True,
        )
        for number, one in enumerate(joined)
    ]


def in_lanes(bars: Sequence[Bar]) -> tuple[list[Bar], int]:
    """The bars in as few lanes as they take, by where they begin; and how many lanes that are."""
    lanes = list[list[Place]]()
    placed = list[Bar]()
    for bar in sorted(bars, key=lambda one: (one.place.first, -one.place.length)):
        lane = next((lane for lane, places in enumerate(lanes) if fits(places, bar.place)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(bar.place)
        placed.append(replace(bar, lane=lane + 1))
    return placed, len(lanes)


def _place(scale: Scale, stretch: Stretch) -> Place:
    return scale.place(stretch.period.start, stretch.period.end)


def _look(claim: Claim) -> tuple[str, str, str]:
    """Word, tone and class of the bar of a reservation."""
    word, tone, style = _STATES[claim.state]
    if claim.kind == "block":
        return "out of service", "slate", "is-hatch"
    if claim.kind == "sub_hire":
        return ("not ordered yet", "accent", "is-soft") if style else ("hired in", "accent", "")
    if claim.late:
        return "overdue", "red", ""
    if claim.kind == "sale" and claim.state != "pencil":
        return f"sold, {word}", tone, style
    if claim.event_status == "requested":
        return "requested", "plum", style
    return word, tone, style


def _lateness(claim: Claim, moment: datetime) -> str:
    late = moment - claim.due_at
    amount, unit = (late // _DAY, "day") if late >= _DAY else (late // _HOUR, "hour")
    since = f"{amount} {unit}{'' if amount == 1 else 's'} late" if amount else "late"
    return f"expected back, {since}" if claim.kind == "block" else since


def _href(claim: Claim) -> str:
    if claim.sub_hire_id:
        return f"/sub-hire/{claim.sub_hire_id}"
    if claim.event_id and claim.kind != "sub_hire":
        return f"/events/{claim.event_id}"
    if claim.maintenance_id:
        return f"/maintenance/{claim.maintenance_id}"
    if claim.unit_id:
        return f"/units/{claim.unit_id}"
    return f"/events/{claim.event_id}" if claim.event_id else ""
