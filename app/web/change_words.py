"""What changes of each kind of record are called: areas say it of theirs, whoever tells of them asks here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Kinds = Mapping[str, "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of the changes of one kind of record.

    `page` is the address of a record, with a place for its id, or of what it is listed on. `verbs` are for
    actions that are more than adding, changing, deleting and bringing back, by the part of the action behind
    the dot; those in `lessening` are called after what they took off the record's quantity.
    """

    plural: str = ""
    page: str = ""
    verbs: Mapping[str, str] = field(default_factory=dict[str, str])
    lessening: frozenset[str] = frozenset()


_WORDS: dict[str, Words] = {}
_NONE = Words()


def register_words(areas: Iterable[Kinds]) -> None:
    """Have changes told in these words from now on: those of every area, by the kind of record."""
    for kinds in areas:
        _WORDS.update(kinds)


def words_of(kind: str) -> Words:
    """The words for a kind of record, or for what stands before the dot of an action."""
    return _WORDS.get(kind, _NONE)
