"""What the API says and takes about cases and what should be in them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.cases.fields import MOST_PIECES
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, Version

Code = Annotated[str, Meta(min_length=1, max_length=64, examples=["C-031"])]
Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Cable trunk"])]
Kind = Literal["temporary", "permanent"]
Location = Annotated[str, Meta(max_length=80, examples=["D-02"])]
Notes = Annotated[str, Meta(max_length=10_000)]
Pieces = Annotated[int, Meta(ge=1, le=MOST_PIECES, examples=[12])]


class CaseRecord(Struct):
    """A box that gear travels in. `event_id` is the event it is packed for or out with; null when free."""

    id: Annotated[int, Meta(examples=[5])]
    code: Annotated[str, Meta(examples=["C-031"])]
    name: Annotated[str, Meta(examples=["Cable trunk"])]
    kind: str
    location: str
    weight_kg: Annotated[str | None, Meta(description="The empty box.", examples=["14.000"])]
    notes: str
    event_id: int | None
    version: int
    created_at: str
    updated_at: str


class CaseFields(Body):
    """The fields of a case that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {"weight_kg": Amount(3, Decimal(9_999))}
    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    kind: Given[Kind] = UNSET
    location: Given[Location] = UNSET
    weight_kg: Given[Decimals | None] = UNSET
    notes: Given[Notes] = UNSET
    version: Given[Version] = UNSET


class NewCase(CaseFields, kw_only=True):
    """A case to add; what should be in it comes next."""

    code: Code
    name: Name


class ChangedCase(CaseFields):
    """The fields of a case to change; the others stay as they are."""

    code: Given[Code] = UNSET
    name: Given[Name] = UNSET


class WholeCase(CaseFields, kw_only=True):
    """A case with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "kind": "temporary", "location": "", "weight_kg": None, "notes": "",
    }  # fmt: skip

    code: Code
    name: Name


class ContentRecord(Struct):
    """So many pieces of a line, or one unit of it, that are in a case now; `out` of them have left."""

    rental_id: int
    equipment_id: int
    unit_id: int | None
    name: Annotated[str, Meta(examples=["XLR cable 10 m"])]
    sku: str
    asset_tag: str | None
    quantity: Annotated[int, Meta(examples=[12])]
    out: int
    weight_kg: Annotated[str | None, Meta(description="All of them together.", examples=["9.600"])]


class LackingRecord(Struct):
    """So many pieces that should be in a permanent case and are not."""

    equipment_id: int
    name: str
    quantity: int


class ContentsRecord(Struct):
    """What is in a case now. `weight_kg` is the box with it; `unweighed`: some of it has no weight."""

    case_id: int
    event_id: int | None
    contents: list[ContentRecord]
    missing: list[LackingRecord]
    weight_kg: str
    unweighed: bool


class CaseItemRecord(Struct):
    """So many pieces of an equipment that should be in a case."""

    id: Annotated[int, Meta(examples=[9])]
    case_id: int
    equipment_id: int
    name: Annotated[str, Meta(examples=["XLR cable 10 m"])]
    quantity: Annotated[int, Meta(examples=[12])]
    position: int
    version: int
    created_at: str
    updated_at: str


class NewCaseItem(Body, kw_only=True):
    """Equipment that should be in a case."""

    equipment_id: RecordId
    quantity: Pieces = 1


class ChangedCaseItem(Body):
    """How many should be in a case."""

    quantity: Given[Pieces] = UNSET
    version: Given[Version] = UNSET
