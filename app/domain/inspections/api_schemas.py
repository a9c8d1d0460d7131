"""What the API says and takes about inspections."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.web.api_bodies import Body, Given, RecordId, Version

Status = Literal["valid", "due_soon", "expired"]

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Electrical test"])]
Months = Annotated[int, Meta(ge=1, le=240, examples=[12])]
WarnDays = Annotated[int, Meta(ge=0, le=365, examples=[30])]
Inspector = Annotated[str, Meta(max_length=120)]
Notes = Annotated[str, Meta(max_length=4000)]
RuleNotes = Annotated[str, Meta(max_length=2000)]
Units = Annotated[list[RecordId], Meta(min_length=1, max_length=200, examples=[[4, 5]])]


class RuleRecord(Struct):
    """What has to be tested every so many months: one equipment, or a category with all below it."""

    id: Annotated[int, Meta(examples=[2])]
    name: Annotated[str, Meta(examples=["Electrical test"])]
    equipment_id: int | None
    category_id: int | None
    interval_months: int
    warn_days: int
    starts_on: Annotated[str, Meta(examples=["2026-12-31"])]
    notes: str
    version: int
    created_at: str
    updated_at: str


class RuleFields(Body):
    """The fields of a rule that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    warn_days: Given[WarnDays] = UNSET
    notes: Given[RuleNotes] = UNSET
    version: Given[Version] = UNSET


class NewRule(RuleFields, kw_only=True):
    """A rule to add, either for an equipment or for a category."""

    name: Name
    interval_months: Months
    starts_on: Annotated[date, Meta(description="The last day on which untested units count as valid.")]
    equipment_id: Given[RecordId | None] = UNSET
    category_id: Given[RecordId | None] = UNSET


class ChangedRule(RuleFields):
    """The fields of a rule to change; the others stay as they are."""

    name: Given[Name] = UNSET
    interval_months: Given[Months] = UNSET
    starts_on: Given[date] = UNSET


class WholeRule(RuleFields, kw_only=True):
    """A rule with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {"warn_days": 30, "notes": ""}

    name: Name
    interval_months: Months
    starts_on: date


class InspectionRecord(Struct):
    """One test of one unit. Passed, it is valid up to and including `valid_until`; failed, it has a job."""

    id: Annotated[int, Meta(examples=[9])]
    unit_id: int
    rule_id: int
    passed: bool
    inspected_on: Annotated[str, Meta(examples=["2026-11-21"])]
    valid_until: str | None
    inspector: str
    notes: str
    certificate_name: str
    maintenance_id: int | None
    version: int
    created_at: str
    updated_at: str


class NewInspection(Body, kw_only=True):
    """A test of one unit or of several, all passed or all failed."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    unit_ids: Units
    rule_id: RecordId
    passed: bool
    inspected_on: date
    valid_until: Annotated[
        Given[date | None], Meta(description="Left out, the interval of the rule says until when.")
    ] = UNSET
    inspector: Given[Inspector] = UNSET
    notes: Given[Notes] = UNSET


class ChangedInspection(Body):
    """What is corrected of a test; the rest stays as it is."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    inspected_on: Given[date] = UNSET
    valid_until: Given[date] = UNSET
    inspector: Given[Inspector] = UNSET
    notes: Given[Notes] = UNSET
    version: Given[Version] = UNSET


class DueRecord(Struct):
    """A test that a unit has to pass, and how it stands today."""

    unit_id: int
    asset_tag: Annotated[str, Meta(examples=["DIM-01"])]
    equipment_id: int
    equipment_name: str
    rule_id: int
    name: Annotated[str, Meta(examples=["Electrical test"])]
    location: str
    status: Status
    valid_until: Annotated[str, Meta(examples=["2027-11-20"])]
    inspected_on: str | None
    passed: bool | None
