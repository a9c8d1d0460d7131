"""People at a client, and where it is."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

PURPOSES = ("main", "billing", "delivery")

_LIVE = text("deleted_at is null")


class Contact(Editable):
    """A person to talk to at a client; `role` is what they do there."""

    __tablename__ = "contact"
    entity: ClassVar[str] = "contact"
    editable: ClassVar[tuple[str, ...]] = (
        "client_id", "name", "role", "email", "phone", "notes", "deleted_at",
    )  # fmt: skip

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, server_default="")
    email: Mapped[str] = mapped_column(Text, server_default="")
    phone: Mapped[str] = mapped_column(Text, server_default="")
    notes: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        Index("ix_contact_client_id", "client_id", postgresql_where=_LIVE),
    )

    @property
    def label(self) -> str:
        """The name of the person."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The client."""
        return ("client", self.client_id)


class Address(Editable):
    """A place of a client. `street` may have several lines; `country` is its name."""

    __tablename__ = "address"
    entity: ClassVar[str] = "address"
    editable: ClassVar[tuple[str, ...]] = (
        "client_id", "purpose", "name", "street", "postal_code", "city", "country", "deleted_at",
    )  # fmt: skip

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Text, server_default="main", default="main")
    name: Mapped[str] = mapped_column(Text, server_default="")
    street: Mapped[str] = mapped_column(Text, server_default="")
    postal_code: Mapped[str] = mapped_column(Text, server_default="")
    city: Mapped[str] = mapped_column(Text, server_default="")
    country: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint(f"purpose in {PURPOSES}", name="purpose"),
        CheckConstraint("street <> '' or city <> ''", name="is_somewhere"),
        Index("ix_address_client_id", "client_id", postgresql_where=_LIVE),
    )

    @property
    def label(self) -> str:
        """Its name, or its first line and the city."""
        return self.name or ", ".join(filter(None, (self.street.partition("\n")[0], self.city)))

    @property
    def parent(self) -> tuple[str, int]:
        """The client."""
        return ("client", self.client_id)
