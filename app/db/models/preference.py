"""How people like their pages."""

from typing import Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable, Stamped


class Preference(Stamped):
    """One person's choice for one page, such as the columns of the inventory table."""

    __tablename__ = "preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSONB)

    __table_args__ = (Index("uq_preference_user_id_name", "user_id", "name", unique=True),)


class SavedView(Editable):
    """A named set of filters of a table: one person's own, or shared with everybody."""

    __tablename__ = "saved_view"
    entity: ClassVar[str] = "saved_view"
    editable: ClassVar[tuple[str, ...]] = ("name", "query", "shared", "deleted_at")

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 60", name="name_length"),
        Index(
            "uq_saved_view_name",
            "user_id",
            "page",
            text("fold(name)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_saved_view_page", "page", postgresql_where=text("deleted_at is null")),
    )

    @property
    def label(self) -> str:
        """The name of the view."""
        return self.name
