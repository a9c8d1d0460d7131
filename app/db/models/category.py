"""Categories and subcategories: exactly two levels, which the database enforces."""

from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable


class Category(Editable):
    """A category, or with a parent a subcategory.

    `level` and `parent_level` exist for the foreign key: a parent must be a row of level 1.
    """

    __tablename__ = "category"
    entity: ClassVar[str] = "category"
    editable: ClassVar[tuple[str, ...]] = ("name", "parent_id", "icon", "position", "deleted_at")

    name: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    icon: Mapped[str] = mapped_column(Text, server_default="box")
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    level: Mapped[int] = mapped_column(
        SmallInteger, Computed("case when parent_id is null then 1 else 2 end", persisted=True)
    )
    parent_level: Mapped[int | None] = mapped_column(
        SmallInteger, Computed("case when parent_id is null then null else 1 end", persisted=True)
    )

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 80", name="name_length"),
        UniqueConstraint("id", "level", name="uq_category_id_level"),
        UniqueConstraint("id", "parent_id", name="uq_category_id_parent"),
        ForeignKeyConstraint(
            ["parent_id", "parent_level"], ["category.id", "category.level"], name="fk_category_parent"
        ),
        Index(
            "uq_category_name",
            text("coalesce(parent_id, 0)"),
            text("fold(name)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    @property
    def label(self) -> str:
        """The name of the category."""
        return self.name
