"""What can go wrong with the embedded PostgreSQL, in one exception."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message says what to do about it."""
