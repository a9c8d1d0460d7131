"""What the API says and takes about handovers: what leaves, comes back, was looked at, or is settled."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.handovers.policy import Part
from app.domain.prep.api_schemas import Nonce, Tap
from app.web.api_bodies import Body, Given, Instant, RecordId

Quantity = Annotated[int, Meta(ge=1, le=100_000, examples=[4])]
Note = Annotated[str, Meta(max_length=2_000)]
Words = Annotated[str, Meta(max_length=200)]
Reason = Annotated[str, Meta(max_length=500)]
Moment = Annotated[Instant, Meta(description="When it was, with an offset; now when left out.")]
Condition = Literal["fine", "dirty", "damaged", "missing", "unchecked"]


class Leaving(Struct, forbid_unknown_fields=True):
    """Pieces of a line that leave; of serialized equipment one unit each."""

    rental_id: RecordId
    quantity: Quantity = 1
    unit_id: RecordId | None = None


class Returning(Struct, forbid_unknown_fields=True):
    """Pieces of a line, or one unit of it, that come back, and how; `missing` is owed still."""

    rental_id: RecordId
    quantity: Quantity = 1
    unit_id: RecordId | None = None
    condition: Condition = "fine"
    note: Note = ""


class Checked(Struct, forbid_unknown_fields=True):
    """What came back unchecked, and how it is."""

    rental_id: RecordId
    quantity: Quantity = 1
    unit_id: RecordId | None = None
    condition: Literal["fine", "dirty", "damaged"] = "fine"
    note: Note = ""


class Settled(Struct, forbid_unknown_fields=True):
    """What will not come back."""

    rental_id: RecordId
    quantity: Quantity = 1
    unit_id: RecordId | None = None
    settlement: Literal["charged", "written_off"] = "charged"


class Dispatch(Tap, kw_only=True):
    """What leaves. `override_reason` passes a closed gate; it takes the capability to override."""

    parts: Annotated[list[Leaving], Meta(min_length=1, max_length=2_000)]
    at: Given[Moment | None] = UNSET
    vehicle: Given[Words] = UNSET
    signed_name: Given[Words] = UNSET
    notes: Given[Note] = UNSET
    override_reason: Given[Reason] = UNSET


class ComingBack(Tap, kw_only=True):
    """What came back. `handover_id` is a session of one's own that goes on."""

    parts: Annotated[list[Returning], Meta(min_length=1, max_length=2_000)]
    handover_id: Given[RecordId | None] = UNSET
    at: Given[Moment | None] = UNSET
    signed_name: Given[Words] = UNSET
    notes: Given[Note] = UNSET


class Check(Tap, kw_only=True):
    """What was looked at after it came back."""

    parts: Annotated[list[Checked], Meta(min_length=1, max_length=2_000)]


class Settlement(Tap, kw_only=True):
    """What is charged or written off."""

    parts: Annotated[list[Settled], Meta(min_length=1, max_length=2_000)]
    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["Lost on tour"])]


class TakenBack(Body, kw_only=True):
    """Why a handover is taken back."""

    nonce: Nonce
    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["Wrong event"])]


class MovedRecord(Struct):
    """What moved in a handover: so many pieces of a line, or a unit of it, took a step."""

    rental_id: int
    equipment_id: int
    name: str
    unit_id: int | None
    asset_tag: str | None
    step: str
    quantity: int
    condition: str | None
    note: str
    maintenance_id: int | None


class HandoverRecord(Struct):
    """A dispatch or a check-in. `undone`: it was taken back, and nothing of it stands."""

    id: Annotated[int, Meta(examples=[12])]
    event_id: Annotated[int, Meta(examples=[31])]
    kind: Literal["dispatch", "check_in"]
    number: int
    at: str
    actor_id: int | None
    vehicle: str
    signed_name: str
    notes: str
    override_reason: str
    undone: bool
    moved: list[MovedRecord]


def parts_of(sent: list[Any]) -> list[Part]:
    """Parts as the services take them."""
    parts = [{name: getattr(one, name) for name in one.__struct_fields__} for one in sent]
    return [replace(part, note=part.note.strip()) for part in (Part(**one) for one in parts)]
