"""What a search finds, one class for each kind of record."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EquipmentHit:
    """Equipment found; `exact` when what was typed is its sku."""

    id: int
    name: str
    sku: str
    location: str
    quantity: int
    tracking: str
    icon: str
    photo: str | None
    exact: bool


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit found by its asset tag or serial number; `exact` when that was typed in full."""

    id: int
    asset_tag: str
    serial_number: str
    state: str
    equipment_name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class JobHit:
    """A maintenance job found by its title, open ones first."""

    id: int
    title: str
    state: str
    equipment_name: str


@dataclass(frozen=True, slots=True)
class ClientHit:
    """A client found by name, e-mail, phone or tax number."""

    id: int
    name: str
    email: str
    blocked: bool
    archived: bool


@dataclass(frozen=True, slots=True)
class KitHit:
    """A kit found by name, sku, tags or description."""

    id: int
    name: str
    sku: str
    archived: bool


@dataclass(frozen=True, slots=True)
class CaseHit:
    """A case found by its code, name or place; `event_name` is what it is packed for, or out with."""

    id: int
    code: str
    name: str
    location: str
    event_name: str | None


@dataclass(frozen=True, slots=True)
class EventHit:
    """An event found by its name, venue, tags or notes, or by its client; those to come first."""

    id: int
    name: str
    status: str
    client_name: str | None
    out_start: datetime


@dataclass(frozen=True, slots=True)
class Recent:
    """A record somebody worked on lately."""

    entity: str
    id: int
    label: str
