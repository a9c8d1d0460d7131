"""Lists of gear that are used again."""

from typing import ClassVar

from advanced_alchemy.base import IdentityBase
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable


class GearTemplate(Editable):
    """A list of gear with a name, put onto events as a whole."""

    __tablename__ = "gear_template"
    entity: ClassVar[str] = "gear_template"
    editable: ClassVar[tuple[str, ...]] = ("name", "notes", "deleted_at")

    name: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        Index(
            "uq_gear_template_name",
            text("fold(name)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    @property
    def label(self) -> str:
        """The name of the list."""
        return self.name


class GearTemplateLine(IdentityBase):
    """One line of a list, in the order of `position`."""

    __tablename__ = "gear_template_line"

    template_id: Mapped[int] = mapped_column(ForeignKey("gear_template.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(Text, server_default="")
    notes: Mapped[str] = mapped_column(Text, server_default="")
    optional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    position: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("quantity between 1 and 100000", name="quantity"),
        Index("ix_gear_template_line_template_id", "template_id", "position"),
        Index("ix_gear_template_line_equipment_id", "equipment_id"),
    )
