"""People who sign in."""

from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

ROLES = ("admin", "manager", "technician", "employee", "viewer", "client")


class User(Editable):
    """A person with a login. Users are deactivated, never deleted: the change log names them."""

    __tablename__ = "user_account"
    entity: ClassVar[str] = "user"
    editable: ClassVar[tuple[str, ...]] = (
        "username", "email", "first_name", "last_name", "phone", "role", "active",
        "time_zone", "locale", "theme", "shortcuts", "avatar",
    )  # fmt: skip

    username: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text, server_default="")
    first_name: Mapped[str] = mapped_column(Text, server_default="")
    last_name: Mapped[str] = mapped_column(Text, server_default="")
    phone: Mapped[str] = mapped_column(Text, server_default="")
    role: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    time_zone: Mapped[str] = mapped_column(Text, server_default="")
    locale: Mapped[str] = mapped_column(Text, server_default="")
    theme: Mapped[str] = mapped_column(Text, server_default="")
    shortcuts: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    avatar: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, server_default="")
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    notifications_seen: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)

    __table_args__ = (
        CheckConstraint(f"role in {ROLES}", name="role"),
        CheckConstraint("theme in ('', 'light', 'dark')", name="theme"),
        CheckConstraint("length(username) between 1 and 64", name="username_length"),
        Index("uq_user_account_username", func.lower(username), unique=True),
        Index(
            "uq_user_account_email",
            func.lower(email),
            unique=True,
            postgresql_where=text("email <> ''"),
        ),
    )

    @property
    def label(self) -> str:
        """The full name, or the username while there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.username
