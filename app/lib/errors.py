"""What can go wrong, in the words of the domain.

DomainError
├── NotAuthenticated      401  nobody is signed in, or the sign-in is over
├── Forbidden             403  signed in, but not allowed
├── NotFound              404  not there, or not visible for this person
│   └── Deleted           404  somebody deleted it; tells who and when
├── Conflict              409  the state of things does not allow it
│   ├── EditConflict      409  somebody else changed the same fields
│   └── OutOfStock        409  more gear is wanted than there is
├── PayloadTooLarge       413  more bytes than we take
├── InvalidInput          422  what was typed cannot be used; one message per field
├── TooManyRequests       429  slow down; says for how long
├── NotInstalled          501  the server lacks a library this needs; says which
└── Unavailable           503  something we depend on does not answer; try again
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


class DomainError(Exception):
    """A refusal with an HTTP status, a code for programs and a sentence for people."""

    status = 400
    code = "BAD_REQUEST"

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, object] = dict(details or {})


class NotAuthenticated(DomainError):
    """Nobody is signed in."""

    status = 401
    code = "NOT_AUTHENTICATED"


class Forbidden(DomainError):
    """Signed in, but the role does not have the capability."""

    status = 403
    code = "FORBIDDEN"


class NotFound(DomainError):
    """Not there, or not visible for this person."""

    status = 404
    code = "NOT_FOUND"


class Deleted(NotFound):
    """Somebody deleted it; it may still be brought back. `actor_id` is None for the system itself."""

    def __init__(
        self, label: str, *, entity: str, actor_id: int | None, actor_name: str, at: datetime
    ) -> None:
        super().__init__(
            f"{actor_name} deleted {label}.",
            details={"deleted_by": actor_name, "deleted_at": at.astimezone(UTC).isoformat()},
        )
        self.label = label
        self.entity = entity
        self.actor_id = actor_id
        self.actor_name = actor_name
        self.at = at


class Conflict(DomainError):
    """The state of things does not allow what was asked."""

    status = 409
    code = "CONFLICT"


class OutOfStock(Conflict):
    """More gear is wanted than there is. Nothing was booked."""

    code = "SHORTAGE"


class PayloadTooLarge(DomainError):
    """More bytes than this route takes."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"


class InvalidInput(DomainError):
    """What was typed cannot be used. `fields` maps a field name to its message."""

    status = 422
    code = "VALIDATION_ERROR"

    def __init__(self, fields: Mapping[str, str], message: str = "Some values cannot be used.") -> None:
        super().__init__(message, details={"fields": dict(fields)})
        self.fields = dict(fields)


class TooManyRequests(DomainError):
    """Too many attempts. `retry_after` is in seconds."""

    status = 429
    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, details={"retry_after": retry_after})
        self.retry_after = retry_after


class NotInstalled(DomainError):
    """The server lacks a library that this needs; the sentence says which, and how to get it."""

    status = 501
    code = "NOT_INSTALLED"


class Unavailable(DomainError):
    """Something we depend on does not answer. `retry_after` is in seconds."""

    status = 503
    code = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after: int = 2) -> None:
        super().__init__(message, details={"retry_after": retry_after})
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that somebody else changed since the form was opened."""

    field: str
    before: object
    after: object
    actor_id: int | None
    actor_name: str
    change_id: int
    at: str


class EditConflict(Conflict):
    """Somebody else changed the record since it was opened.

    `base` is the record as it was when the form was opened, `current` as it is now, `mine` what was
    asked for; all three hold wire values by field name. `conflicts` are the fields both sides changed
    differently; `theirs` says who changed what meanwhile; `merged` are the fields that fit together.
    """

    def __init__(
        self,
        *,
        version: int,
        base: Mapping[str, object],
        current: Mapping[str, object],
        mine: Mapping[str, object],
        conflicts: Sequence[str],
        theirs: Sequence[FieldChange],
    ) -> None:
        names = sorted({change.actor_name for change in theirs}) or ["Somebody"]
        super().__init__(
            f"{' and '.join(names)} changed this meanwhile.",
            details={
                "version": version,
                "current": dict(current),
                "base": dict(base),
                "conflicts": list(conflicts),
            },
        )
        self.version = version
        self.base = dict(base)
        self.current = dict(current)
        self.mine = dict(mine)
        self.conflicts = list(conflicts)
        self.theirs = list(theirs)
