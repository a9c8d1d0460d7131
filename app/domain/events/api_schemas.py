"""What the API says and takes about events and their rentals."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.events.rules import MOST
from app.web.api_bodies import Body, Given, Instant, Line, RecordId, TagWord, Version

Status = Literal[
    "draft", "requested", "quoted", "held", "confirmed", "closed",
    "lost", "cancelled", "declined", "withdrawn", "expired",
]  # fmt: skip

Colour = Literal["", "accent", "green", "amber", "red", "cyan", "plum", "slate"]

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Summer gala"])]
Words = Annotated[str, Meta(max_length=10_000)]
Tags = Annotated[list[TagWord], Meta(max_length=30)]
Quantity = Annotated[int, Meta(ge=1, le=MOST, examples=[4])]
Minutes = Annotated[int, Meta(ge=0, le=43_200, description="Minutes.")]
Position = Annotated[int, Meta(ge=0, le=1_000_000)]
Reason = Annotated[
    str,
    Meta(
        max_length=500,
        description="Book although it does not fit, under your name; takes the capability to overbook.",
    ),
]


class EventRecord(Struct):
    """An event as it is. The gear is out from `out_start` to `out_end`; a hold ends at `hold_expires_at`."""

    id: Annotated[int, Meta(examples=[31])]
    name: Annotated[str, Meta(examples=["Summer gala"])]
    client_id: int | None
    contact_id: int | None
    venue: str
    venue_address: str
    out_start: Annotated[str, Meta(examples=["2026-11-26T08:00:00Z"])]
    out_end: Annotated[str, Meta(examples=["2026-11-28T12:00:00Z"])]
    use_start: str | None
    use_end: str | None
    notes: str
    client_notes: str
    responsible_id: int | None
    tags: list[str]
    colour: Colour
    status: Status
    status_reason: str
    hold_expires_at: str | None
    requested_by_id: int | None
    version: int
    created_at: str
    updated_at: str


class EventFields(Body):
    """The fields of an event that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes", "client_notes", "venue_address"})

    client_id: Given[RecordId | None] = UNSET
    contact_id: Given[RecordId | None] = UNSET
    venue: Given[Line] = UNSET
    venue_address: Given[Words] = UNSET
    use_start: Given[Instant | None] = UNSET
    use_end: Given[Instant | None] = UNSET
    notes: Given[Words] = UNSET
    client_notes: Given[Words] = UNSET
    responsible_id: Given[RecordId | None] = UNSET
    tags: Given[Tags] = UNSET
    colour: Given[Colour] = UNSET
    version: Given[Version] = UNSET


class NewEvent(EventFields, kw_only=True):
    """An event to add, as a draft."""

    name: Name
    out_start: Instant
    out_end: Instant


class ChangedEvent(EventFields):
    """The fields of an event to change. New dates move its rentals, or are refused as a whole."""

    name: Given[Name] = UNSET
    out_start: Given[Instant] = UNSET
    out_end: Given[Instant] = UNSET
    overbook_reason: Given[Reason] = UNSET


class WholeEvent(EventFields, kw_only=True):
    """An event with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "client_id": None, "contact_id": None, "venue": "", "venue_address": "", "use_start": None,
        "use_end": None, "notes": "", "client_notes": "", "responsible_id": None, "tags": [],
        "colour": "",
    }  # fmt: skip

    name: Name
    out_start: Instant
    out_end: Instant
    overbook_reason: Given[Reason] = UNSET


class EventCopy(Body, kw_only=True):
    """The name and dates of a copy; lines with a period of their own move along."""

    name: Name
    out_start: Instant
    out_end: Instant


class Hold(Body):
    """Until when the stock is held; a week from now when left out."""

    expires_at: Given[Instant | None] = UNSET
    overbook_reason: Given[Reason] = UNSET


class Confirmation(Body):
    """A confirmation, on purpose also of what does not fit."""

    overbook_reason: Given[Reason] = UNSET


class CounterOffer(Body):
    """What is proposed instead; the event is held until then, a week from now unless said."""

    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["Only six are free; six it is."])]
    expires_at: Given[Instant | None] = UNSET


class Step(Body):
    """A step that takes no stock: quote, lose, cancel, close, decline, withdraw or reopen."""

    step: Literal["quote", "lose", "cancel", "close", "decline", "withdraw", "reopen"]
    reason: Given[Annotated[str, Meta(max_length=500)]] = UNSET


class AttachmentRecord(Struct):
    """A file of an event; `size` is in bytes."""

    id: Annotated[int, Meta(examples=[12])]
    event_id: Annotated[int, Meta(examples=[31])]
    name: Annotated[str, Meta(examples=["Stage plot.pdf"])]
    media_type: str
    size: int
    version: int
    created_at: str
    updated_at: str


class GearTemplateRecord(Struct):
    """A list of gear with a name."""

    id: Annotated[int, Meta(examples=[3])]
    name: Annotated[str, Meta(examples=["Small conference"])]
    notes: str
    version: int
    created_at: str
    updated_at: str


class RentalRecord(Struct):
    """A line of an event as it is. Without a period of its own it has the event's."""

    id: Annotated[int, Meta(examples=[210])]
    event_id: Annotated[int, Meta(examples=[31])]
    equipment_id: Annotated[int, Meta(examples=[7])]
    name: Annotated[str, Meta(examples=["Shure SM58"])]
    quantity: Annotated[int, Meta(examples=[4])]
    start_at: str | None
    end_at: str | None
    prep_minutes: int | None
    turnaround_minutes: int | None
    heading: str
    position: int
    notes: str
    optional: bool
    overbook_reason: str
    overbooked_by_id: int | None
    version: int
    created_at: str
    updated_at: str


class RentalFields(Body):
    """The fields of a line that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    prep_minutes: Given[Minutes | None] = UNSET
    turnaround_minutes: Given[Minutes | None] = UNSET
    heading: Given[Line] = UNSET
    name: Given[Name] = UNSET
    position: Given[Position] = UNSET
    notes: Given[Words] = UNSET
    optional: Given[bool] = UNSET
    overbook_reason: Given[Reason] = UNSET
    version: Given[Version] = UNSET


class NewRental(RentalFields, kw_only=True):
    """A line to add. `start` and `end` only where they differ from the event's."""

    event_id: RecordId
    equipment_id: RecordId
    quantity: Quantity
    start: Given[Instant | None] = UNSET
    end: Given[Instant | None] = UNSET


class ChangedRental(RentalFields):
    """The fields of a line to change; more of it has to be free."""

    quantity: Given[Quantity] = UNSET
    start: Given[Instant | None] = UNSET
    end: Given[Instant | None] = UNSET
