"""The selects behind a draft: the version, the rentals it follows, and what was said otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import (
    Category,
    Equipment,
    Event,
    Kit,
    KitComponent,
    Quote,
    QuoteGroup,
    QuoteLine,
    QuoteVersion,
    Rental,
)
from app.domain.pricing.sums import Discount
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

VERSION_COLUMNS = (
    "id", "version", "quote_id", "event_id", "number", "based_on_id", "state", "title", "intro", "terms",
    "valid_until", "charge_start", "charge_end", "price_list_id", "currency", "prices_include_tax",
    "tax_rounding", "reverse_charge", "discount_percent", "discount_amount", "deposit_percent", "language",
    "show_images", "net", "tax", "gross", "sent_at", "decided_at", "updated_at",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "version", "version_id", "quote_id", "kind", "rental_id", "kit_id", "name", "note", "quantity",
    "basis", "rate", "multiple", "discount_percent", "discount_amount", "tax_rate_id", "optional", "hidden",
    "heading", "position",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version, detached, with what of its quote and its event a draft is made of."""

    version: QuoteVersion
    quote_number: str
    quote_version: int
    notes: str
    client_id: int | None
    contact_id: int | None
    event_name: str
    out: tuple[datetime, datetime]
    use: tuple[datetime, datetime] | None

    @property
    def period(self) -> tuple[datetime, datetime]:
        """What is charged for: said for the version, else when the gear is used, else when it is out."""
        start, end = self.version.charge_start, self.version.charge_end
        if start is not None and end is not None:
            return start, end
        return self.use or self.out


@dataclass(frozen=True, slots=True)
class RentalFacts:
    """A line of the event with what of its equipment and its kit a price needs."""

    id: int
    name: str
    quantity: int
    start_at: datetime | None
    end_at: datetime | None
    heading: str
    position: int
    optional: bool
    accessory_of_id: int | None
    equipment_id: int
    kit_id: int | None
    photo: str | None
    icon: str
    kit_name: str | None
    per_kit: int | None

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """The line's own dates, where it has any."""
        return None if self.start_at is None or self.end_at is None else (self.start_at, self.end_at)


_VERSIONS = (
    select(
        *(getattr(QuoteVersion, name) for name in VERSION_COLUMNS),
        Quote.number.label("quote_number"),
        Quote.version.label("quote_version"),
        Quote.notes,
        Event.client_id,
        Event.contact_id,
        Event.name.label("event_name"),
        Event.out_start,
        Event.out_end,
        Event.use_start,
        Event.use_end,
    )
    .join(Quote, Quote.id == QuoteVersion.quote_id)
    .join(Event, Event.id == QuoteVersion.event_id)
    .where(QuoteVersion.deleted_at.is_(None), Quote.deleted_at.is_(None), Event.deleted_at.is_(None))
)


async def version_facts(reading: Reading, version_id: int, *, content: bool = False) -> VersionFacts:
    """A version of a quote that is there, with its `content` where that is wanted. Raises NotFound."""
    statement = _VERSIONS.where(QuoteVersion.id == version_id)
    if content:
        statement = statement.add_columns(QuoteVersion.content)
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This version does not exist, or was deleted.")
    values = {name: row[name] for name in VERSION_COLUMNS}
    if content:
        values["content"] = row["content"]
    use = None if row["use_start"] is None else (row["use_start"], row["use_end"])
    return VersionFacts(
        QuoteVersion(**values),
        row["quote_number"],
        row["quote_version"],
        row["notes"],
        row["client_id"],
        row["contact_id"],
        row["event_name"],
        (row["out_start"], row["out_end"]),
        use,
    )


async def rentals_of(reading: Reading, event_id: int) -> list[RentalFacts]:
    """The lines of an event in order, each with what its price needs; one statement."""
    component = and_(
        KitComponent.kit_id == Rental.kit_id,
        KitComponent.equipment_id == Rental.equipment_id,
        KitComponent.deleted_at.is_(None),
    )
    own = (
        "id", "name", "quantity", "start_at", "end_at", "heading", "position", "optional",
        "accessory_of_id", "equipment_id", "kit_id",
    )  # fmt: skip
    statement = (
        select(
            *(getattr(Rental, name) for name in own),
            Equipment.photo,
            Category.icon,
            Kit.name.label("kit_name"),
            KitComponent.quantity.label("per_kit"),
        )
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .outerjoin(Kit, Kit.id == Rental.kit_id)
        .outerjoin(KitComponent, component)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
    )
    return [RentalFacts(**row) for row in (await reading.execute(statement)).mappings()]


async def lines_of(reading: Reading, version_id: int) -> list[QuoteLine]:
    """What was said about the lines of a draft, detached."""
    statement = (
        select(*(getattr(QuoteLine, name) for name in LINE_COLUMNS))
        .where(QuoteLine.version_id == version_id, QuoteLine.deleted_at.is_(None))
        .order_by(QuoteLine.position, QuoteLine.id)
    )
    return [QuoteLine(**row) for row in (await reading.execute(statement)).mappings()]


async def groups_of(reading: Reading, version_id: int) -> dict[str, QuoteGroup]:
    """What is granted on headings of a draft, by heading, detached."""
    columns = ("id", "version", "version_id", "quote_id", "heading", "discount_percent", "discount_amount")
    statement = select(*(getattr(QuoteGroup, name) for name in columns)).where(
        QuoteGroup.version_id == version_id, QuoteGroup.deleted_at.is_(None)
    )
    rows: Sequence[Any] = (await reading.execute(statement)).mappings().all()
    return {row["heading"]: QuoteGroup(**row) for row in rows}


def discount_of(group: QuoteGroup) -> Discount:
    """What a group grants."""
    return Discount(group.discount_percent, group.discount_amount)


def key_of(row: QuoteLine) -> str:
    """The key of the line that a row is about."""
    if row.kind == "rental":
        return f"rental:{row.rental_id}"
    return f"kit:{row.kit_id}" if row.kind == "kit" else f"line:{row.id}"
