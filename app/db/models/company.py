"""The company whose shop this is."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

BINDS_UNITS = ("later", "confirmation")


class Company(Editable):
    """Name, place, money and time of the company. There is exactly one row, with id 1.

    `binds_units` says when the units of a line are chosen without being asked for: "later" (by hand, or at
    prep) or "confirmation".
    """

    __tablename__ = "company"
    entity: ClassVar[str] = "company"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "city", "currency", "time_zone", "locale", "binds_units",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text, server_default="")
    currency: Mapped[str] = mapped_column(Text, server_default="EUR")
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    locale: Mapped[str] = mapped_column(Text, server_default="en_GB")

    binds_units: Mapped[str] = mapped_column(Text, server_default="later", default="later")

    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(f"binds_units in {BINDS_UNITS}", name="binds_units"),
    )

    @property
    def label(self) -> str:
        """The name of the company."""
        return self.name
