"""What the API says and takes about maintenance."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.web.api_bodies import Amount, Body, Decimals, Given, Instant, RecordId, Version

Kind = Literal["preventive", "repair", "inspection"]
State = Literal["reported", "in_progress", "waiting", "resolved", "written_off"]

Title = Annotated[str, Meta(min_length=1, max_length=200, examples=["Crackles on low gain"])]
Words = Annotated[str, Meta(max_length=4000)]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000, examples=[1])]

COST: Mapping[str, Amount] = {"cost": Amount(2, Decimal(9_999_999))}
LINES = frozenset({"description", "resolution"})


class MaintenanceRecord(Struct):
    """A job as it is. While it `blocks`, what it is about is out of service."""

    id: Annotated[int, Meta(examples=[5])]
    equipment_id: Annotated[int, Meta(examples=[7])]
    unit_id: int | None
    quantity: int
    title: Annotated[str, Meta(examples=["Crackles on low gain"])]
    description: str
    kind: Kind
    state: State
    blocks: bool
    cost: Annotated[str | None, Meta(examples=["45.00"])]
    due_at: Annotated[str | None, Meta(examples=["2026-11-26T08:00:00Z"])]
    expected_back: str | None
    reported_by_id: int | None
    assignee_id: int | None
    started_at: str | None
    resolved_at: str | None
    resolution: str
    version: int
    created_at: str
    updated_at: str


class NewMaintenance(Body):
    """A job to report, on a unit or on a quantity of equipment."""

    lines: ClassVar[frozenset[str]] = LINES

    equipment_id: RecordId
    title: Title
    unit_id: Given[RecordId | None] = UNSET
    quantity: Given[Quantity] = UNSET
    description: Given[Words] = UNSET
    kind: Given[Kind] = UNSET
    blocks: Given[bool] = UNSET
    due_at: Given[Instant | None] = UNSET
    expected_back: Given[Instant | None] = UNSET
    assignee_id: Given[RecordId | None] = UNSET


class MaintenanceFields(Body):
    """The fields of a job that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = COST
    lines: ClassVar[frozenset[str]] = LINES

    quantity: Given[Quantity] = UNSET
    description: Given[Words] = UNSET
    kind: Given[Kind] = UNSET
    blocks: Given[bool] = UNSET
    cost: Given[Decimals | None] = UNSET
    due_at: Given[Instant | None] = UNSET
    expected_back: Given[Instant | None] = UNSET
    assignee_id: Given[RecordId | None] = UNSET
    resolution: Given[Words] = UNSET
    version: Given[Version] = UNSET


class ChangedMaintenance(MaintenanceFields):
    """The fields of a job to change; the others stay as they are. Its state follows from transitions."""

    title: Given[Title] = UNSET


class WholeMaintenance(MaintenanceFields, kw_only=True):
    """A job with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "quantity": 1, "description": "", "kind": "repair", "blocks": True, "cost": None, "due_at": None,
        "expected_back": None, "assignee_id": None, "resolution": "",
    }  # fmt: skip

    title: Title


class Transition(Body):
    """The state a job goes into, and what is said along with it."""

    amounts: ClassVar[Mapping[str, Amount]] = COST
    lines: ClassVar[frozenset[str]] = LINES

    state: Literal["in_progress", "waiting", "resolved", "written_off"]
    expected_back: Given[Instant | None] = UNSET
    assignee_id: Given[RecordId | None] = UNSET
    cost: Given[Decimals | None] = UNSET
    resolution: Given[Words] = UNSET
    version: Given[Version] = UNSET
