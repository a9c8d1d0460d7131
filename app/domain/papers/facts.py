"""What papers say, as it was read: the shop, the event, its lines and units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.prep.policy import Counts

PLANNED = frozenset({"draft", "quoted", "requested", "held"})
"""States of an event whose papers are only a plan."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The shop as its papers show it; `prep_steps` are the steps it takes."""

    name: str
    city: str
    address: str
    phone: str
    email: str
    website: str
    tax_number: str
    logo: str | None
    paper_size: str
    prep_steps: Sequence[str]
    time_zone: str
    locale: str

    @property
    def place(self) -> tuple[str, ...]:
        """The lines of its address; the city where there is none."""
        return tuple(filter(None, map(str.strip, self.address.splitlines()))) or _some(self.city)

    @property
    def reach(self) -> tuple[str, ...]:
        """How it is reached."""
        return _some(self.phone, self.email, self.website)


@dataclass(frozen=True, slots=True)
class PaperEvent:
    """The event a paper is about, with its client and who answers for it."""

    id: int
    name: str
    status: str
    venue: str
    venue_address: str
    out_start: datetime
    out_end: datetime
    use_start: datetime | None
    use_end: datetime | None
    notes: str
    client_notes: str
    client: str | None
    contact: str | None
    contact_phone: str | None
    contact_email: str | None
    street: str | None
    town: str | None
    country: str | None
    responsible: str | None
    revision: int

    @property
    def is_planned(self) -> bool:
        """Whether nothing of it is promised yet."""
        return self.status in PLANNED

    @property
    def client_address(self) -> tuple[str, ...]:
        """The lines of the client's address."""
        return _some(*(self.street or "").splitlines(), self.town or "", self.country or "")

    @property
    def venue_lines(self) -> tuple[str, ...]:
        """The lines of the address of the venue."""
        return _some(*self.venue_address.splitlines())

    @property
    def contact_reach(self) -> tuple[str, ...]:
        """How the contact is reached."""
        return _some(self.contact_phone or "", self.contact_email or "")


@dataclass(frozen=True, slots=True)
class PaperUnit:
    """A unit of a line: bound to it, or with movements of its own on it (0 or 1 for each step)."""

    rental_id: int
    id: int
    tag: str
    serial: str
    is_bound: bool
    picked: int
    packed: int
    dispatched: int
    outstanding: int
    missing: int

    @property
    def is_chosen(self) -> bool:
        """Whether it goes along, as far as is known before anything left."""
        return self.is_bound or self.picked > 0

    @property
    def is_due(self) -> bool:
        """Whether it is to come back and not missing."""
        return self.outstanding > 0 and self.missing <= 0

    @property
    def words(self) -> str:
        """The tag, with the serial number where there is one."""
        return f"{self.tag} ({self.serial})" if self.serial else self.tag


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line as papers show it. `heading` is the group it stands in on this paper.

    `known` is the quantity the bench knows of, None before prep began. `counts.wanted` is what it asks for.
    """

    id: int
    name: str
    sku: str
    location: str
    category: str
    heading: str
    kit: str | None
    notes: str
    accessory_of_id: int | None
    serialized: bool
    weight_kg: Decimal | None
    replacement_value: Decimal | None
    known: int | None
    counts: Counts
    units: tuple[PaperUnit, ...] = ()

    @property
    def was(self) -> int | None:
        """The quantity that was asked for before, when the bench does not know of the present one."""
        return self.known if self.known is not None and self.known != self.counts.wanted else None

    @property
    def put_back(self) -> int:
        """How many were picked that are not wanted any more, and have not left."""
        return self.counts.to_put_back

    @property
    def due(self) -> int:
        """How many are to come back and not missing."""
        return max(self.counts.outstanding - self.counts.missing, 0) if self.counts.comes_back else 0

    @property
    def missing_value(self) -> Decimal | None:
        """What it costs to replace what is missing of it, where that is known."""
        return None if self.replacement_value is None else self.replacement_value * self.counts.missing

    @property
    def to_take(self) -> list[str]:
        """The tags of the units that are chosen, no more than are wanted."""
        if not self.serialized:
            return []
        return [unit.tag for unit in self.units if unit.is_chosen][: self.counts.wanted]

    @property
    def any_units(self) -> int:
        """How many more units to take, whichever they are."""
        return self.counts.wanted - len(self.to_take) if self.serialized else 0


@dataclass(frozen=True, slots=True)
class PackedCase:
    """A case with what is in it for an event: (line, unit, pieces). `weight_kg` is that of the empty case."""

    id: int
    code: str
    name: str
    kind: str
    weight_kg: Decimal | None
    contents: tuple[tuple[int, int | None, int], ...]


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """Gear that changed hands, and who signed for it."""

    id: int
    event_id: int
    kind: str
    number: int
    at: datetime
    vehicle: str
    signed_name: str
    signature: str | None
    notes: str
    actor: str

    @property
    def is_dispatch(self) -> bool:
        """Whether it went out; else it came back."""
        return self.kind == "dispatch"


@dataclass(frozen=True, slots=True)
class HandedLine:
    """So many pieces of a line that took one step at a hand-over; `condition` is how they came back."""

    rental_id: int
    name: str
    sku: str
    step: str
    condition: str | None
    quantity: int
    units: Sequence[str]
    note: str


def _some(*lines: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, lines)))
