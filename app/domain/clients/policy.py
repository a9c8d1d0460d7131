"""The pure rules of clients: which events are over, and how the fields of two clients become those of one.

Clients are anything that has the fields of one by name.
"""

from collections.abc import Mapping
from typing import Any, Final

OVER: Final = ("closed", "lost", "cancelled", "declined", "withdrawn", "expired")
"""Statuses of events that are over, whatever their dates."""

KEPT, GONE, BOTH = "kept", "gone", "both"
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (KEPT, GONE),
    "kind": (KEPT, GONE),
    "email": (KEPT, GONE),
    "phone": (KEPT, GONE),
    "website": (KEPT, GONE),
    "tax_number": (KEPT, GONE),
    "payment_terms_days": (KEPT, GONE),
    "price_list_id": (KEPT, GONE),
    "discount_percent": (KEPT, GONE),
    "language": (KEPT, GONE),
    "tax_treatment": (KEPT, GONE),
    "tags": (KEPT, GONE, BOTH),
    "notes": (KEPT, GONE, BOTH),
    "supplier": (KEPT, GONE),
    "blocked": (KEPT, GONE),
    "archived": (KEPT, GONE),
}
"""What two clients are compared by, and whose value may stay. The reason of a block goes with the block."""

_NOTES_LENGTH: Final = 10_000
_MOST_TAGS: Final = 30


def value_of(client: Any, name: str) -> object:
    """What is compared under a name of CHOICES; the block of a client is its reason."""
    return client.block_reason if name == "blocked" and client.blocked else getattr(client, name)


def differing(kept: Any, gone: Any) -> list[str]:
    """The names of CHOICES in which two clients differ."""
    return [name for name in CHOICES if value_of(kept, name) != value_of(gone, name)]


def suggested(kept: Any, gone: Any, name: str) -> str:
    """Whose value to keep, as one would choose: nothing is lost that only one of them has."""
    if name == "archived":
        return KEPT
    if not value_of(gone, name) and value_of(gone, name) != 0:
        return KEPT
    if value_of(kept, name) in ("", None, [], False):
        return GONE
    return BOTH if BOTH in CHOICES[name] and _fit(kept, gone, name) else KEPT


def merged_values(kept: Any, gone: Any, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the client that stays, by whose value was chosen for each of the `differing` names."""
    values: dict[str, Any] = {}
    for name, choice in chosen.items():
        source = gone if choice == GONE else kept
        values[name] = _joined(kept, gone, name) if choice == BOTH else getattr(source, name)
        if name == "blocked":
            values["block_reason"] = source.block_reason
    return values


def _joined(kept: Any, gone: Any, name: str) -> list[str] | str:
    if name == "tags":
        return [*kept.tags, *(tag for tag in gone.tags if tag not in kept.tags)]
    return "\n\n".join(filter(None, (kept.notes, gone.notes)))


def _fit(kept: Any, gone: Any, name: str) -> bool:
    """Whether the values of both are not too much for one."""
    return len(_joined(kept, gone, name)) <= (_MOST_TAGS if name == "tags" else _NOTES_LENGTH)
