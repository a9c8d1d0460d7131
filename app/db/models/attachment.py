"""Files that belong to an event."""

from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable


class Attachment(Editable):
    """A file of an event: `name` as people call it, `file` its name in the store, `size` in bytes."""

    __tablename__ = "attachment"
    entity: ClassVar[str] = "attachment"
    editable: ClassVar[tuple[str, ...]] = ("name", "deleted_at")

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_attachment_event_id", "event_id", postgresql_where=text("deleted_at is null")),
    )

    @property
    def label(self) -> str:
        """The name of the file."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The event."""
        return ("event", self.event_id)
