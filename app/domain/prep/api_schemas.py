"""What the API says and takes about prep: where gear stands, and what is counted."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from app.domain.prep.ledger import Act
from app.domain.prep.policy import PICKED
from app.web.api_bodies import Body, Instant, RecordId

Step = Literal["picked", "tested", "packed", "loaded"]
Fulfilment = Annotated[
    str,
    Meta(
        description="not_started, in_prep, ready, partly_out, out, partly_returned, returned or checked.",
        examples=["in_prep"],
    ),
]
Nonce = Annotated[
    UUID,
    Meta(
        description="Chosen by the device, one for each tap or scan: sent again, it counts once and gets the "
        "same verdict.",
        examples=["0b9ae5e2-1f0f-4f0e-9d0b-5f3a3a6c7d10"],
    ),
]
Device = Annotated[str, Meta(max_length=80, examples=["Tablet 2"])]
Code = Annotated[str, Meta(min_length=1, max_length=200, examples=["SM58-007"])]
Force = Literal["", "promised", "wrong_event", "either"]
Why = Annotated[str, Meta(max_length=500)]


class CountsRecord(Struct):
    """How many pieces of a line took each step. `outstanding` are out and neither back nor settled."""

    wanted: int
    picked: int
    tested: int
    packed: int
    loaded: int
    dispatched: int
    returned: int
    checked: int
    missing: int
    settled: int
    outstanding: int


class BoardRecord(Struct):
    """An event on the board of the bench. `done` of `wanted` pieces took the last step of prep."""

    id: Annotated[int, Meta(examples=[31])]
    name: Annotated[str, Meta(examples=["Summer gala"])]
    client_id: int | None
    venue: str
    out_start: str
    out_end: str
    fulfilment: Fulfilment
    done: int
    wanted: int
    dispatched: int
    outstanding: int
    missing: int


class BenchLineRecord(Struct):
    """A line as the bench sees it. `known` is the quantity the bench knows of; null before prep began."""

    rental_id: int
    equipment_id: int
    name: str
    sku: str
    location: str
    category: str
    heading: str
    notes: str
    tracking: str
    kind: str
    known: int | None
    counts: CountsRecord


class OfficeChangeRecord(Struct):
    """A line that wants another quantity than the bench knows of; `to_put_back` are not wanted any more."""

    rental_id: int
    name: str
    before: int
    after: int
    to_put_back: int
    at: str | None
    by: str


class PrepRecord(Struct):
    """Where the gear of an event stands. `inbox` counts what waited on a device and did not fit any more."""

    event_id: int
    name: str
    fulfilment: Fulfilment
    steps: list[str]
    lines: list[BenchLineRecord]
    office_changes: list[OfficeChangeRecord]
    inbox: int


class OfferRecord(Struct):
    """A way on from a verdict."""

    label: str
    act: str
    values: dict[str, str]


class VerdictRecord(Struct):
    """The answer to a tap or a scan. `count` of `wanted` is where its line stands; `counted`: it moved."""

    kind: Annotated[str, Meta(examples=["right"])]
    title: str
    text: str
    tone: str
    sound: str
    counted: bool
    action_id: int | None
    rental_id: int | None
    unit_id: int | None
    case_id: int | None
    handover_id: int | None
    count: int | None
    wanted: int | None
    label: str
    since: str | None
    offers: list[OfferRecord]


class Tap(Body, kw_only=True):
    """What a device says about every tap. `queued`: it waited there for a connection."""

    nonce: Nonce
    device: Device = ""
    device_at: Instant | None = None
    queued: bool = False

    def act(self) -> Act:
        """As the ledger takes it."""
        return Act(self.nonce, self.device, self.device_at, queued=self.queued)


class Counted(Tap, kw_only=True):
    """A tap that counts a step of prep, into a case where it names one."""

    step: Step = PICKED
    case_id: RecordId | None = None


class Scan(Counted, kw_only=True):
    """A scanned code: the tag or serial number of a unit, a SKU, a case, a paper.

    `force` is the verdict that is overruled; against a promise that takes the capability to override, and a
    `reason`.
    """

    code: Code
    force: Force = ""
    reason: Why = ""


class Count(Counted, kw_only=True):
    """So many more pieces of a line at a step; fewer when it is negative."""

    rental_id: RecordId
    quantity: Annotated[int, Meta(ge=-100_000, le=100_000, examples=[1])]
    reason: Why = ""


class Undo(Tap, kw_only=True):
    """An action of the bench to take back."""

    action_id: RecordId
    reason: Why = ""


class Acknowledgement(Body, kw_only=True):
    """That the bench knows a line wants so many now."""

    rental_id: RecordId
    quantity: Annotated[int, Meta(ge=0, le=100_000)]
