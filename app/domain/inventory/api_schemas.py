"""What the API says and takes about equipment, units and categories."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.inventory.service import DEFAULTS
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, TagWord, Version

Kind = Literal["equipment", "consumable"]
Tracking = Literal["bulk", "serialized"]
Status = Literal["good", "damaged", "maintenance"]
Condition = Literal["good", "worn", "damaged"]
UnitState = Literal[
    "in_stock", "allocated", "prepped", "out", "returned", "quarantine", "in_repair", "missing",
    "lost", "written_off", "retired",
]  # fmt: skip
SettableState = Literal["in_stock", "quarantine", "in_repair", "missing", "lost", "written_off", "retired"]

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Shure SM58"])]
Sku = Annotated[str, Meta(min_length=1, max_length=64, examples=["MIC-SM58"])]
Description = Annotated[str, Meta(max_length=4000, examples=["Dynamic vocal microphone, cardioid."])]
Location = Annotated[str, Meta(max_length=80, examples=["A-01"])]
Notes = Annotated[str, Meta(max_length=10_000)]
Quantity = Annotated[
    int,
    Meta(
        ge=0,
        le=1_000_000,
        description="The stock. Serialized equipment counts its units instead.",
        examples=[24],
    ),
]
Watts = Annotated[int, Meta(ge=0, le=1_000_000, description="Watts.", examples=[350])]
Minutes = Annotated[int, Meta(ge=0, le=43_200, description="Minutes.", examples=[30])]
Tags = Annotated[list[TagWord], Meta(max_length=30, examples=[["vocal", "dynamic"]])]
AssetTag = Annotated[str, Meta(min_length=1, max_length=64, examples=["SM58-001"])]
Serial = Annotated[str, Meta(max_length=64, examples=["3HK1120456"])]

MONEY = Amount(2, Decimal(9_999_999))


class EquipmentRecord(Struct):
    """Equipment as it is. Money is in the currency of the company, weight in kilograms."""

    id: Annotated[int, Meta(examples=[7])]
    sku: Annotated[str, Meta(examples=["MIC-SM58"])]
    name: Annotated[str, Meta(examples=["Shure SM58"])]
    description: str
    category_id: Annotated[int, Meta(examples=[3])]
    subcategory_id: int | None
    kind: Kind
    tracking: Tracking
    quantity: Annotated[int, Meta(examples=[24])]
    status: Status
    location: Annotated[str, Meta(examples=["A-01"])]
    daily_rate: Annotated[str | None, Meta(examples=["4.50"])]
    replacement_value: Annotated[str | None, Meta(examples=["118.00"])]
    tax_rate_id: Annotated[int | None, Meta(description="Null: the default rate of tax.")]
    weight_kg: Annotated[str | None, Meta(examples=["0.298"])]
    power_w: int | None
    prep_minutes: int
    turnaround_minutes: int
    tags: Annotated[list[str], Meta(examples=[["vocal", "dynamic"]])]
    notes: str
    photo_url: str | None
    archived: bool
    version: Annotated[int, Meta(examples=[3])]
    created_at: Annotated[str, Meta(examples=["2026-11-21T09:30:00Z"])]
    updated_at: Annotated[str, Meta(examples=["2026-11-21T09:30:00Z"])]


class EquipmentFields(Body):
    """The fields of equipment that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {
        "daily_rate": MONEY,
        "replacement_value": MONEY,
        "weight_kg": Amount(3, Decimal(999_999)),
    }
    lines: ClassVar[frozenset[str]] = frozenset({"description", "notes"})

    description: Given[Description] = UNSET
    subcategory_id: Given[RecordId | None] = UNSET
    kind: Given[Kind] = UNSET
    tracking: Given[Tracking] = UNSET
    quantity: Given[Quantity] = UNSET
    status: Given[Status] = UNSET
    location: Given[Location] = UNSET
    daily_rate: Given[Decimals | None] = UNSET
    replacement_value: Given[Decimals | None] = UNSET
    tax_rate_id: Given[RecordId | None] = UNSET
    weight_kg: Given[Decimals | None] = UNSET
    power_w: Given[Watts | None] = UNSET
    prep_minutes: Given[Minutes] = UNSET
    turnaround_minutes: Given[Minutes] = UNSET
    tags: Given[Tags] = UNSET
    notes: Given[Notes] = UNSET
    archived: Given[bool] = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that were sent; every tag once."""
        found = super().given()
        if "tags" in found:
            found["tags"] = list(dict.fromkeys(found["tags"]))
        return found


class NewEquipment(EquipmentFields, kw_only=True):
    """Equipment to add."""

    name: Name
    sku: Sku
    category_id: RecordId


class ChangedEquipment(EquipmentFields):
    """The fields of equipment to change; the others stay as they are."""

    name: Given[Name] = UNSET
    sku: Given[Sku] = UNSET
    category_id: Given[RecordId] = UNSET
    version: Given[Version] = UNSET


class WholeEquipment(NewEquipment, kw_only=True):
    """Equipment with every field: what is left out goes back to its default. The photo stays."""

    blank: ClassVar[Mapping[str, Any]] = {
        "description": "", "subcategory_id": None, "location": "", "daily_rate": None,
        "replacement_value": None, "tax_rate_id": None, "weight_kg": None, "power_w": None, "prep_minutes": 0,
        "turnaround_minutes": 0, "tags": [], "notes": "", "archived": False, **DEFAULTS,
    }  # fmt: skip

    version: Given[Version] = UNSET

    def whole(self) -> dict[str, Any]:
        """All fields; the stock of serialized equipment only where it was sent, as it is counted."""
        values = super().whole()
        if values["tracking"] == "serialized" and "quantity" not in self.given():
            del values["quantity"]
        return values


class UnitRecord(Struct):
    """A unit as it is. Where it is follows from rentals and maintenance, or is said by people."""

    id: Annotated[int, Meta(examples=[12])]
    equipment_id: Annotated[int, Meta(examples=[7])]
    asset_tag: Annotated[str, Meta(examples=["SM58-001"])]
    serial_number: Annotated[str, Meta(examples=["3HK1120456"])]
    location: str
    condition: Condition
    state: UnitState
    notes: str
    version: int
    created_at: str
    updated_at: str


class NewUnits(Body):
    """Units to add: `asset_tag` for one, `asset_tags` for several, as a list or as text with ranges."""

    lines: ClassVar[frozenset[str]] = frozenset({"asset_tags", "notes"})

    asset_tag: Given[AssetTag] = UNSET
    asset_tags: Given[
        Annotated[str, Meta(max_length=100_000, examples=["SM58-001…040"])]
        | Annotated[list[AssetTag], Meta(max_length=1000)]
    ] = UNSET
    serial_number: Given[Serial] = UNSET
    location: Given[Location] = UNSET
    condition: Given[Condition] = UNSET
    notes: Given[Description] = UNSET


class ChangedUnit(Body):
    """The fields of a unit to change; the others stay as they are."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    asset_tag: Given[AssetTag] = UNSET
    serial_number: Given[Serial] = UNSET
    location: Given[Location] = UNSET
    condition: Given[Condition] = UNSET
    state: Given[SettableState] = UNSET
    notes: Given[Description] = UNSET
    version: Given[Version] = UNSET


class WholeUnit(Body):
    """A unit with every field: what is left out goes back to its default, but for the state."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    asset_tag: AssetTag
    serial_number: Serial = ""
    location: Location = ""
    condition: Condition = "good"
    notes: Description = ""
    state: Given[SettableState] = UNSET
    version: Given[Version] = UNSET


class CategoryRecord(Struct):
    """A category, or with a parent a subcategory. `equipment_count` includes its subcategories."""

    id: Annotated[int, Meta(examples=[3])]
    name: Annotated[str, Meta(examples=["Microphones"])]
    parent_id: int | None
    icon: Annotated[str, Meta(examples=["microphone"])]
    position: int
    equipment_count: int
    version: int
    created_at: str
    updated_at: str


CategoryName = Annotated[str, Meta(min_length=1, max_length=80, examples=["Microphones"])]
Icon = Annotated[str, Meta(max_length=40, examples=["microphone"])]


class NewCategory(Body):
    """A category to add; with `parent_id` a subcategory."""

    name: CategoryName
    parent_id: Given[RecordId | None] = UNSET
    icon: Given[Icon] = UNSET


class ChangedCategory(Body):
    """The fields of a category to change; the others stay as they are."""

    name: Given[CategoryName] = UNSET
    parent_id: Given[RecordId | None] = UNSET
    icon: Given[Icon] = UNSET
    version: Given[Version] = UNSET


class WholeCategory(NewCategory):
    """A category with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {"parent_id": None, "icon": "box"}

    version: Given[Version] = UNSET


class CategoryPosition(Body):
    """The place of a category among those beside it, from 0."""

    position: Annotated[int, Meta(ge=0, le=10_000, examples=[0])]


class CategoryMerge(Body):
    """The category everything goes into."""

    into_id: RecordId


class MergedCategory(Struct):
    """What merging led to."""

    category: CategoryRecord
    moved: Annotated[int, Meta(description="How many items moved.", examples=[14])]
