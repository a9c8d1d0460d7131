"""What the API says and takes about stock takes."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct

from app.web.api_bodies import Body, Given, RecordId, Version

Status = Literal["open", "applied", "cancelled"]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Location = Annotated[str, Meta(max_length=200, examples=["A-02"])]
Notes = Annotated[str, Meta(max_length=2000)]
Nonce = Annotated[UUID, Meta(description="Chosen by the device: the same one again counts once.")]
Pieces = Annotated[int, Meta(ge=-100_000, le=100_000, description="Below zero takes back.", examples=[3])]


class StockTakeRecord(Struct):
    """One counting of one location; without one, of all of the stock."""

    id: Annotated[int, Meta(examples=[4])]
    name: str
    location: str
    status: Status
    notes: str
    started_by_id: int | None
    closed_at: str | None
    version: int
    created_at: str
    updated_at: str


class NewStockTake(Body):
    """A stock take to begin."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    name: Given[Name] = UNSET
    location: Given[Location] = UNSET
    notes: Given[Notes] = UNSET


class ChangedStockTake(Body):
    """The name or the notes of a stock take."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    name: Given[Name] = UNSET
    notes: Given[Notes] = UNSET
    version: Given[Version] = UNSET


class NewCount(Body, kw_only=True):
    """What was counted: a scanned `code`, or so many `pieces` of an equipment, or one unit taken back."""

    nonce: Nonce
    code: Given[Annotated[str, Meta(min_length=1, max_length=200)]] = UNSET
    equipment_id: Given[RecordId] = UNSET
    pieces: Given[Pieces] = UNSET
    uncounted_unit_id: Given[RecordId] = UNSET


class CountRecord(Struct):
    """What a count did: how many pieces are counted now, or whether the unit was counted already."""

    equipment_id: int
    name: str
    unit_id: int | None
    asset_tag: str
    pieces: int
    again: bool


class DifferenceRecord(Struct):
    """Counted gear: what should be there, and what was counted."""

    equipment_id: int
    name: str
    expected: int
    counted: int
    difference: int
    here: bool


class UnitDifferenceRecord(Struct):
    """A unit that was not seen although it should be there, or was seen although it should not."""

    unit_id: int
    equipment_id: int
    asset_tag: str
    counted: bool
    here: bool
    event: str | None


class DifferencesRecord(Struct):
    """Where the count differs from what should be there."""

    equipment: list[DifferenceRecord]
    units: list[UnitDifferenceRecord]
