"""What the API says and takes about kits, accessories and substitutes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, Struct

from app.domain.kits.fields import MOST_ALONG, MOST_KITS, MOST_PIECES
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, TagWord, Version

MONEY = Amount(2, Decimal(9_999_999))

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Small conference"])]
Sku = Annotated[str, Meta(min_length=1, max_length=64, examples=["KIT-CONF-S"])]
Description = Annotated[str, Meta(max_length=4000)]
Notes = Annotated[str, Meta(max_length=10_000)]
Line = Annotated[str, Meta(max_length=500)]
Tags = Annotated[list[TagWord], Meta(max_length=30)]
Pieces = Annotated[int, Meta(ge=1, le=MOST_PIECES, examples=[4])]
Ratio = Annotated[int, Meta(ge=1, le=MOST_ALONG, examples=[1])]
Step = Annotated[
    int, Meta(ge=-1000, le=1000, description="Places further down; up below zero.", examples=[-1])
]
Reason = Annotated[
    str,
    Meta(
        max_length=500,
        description="Book although it does not fit, under your name; takes the capability to overbook.",
    ),
]


class KitRecord(Struct):
    """A kit as it is. `daily_rate` is null where its parts are charged."""

    id: Annotated[int, Meta(examples=[3])]
    name: Annotated[str, Meta(examples=["Small conference"])]
    sku: Annotated[str, Meta(examples=["KIT-CONF-S"])]
    description: str
    daily_rate: Annotated[str | None, Meta(examples=["180.00"])]
    tags: list[str]
    notes: str
    archived: bool
    version: int
    created_at: str
    updated_at: str


class KitFields(Body):
    """The fields of a kit that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {"daily_rate": MONEY}
    lines: ClassVar[frozenset[str]] = frozenset({"description", "notes"})

    description: Given[Description] = UNSET
    daily_rate: Given[Decimals | None] = UNSET
    tags: Given[Tags] = UNSET
    notes: Given[Notes] = UNSET
    archived: Given[bool] = UNSET
    version: Given[Version] = UNSET


class NewKit(KitFields, kw_only=True):
    """A kit to add; what is in it comes next."""

    name: Name
    sku: Sku


class ChangedKit(KitFields):
    """The fields of a kit to change; the others stay as they are."""

    name: Given[Name] = UNSET
    sku: Given[Sku] = UNSET


class WholeKit(KitFields, kw_only=True):
    """A kit with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "description": "", "daily_rate": None, "tags": [], "notes": "", "archived": False,
    }  # fmt: skip

    name: Name
    sku: Sku


class ComponentRecord(Struct):
    """So many pieces of an equipment in one kit."""

    id: Annotated[int, Meta(examples=[11])]
    kit_id: int
    equipment_id: int
    name: Annotated[str, Meta(examples=["Shure SM58"])]
    quantity: Annotated[int, Meta(examples=[4])]
    position: int
    version: int
    created_at: str
    updated_at: str


class NewComponent(Body, kw_only=True):
    """Equipment to put into a kit."""

    equipment_id: RecordId
    quantity: Pieces = 1


class ChangedComponent(Body):
    """How many are in one kit, and by how many places it moves."""

    quantity: Given[Pieces] = UNSET
    move: Given[Step] = UNSET
    version: Given[Version] = UNSET


class KitFreeRecord(Struct):
    """How many complete kits are free for the whole period, and which equipment keeps it from being more."""

    kit_id: int
    start: str
    end: str
    free: Annotated[int, Meta(examples=[3])]
    lacking: Annotated[str, Meta(examples=["Shure SM58"])]


class AddedKit(Body, kw_only=True):
    """Kits to put on an event: all that is in them, or nothing."""

    kit_id: RecordId
    quantity: Annotated[int, Meta(ge=1, le=MOST_KITS, examples=[2])] = 1
    overbook_reason: Given[Reason] = UNSET


class AccessoryRecord(Struct):
    """What goes along with an equipment: `quantity` pieces for every `per`, rounded up."""

    id: Annotated[int, Meta(examples=[5])]
    equipment_id: int
    accessory_id: int
    name: Annotated[str, Meta(examples=["XLR cable 10 m"])]
    quantity: int
    per: int
    included: bool
    version: int
    created_at: str
    updated_at: str


class AccessoryFields(Body):
    """The fields of an accessory that may be left out."""

    quantity: Given[Ratio] = UNSET
    per: Given[Ratio] = UNSET
    included: Given[bool] = UNSET
    version: Given[Version] = UNSET


class NewAccessory(AccessoryFields, kw_only=True):
    """What is to go along; one for one, by itself, unless said otherwise."""

    accessory_id: RecordId


class SubstituteRecord(Struct):
    """What may stand in for an equipment."""

    id: Annotated[int, Meta(examples=[6])]
    equipment_id: int
    substitute_id: int
    name: Annotated[str, Meta(examples=["Shure Beta 58A"])]
    notes: str
    version: int
    created_at: str
    updated_at: str


class SubstituteFields(Body):
    """What is to be minded when it stands in."""

    notes: Given[Line] = UNSET
    version: Given[Version] = UNSET


class NewSubstitute(SubstituteFields, kw_only=True):
    """What may stand in."""

    substitute_id: RecordId
