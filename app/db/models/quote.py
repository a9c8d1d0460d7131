"""Quotes: what a client is offered, version by version, and what became of it."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable, Stamped
from app.db.models.pricing import BASES
from app.db.models.terms import Granted, PaperTerms, grant_checks, paper_checks

STATES = ("draft", "sent", "accepted", "declined", "expired", "superseded")
HAPPENINGS = ("opened", "asked", "answered", "accepted", "declined", "refused")

_LIVE = text("deleted_at is null")


class Quote(Editable):
    """A number under which versions of an offer for one event are made. `notes` are for the office."""

    __tablename__ = "quote"
    entity: ClassVar[str] = "quote"
    editable: ClassVar[tuple[str, ...]] = ("notes", "deleted_at")

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, server_default="", default="")

    __table_args__ = (
        UniqueConstraint("number", name="uq_quote_number"),
        Index("ix_quote_event_id", "event_id"),
    )

    @property
    def label(self) -> str:
        """The number of the quote."""
        return self.number

    @property
    def parent(self) -> tuple[str, int]:
        """The event it is for."""
        return ("event", self.event_id)


class QuoteVersion(PaperTerms, Editable):
    """One version of a quote. Once sent it never changes (a trigger sees to it): only its state goes on.

    A draft follows the rentals of its event; its lines are computed. Sending writes all of it into `content`,
    with `content_hash` as its fingerprint, and the sums. `[charge_start, charge_end)` is what is charged for,
    the event's use or out period while empty. At most one version of an event is accepted.
    """

    __tablename__ = "quote_version"
    entity: ClassVar[str] = "quote_version"
    editable: ClassVar[tuple[str, ...]] = (
        "title", "intro", "terms", "valid_until", "charge_start", "charge_end", "price_list_id",
        "prices_include_tax", "tax_rounding", "reverse_charge", "discount_percent", "discount_amount",
        "deposit_percent", "language", "show_images", "state", "deleted_at",
    )  # fmt: skip

    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int] = mapped_column(Integer)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("quote_version.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(Text, server_default="draft", default="draft")
    terms: Mapped[str] = mapped_column(Text, server_default="", default="")
    valid_until: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    charge_start: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    charge_end: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    deposit_percent: Mapped[Decimal] = mapped_column(
        Numeric(6, 3), server_default=text("0"), default=Decimal(0)
    )
    show_images: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    sent_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        *paper_checks(),
        UniqueConstraint("quote_id", "number", name="uq_quote_version_number"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("(charge_start is null) = (charge_end is null)", name="charge_period_whole"),
        CheckConstraint("charge_end > charge_start", name="charge_period"),
        CheckConstraint("deposit_percent between 0 and 100", name="deposit_percent"),
        CheckConstraint("(state = 'draft') = (content is null)", name="sent_has_content"),
        CheckConstraint("(content is null) = (content_hash = '')", name="content_has_hash"),
        Index(
            "uq_quote_version_draft",
            "quote_id",
            unique=True,
            postgresql_where=text("state = 'draft' and deleted_at is null"),
        ),
        Index(
            "uq_quote_version_accepted",
            "event_id",
            unique=True,
            postgresql_where=text("state = 'accepted' and deleted_at is null"),
        ),
        Index("ix_quote_version_event_id", "event_id"),
        Index("ix_quote_version_valid_until", "valid_until", postgresql_where=text("state = 'sent'")),
        Index("ix_quote_version_price_list_id", "price_list_id"),
    )

    @property
    def label(self) -> str:
        """Which version it is."""
        return f"Version {self.number}"

    @property
    def parent(self) -> tuple[str, int]:
        """The quote it is a version of."""
        return ("quote", self.quote_id)


class QuoteGroup(Granted, Editable):
    """What is granted on all lines under one heading of a draft."""

    __tablename__ = "quote_group"
    entity: ClassVar[str] = "quote_group"
    editable: ClassVar[tuple[str, ...]] = ("discount_percent", "discount_amount", "deleted_at")

    version_id: Mapped[int] = mapped_column(ForeignKey("quote_version.id", ondelete="CASCADE"))
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    heading: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        *grant_checks(),
        UniqueConstraint("version_id", "heading", name="uq_quote_group_heading"),
        Index("ix_quote_group_quote_id", "quote_id"),
    )

    @property
    def label(self) -> str:
        """The heading."""
        return self.heading

    @property
    def parent(self) -> tuple[str, int]:
        """The quote it is in."""
        return ("quote", self.quote_id)


class QuoteLine(Granted, Editable):
    """A line of a draft: a free one (delivery, crew), a note, or what differs from the line of a rental.

    With `rental_id` everything that is None follows: the rental its name, quantity, heading, place and
    whether it is optional; the price list its rate, basis and multiple. A kit's lines share one price: that
    of the line with `kit_id` and no `rental_id`. `rate` is for one piece and one unit of `basis`, `multiple`
    how many of those are charged (3 days with factor 2.4: 2.4). A `note` line has words alone. `hidden` lines
    count and are not shown; an `optional` one counts once it is `chosen`.
    """

    __tablename__ = "quote_line"
    entity: ClassVar[str] = "quote_line"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "note", "quantity", "basis", "rate", "multiple", "discount_percent", "discount_amount",
        "tax_rate_id", "optional", "hidden", "heading", "position", "deleted_at",
    )  # fmt: skip

    version_id: Mapped[int] = mapped_column(ForeignKey("quote_version.id", ondelete="CASCADE"))
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text, server_default="free", default="free")
    rental_id: Mapped[int | None] = mapped_column(ForeignKey("rental.id", ondelete="CASCADE"))
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("kit.id", ondelete="CASCADE"))
    name: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="", default="")
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    basis: Mapped[str | None] = mapped_column(Text)
    rate: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    multiple: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    optional: Mapped[bool | None] = mapped_column(Boolean)
    hidden: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    heading: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        *grant_checks(),
        CheckConstraint("kind in ('rental', 'kit', 'free', 'note')", name="kind"),
        CheckConstraint("(kind = 'rental') = (rental_id is not null)", name="rental"),
        CheckConstraint("(kind = 'kit') = (kit_id is not null)", name="kit"),
        CheckConstraint("kind in ('rental', 'kit') or name is not null", name="named"),
        CheckConstraint(
            "kind <> 'free' or (quantity is not null and rate is not null)", name="free_is_whole"
        ),
        CheckConstraint("quantity between 0 and 100000", name="quantity"),
        CheckConstraint(f"basis in {BASES}", name="basis"),
        CheckConstraint("abs(rate) <= 9999999", name="rate"),
        CheckConstraint("multiple between 0 and 10000", name="multiple"),
        Index("uq_quote_line_rental_id", "version_id", "rental_id", unique=True),
        Index("uq_quote_line_kit_id", "version_id", "kit_id", unique=True),
        Index("ix_quote_line_quote_id", "quote_id"),
        Index("ix_quote_line_rental_id", "rental_id"),
        Index("ix_quote_line_kit_id", "kit_id"),
    )

    # what it is a line of, where whoever writes it knows; kept nowhere but in the change log
    called = ""

    @property
    def label(self) -> str:
        """Its words, or what it is a line of."""
        return self.name or self.called or self.kind

    @property
    def parent(self) -> tuple[str, int]:
        """The quote it is in."""
        return ("quote", self.quote_id)


class QuoteLink(Stamped):
    """An address that shows a quote to whoever has it, until it is revoked.

    The secret is made of the id, `salt` and the key of the installation; it is kept nowhere.
    """

    __tablename__ = "quote_link"

    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    salt: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (Index("ix_quote_link_quote_id", "quote_id"),)


class QuoteHappening(IdentityBase):
    """What happened to a version that was sent; added, never changed.

    Opened, asked or answered (a question and its reply), accepted or declined by the client, or refused by us
    as the gear was gone. With an acceptance: who, from which address, the signature (a file, or the name
    typed), the ids of the options that were chosen, the fingerprint of what was accepted, and its sum.
    """

    __tablename__ = "quote_happening"

    version_id: Mapped[int] = mapped_column(ForeignKey("quote_version.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())
    name: Mapped[str] = mapped_column(Text, server_default="", default="")
    words: Mapped[str] = mapped_column(Text, server_default="", default="")
    address: Mapped[str] = mapped_column(Text, server_default="", default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signature: Mapped[str | None] = mapped_column(Text)
    chosen: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"), default=list)
    content_hash: Mapped[str] = mapped_column(Text, server_default="", default="")
    gross: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))

    __table_args__ = (
        CheckConstraint(f"kind in {HAPPENINGS}", name="kind"),
        CheckConstraint(
            "kind <> 'accepted' or (name <> '' and content_hash <> '')", name="acceptance_is_whole"
        ),
        Index("ix_quote_happening_version_id", "version_id", "id"),
        Index(
            "uq_quote_happening_accepted",
            "version_id",
            unique=True,
            postgresql_where=text("kind = 'accepted'"),
        ),
    )
