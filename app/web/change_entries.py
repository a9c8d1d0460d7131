"""Changes as people read them: a sentence, the fields before and after, and a way back where there is one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from app.web.change_words import words_of
from app.web.descriptions import Difference, Fields, field_of
from app.web.differences import Part, word_changes
from app.web.merging import APOSTROPHE, join_words
from app.web.undo_permissions import MONEY_OF_COMPANY, may_undo
from app.web.viewer import Person, Viewer
from app.web.visibility import hidden_fields

_VERBS = {"created": "added", "deleted": "deleted", "restored": "brought back", "updated": "changed"}
# shown by the sentence alone
_SILENT = frozenset({"deleted_at", "started_at", "resolved_at"})
_FEW_LABELS = 2
MONEY_SETTINGS = "/settings/money"


@dataclass(frozen=True, slots=True)
class ChangedField(Difference):
    """One field of a change."""

    is_new: bool

    @property
    def parts(self) -> list[Part]:
        """For long text: the way from one to the other, word by word."""
        if self.description.control != "long" or self.is_new or not self.before or not self.after:
            return []
        return word_changes(str(self.before), str(self.after))


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, or several of one intent. `record` and `url` name what was changed where that needs a name.

    `labels` name the records of several changes.
    """

    id: int
    at: datetime
    person: Person
    is_own: bool
    verb: str
    record: str
    url: str | None
    note: str
    differences: tuple[ChangedField, ...]
    undo_url: str | None
    undone: bool
    labels: tuple[str, ...] = field(default=())

    @property
    def is_addition(self) -> bool:
        """Whether everything in it is new."""
        return bool(self.differences) and all(difference.is_new for difference in self.differences)


def entries(
    rows: Sequence[Any],
    viewer: Viewer,
    descriptions: Mapping[str, Fields],
    *,
    page_of: tuple[str, int] | None = None,
) -> list[Entry]:
    """Turn rows of app.lib.history into entries; what was done in one go becomes one entry.

    `page_of` is the record on whose page they stand: it is not named again.
    """
    found: list[Entry] = []
    for _key, group in groupby(rows, key=lambda row: (row.operation, row.action, row.actor_id)):
        together = list(group)
        if len(together) == 1:
            found.append(_single(together[0], viewer, descriptions, page_of))
        else:
            found.append(_several(together, viewer, descriptions))
    return found


def _single(
    row: Any, viewer: Viewer, descriptions: Mapping[str, Fields], page_of: tuple[str, int] | None
) -> Entry:
    fields = descriptions.get(row.entity, {})
    names = _names([row], fields, viewer)
    here = page_of == (row.entity, row.entity_id)
    undoable = is_undoable(row) and may_undo(
        viewer, row.entity, row.action, actor_id=row.actor_id, fields=row.fields
    )
    return Entry(
        id=row.id,
        at=row.at,
        person=_person(row),
        is_own=row.actor_id == viewer.id,
        verb=_verb(row, [field_of(fields, name).label for name in names], here=here),
        record="" if here or row.entity == "session" else _record(row),
        url=None if here else url_of(row.entity, row.entity_id, row.fields),
        note=_note(row, descriptions, viewer),
        differences=_differences(row, names, fields),
        undo_url=f"/changes/{row.id}/undo" if undoable else None,
        undone=row.undone,
    )


def _several(rows: list[Any], viewer: Viewer, descriptions: Mapping[str, Fields]) -> Entry:
    first = rows[0]
    fields = descriptions.get(first.entity, {})
    names = _names(rows, fields, viewer)
    many = words_of(first.entity).plural or f"{first.entity}s"
    verb = _verb(first, [field_of(fields, name).label for name in names], here=False)
    # taking back an intent takes back all of it, so all of it has to be in sight
    whole = first.operation_size == len(rows)
    undoable = whole and any(is_undoable(row) for row in rows)
    return Entry(
        id=first.id,
        at=first.at,
        person=_person(first),
        is_own=first.actor_id == viewer.id,
        verb=f"{verb} {len(rows)} {many}",
        record="",
        url=None,
        note="",
        differences=_shared(rows, names, fields),
        undo_url=f"/operations/{first.operation}/undo"
        if undoable and may_undo(viewer, first.entity, first.action, actor_id=first.actor_id)
        else None,
        undone=all(row.undone for row in rows),
        labels=tuple(row.label for row in reversed(rows)),
    )


def _names(rows: Sequence[Any], fields: Fields, viewer: Viewer) -> list[str]:
    """The fields that were changed, as far as the viewer may see them, in the order they are described in."""
    places = {name: place for place, name in enumerate(fields)}
    silent = _SILENT.union(hidden_fields(rows[0].entity, viewer.capabilities))
    names = {name for row in rows for name in row.fields if name not in silent}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def url_of(entity: str, entity_id: int, fields: Collection[str] = ()) -> str | None:
    """The page of a record with these fields, or the one it is listed on; None where there is none."""
    if entity == "company" and fields and MONEY_OF_COMPANY.issuperset(fields):
        return MONEY_SETTINGS
    return words_of(entity).page.format(entity_id) or None


def is_undoable(row: Any) -> bool:
    """Whether a change can still be taken back by itself."""
    return stands(row) and not row.bound


def stands(row: Any) -> bool:
    """Whether a change is still as it was made: nobody took it back, and nobody touched its fields since."""
    return bool(row.fields) and not row.undone and not row.touched


def _person(row: Any) -> Person:
    return Person(row.actor_id or 1, row.actor or "AV-RENTALS", row.actor_avatar)


def _verb(row: Any, labels: list[str], *, here: bool) -> str:
    if row.undoes_id:
        return "took back a change" if here else "took back a change of"
    about, kind = _parts(row.action)
    verbs = words_of(about).verbs
    if kind in verbs:
        return verbs[kind]
    verb = _VERBS.get(kind, kind.replace("_", " "))
    if kind == "updated" and labels:
        what = " and ".join(labels) if len(labels) <= _FEW_LABELS else f"{len(labels)} fields"
        return f"changed {what}" if here else f"changed {what} of"
    if here:
        return f"{verb} this"
    return verb


def _parts(action: str) -> tuple[str, str]:
    """An action as what it is about and what was done."""
    about, _, kind = action.partition(".")
    return about, kind


def _record(row: Any) -> str:
    """What a change is about: for pieces that were taken off a line, how many of what there was."""
    quantity = row.fields.get("quantity")
    about, kind = _parts(row.action)
    if kind not in words_of(about).lessening or row.undoes_id or not quantity:
        return str(row.label)
    before, after = quantity
    return f"{before - after} of {before} × {row.label.partition(' × ')[2]}"


def _note(row: Any, descriptions: Mapping[str, Fields], viewer: Viewer) -> str:
    if not row.merged_actor:
        return ""
    fields = descriptions.get(row.entity, {})
    merged: dict[str, Any] = row.merged_fields or {}
    hidden = hidden_fields(row.entity, viewer.capabilities)
    labels = [field_of(fields, name).label for name in merged if name not in hidden]
    if not labels:
        return ""
    return f"merged with {row.merged_actor.split()[0]}{APOSTROPHE}s change of {join_words(labels)}"


def _differences(row: Any, names: list[str], fields: Fields) -> tuple[ChangedField, ...]:
    is_new = row.version == 1
    return tuple(
        ChangedField(field_of(fields, name), row.fields[name][0], row.fields[name][1], is_new)
        for name in names
    )


def _shared(rows: list[Any], names: list[str], fields: Fields) -> tuple[ChangedField, ...]:
    """The fields that all of them got the same value for."""
    if rows[0].version == 1:
        return ()
    shared: list[ChangedField] = []
    for name in names:
        values = {str(row.fields[name]): row.fields[name] for row in rows if name in row.fields}
        afters = {str(pair[1]) for pair in values.values()}
        if len(afters) == 1 and all(name in row.fields for row in rows):
            pair = next(iter(values.values()))
            shared.append(ChangedField(field_of(fields, name), pair[0], pair[1], is_new=len(values) > 1))
    return tuple(shared)
