"""What an old paper says that is not so any more: from the changes since, taken back one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.prep.revisions import GearChange

DATES: Final = ("out_start", "out_end")
PLACES: Final = ("venue", "venue_address")
SHOWN: Final = (
    "name", "quantity", "optional", "start_at", "end_at", "notes", "out_start", "out_end", "venue",
    "venue_address",
)  # fmt: skip
"""Fields whose values are shown; that something was deleted is a word of its own."""


@dataclass(frozen=True, slots=True)
class LineState:
    """What a line asks for."""

    name: str
    quantity: int
    optional: bool
    deleted: bool

    @property
    def wanted(self) -> int:
        """How many are to be taken."""
        return 0 if self.deleted or self.optional else self.quantity


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line that says something else now: what it is called, and the quantities then and now."""

    name: str
    before_name: str
    before: int
    after: int


def differences(changes: Sequence[GearChange], present: Mapping[int, LineState]) -> list[LineDifference]:
    """The lines whose quantity or equipment is another one than before these changes, which are in order."""
    then: dict[int, LineState] = {}
    for change in reversed(changes):
        if change.entity != "rental" or change.entity_id not in present:
            continue
        state = then.get(change.entity_id, present[change.entity_id])
        then[change.entity_id] = _taken_back(state, change)
    found = [
        LineDifference(present[key].name, state.name, state.wanted, present[key].wanted)
        for key, state in then.items()
    ]
    return sorted(
        (one for one in found if one.before != one.after or (one.after and one.name != one.before_name)),
        key=lambda one: one.name.casefold(),
    )


def verb(change: GearChange) -> str:
    """What was done, in a word."""
    if change.action.endswith(".created"):
        return "added"
    if "deleted_at" in change.fields:
        return "took off" if change.fields["deleted_at"][1] else "brought back"
    return "changed"


def shown(change: GearChange) -> dict[str, tuple[Any, Any]]:
    """The fields of a change that a paper shows, before and after; none of what is new as a whole."""
    if change.action.endswith(".created"):
        return {}
    return {name: tuple(change.fields[name]) for name in SHOWN if name in change.fields}


def _taken_back(state: LineState, change: GearChange) -> LineState:
    if change.action.endswith(".created"):
        return replace(state, deleted=True)
    before = {name: pair[0] for name, pair in change.fields.items()}
    return LineState(
        before.get("name") or state.name,
        before.get("quantity", state.quantity),
        before.get("optional", state.optional),
        bool(before["deleted_at"]) if "deleted_at" in before else state.deleted,
    )
