"""What the API says and takes about sub-hires."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.sub_hire.fields import MOST, MOST_COST
from app.web.api_bodies import Amount, Body, Decimals, Given, Instant, Line, RecordId, Version

Status = Literal["draft", "ordered", "received", "returned", "cancelled"]
Quantity = Annotated[int, Meta(ge=1, le=MOST, examples=[4])]
Words = Annotated[str, Meta(max_length=10_000)]
COST: Mapping[str, Amount] = {"cost": Amount(2, MOST_COST)}
LINES = frozenset({"notes"})


class SubHireRecord(Struct):
    """Gear hired in from `start_at` to `end_at`. Ordered and received it adds to what there is."""

    id: Annotated[int, Meta(examples=[3])]
    equipment_id: Annotated[int, Meta(examples=[7])]
    supplier_id: int
    event_id: int | None
    quantity: int
    start_at: Annotated[str, Meta(examples=["2026-11-26T08:00:00Z"])]
    end_at: Annotated[str, Meta(examples=["2026-11-28T12:00:00Z"])]
    cost: Annotated[str | None, Meta(examples=["180.00"])]
    reference: str
    notes: str
    status: Status
    returned_at: str | None
    name: Annotated[str, Meta(examples=["L-Acoustics K2"])]
    version: int
    created_at: str
    updated_at: str


class SubHireFields(Body):
    """The fields of a sub-hire that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = COST
    lines: ClassVar[frozenset[str]] = LINES

    event_id: Given[RecordId | None] = UNSET
    cost: Given[Decimals | None] = UNSET
    reference: Given[Line] = UNSET
    notes: Given[Words] = UNSET


class NewSubHire(SubHireFields, kw_only=True):
    """Gear to hire in; a draft unless it is ordered already."""

    equipment_id: RecordId
    supplier_id: RecordId
    quantity: Quantity
    start_at: Instant
    end_at: Instant
    status: Given[Literal["draft", "ordered"]] = UNSET


class ChangedSubHire(SubHireFields):
    """The fields of a sub-hire to change; the others stay as they are. Its state has routes of its own."""

    equipment_id: Given[RecordId] = UNSET
    supplier_id: Given[RecordId] = UNSET
    quantity: Given[Quantity] = UNSET
    start_at: Given[Instant] = UNSET
    end_at: Given[Instant] = UNSET
    version: Given[Version] = UNSET


class WholeSubHire(SubHireFields, kw_only=True):
    """A sub-hire with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {"event_id": None, "cost": None, "reference": "", "notes": ""}

    equipment_id: RecordId
    supplier_id: RecordId
    quantity: Quantity
    start_at: Instant
    end_at: Instant
    version: Given[Version] = UNSET


class SubHireReturn(Body):
    """When the gear went back: now unless said."""

    returned_at: Given[Instant] = UNSET
