"""The declarative base: naming of constraints, identity keys, versions."""

from datetime import datetime
from typing import ClassVar

from advanced_alchemy.base import IdentityBase, orm_registry
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

metadata = orm_registry.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Stamped(IdentityBase):
    """A row with an identity key and the instants of its creation and last change."""

    __abstract__ = True

    created_at: Mapped[datetime] = mapped_column(
        DateTimeUTC(timezone=True), server_default=func.now(), sort_order=3002
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTimeUTC(timezone=True), server_default=func.now(), sort_order=3003
    )


class Editable(Stamped):
    """A record people edit together: it has a version and its changes are in the log.

    `entity` is its name in the change log, in live signals and in the API; `editable` are the fields
    an edit may touch. A deleted record keeps its row until it is purged, so that a delete can be undone.
    """

    __abstract__ = True

    entity: ClassVar[str]
    editable: ClassVar[tuple[str, ...]]

    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1, sort_order=3000)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True), sort_order=3001)

    @property
    def label(self) -> str:
        """What people call this record; kept in the change log."""
        raise NotImplementedError

    @property
    def parent(self) -> tuple[str, int] | None:
        """The record on whose page this one is shown, as entity and id."""
        return None
