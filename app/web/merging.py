"""When two people changed the same fields: from the refused edit to the dialog, and from its answer back.

The dialog posts to the address of the form: what was decided under the names of the fields, everything
else hidden, `version` the present one. As long as a field is undecided the answer goes by the version the
form started from, so that it conflicts again. app.web.edit_forms has the pattern for a form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.lib.editing import Edit
from app.lib.errors import EditConflict, FieldChange, InvalidInput
from app.lib.merge import merge
from app.web.descriptions import Difference, Field, Fields, field_of
from app.web.differences import Part, additions
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.state import viewer_of
from app.web.viewer import Person

# a quotation mark as printed, not the one of typewriters
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

_OWN = re.compile(r"version|_csrf_token|merge_.*")
_VERSION = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MergeAnswer:
    """The text of a form, with the decisions of a merge dialog worked in.

    `version` is the one to save against; `decided` says for each field of a dialog what was chosen:
    mine, theirs, other, or "" for nothing yet.
    """

    typed: dict[str, str]
    version: int
    decided: dict[str, str]


@dataclass(frozen=True, slots=True)
class ConflictField:
    """A field both sides changed: wire values of the base and of both sides, and what was chosen."""

    name: str
    description: Field
    base: object
    theirs: object
    mine: object
    mine_typed: str
    result_typed: str
    choice: str
    by: Person
    at: datetime

    @property
    def theirs_typed(self) -> str:
        """Theirs as one would type it."""
        return self.description.typed(self.theirs)

    @property
    def base_words(self) -> str:
        """What stood there when the form was opened."""
        return self.description.shown(self.base)

    @property
    def theirs_parts(self) -> list[Part]:
        """Theirs, with what they changed marked."""
        return additions(self.base_words, self.description.shown(self.theirs))

    @property
    def mine_parts(self) -> list[Part]:
        """Mine, with what I changed marked."""
        return additions(self.base_words, self.description.shown(self.mine))


@dataclass(frozen=True, slots=True)
class MergedField(Difference):
    """A field that fits together by itself. `by` is None where the change is one's own."""

    by: Person | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MergeView:
    """What the dialog shows. `kept` are names and texts of the fields that nobody has to decide."""

    action: str
    target: str
    version: int
    base_version: int
    people: tuple[Person, ...]
    conflicts: tuple[ConflictField, ...]
    merged: tuple[MergedField, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def names(self) -> str:
        """Who else changed the record."""
        return " and ".join(person.name.split()[0] for person in self.people)

    @property
    def decided_count(self) -> int:
        """How many of the conflicts have a choice."""
        return sum(1 for conflict in self.conflicts if conflict.choice)


def merge_answer(form: Mapping[str, str]) -> MergeAnswer:
    """Read a form that may come from a merge dialog. Raises InvalidInput when it names no version."""
    named = [name for name in form.get("merge_fields", "").split(",") if name]
    text = {name: value for name, value in form.items() if not _OWN.fullmatch(name)}
    decided: dict[str, str] = {}
    for name in named:
        decided[name], text[name] = _decision(form, name)
    undecided = not all(decided.values())
    version = form.get("merge_base" if undecided else "version", "")
    return MergeAnswer(text, read_version(version), decided)


def read_version(text: str) -> int:
    """The version a page started from. Raises InvalidInput."""
    if not _VERSION.fullmatch(text):
        raise InvalidInput({"version": "This page is out of date. Load it again and repeat what you did."})
    return int(text)


async def sent_version(request: Any) -> int:
    """The version that a form of one button starts from. Raises InvalidInput."""
    return read_version((await form_text(request)).get("version", ""))


def _decision(form: Mapping[str, str], name: str) -> tuple[str, str]:
    """What was chosen for a field, and its text. Without scripts the control lags behind the choice."""
    mine, theirs = form.get(f"merge_mine_{name}", ""), form.get(f"merge_theirs_{name}", "")
    written, choice = form.get(name, mine), form.get(f"merge_choice_{name}", "")
    if not _alike(written, mine) and not _alike(written, theirs):
        return "other", written
    if choice == "theirs":
        return "theirs", theirs
    if choice == "mine":
        return "mine", mine
    return ("theirs", theirs) if not _alike(written, mine) else ("", mine)


def _alike(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


def merge_view(
    request: Any, error: EditConflict, answer: MergeAnswer, fields: Fields, *, target: str = ""
) -> MergeView:
    """The dialog for a refused edit. `target` is where htmx swaps the answer; "" for a whole page."""
    viewer_id = viewer_of(request).id
    merged = merge(error.base, error.current, error.mine)
    conflicts = tuple(_conflict(name, error, answer, fields) for name in error.conflicts)
    people = {change.actor_id: _person(change) for change in error.theirs}
    return MergeView(
        action=request.scope["path"],
        target=target,
        version=error.version,
        base_version=answer.version,
        people=tuple(people.values()),
        conflicts=conflicts,
        merged=tuple(_merged(error, merged.values, merged.mine, fields, viewer_id)),
        kept=tuple(_kept(error, answer.typed, merged.values, fields)),
    )


def _person(change: FieldChange) -> Person:
    return Person(change.actor_id or 1, change.actor_name)


def _last(error: EditConflict, name: str) -> FieldChange:
    """The latest of their changes of a field."""
    return next(change for change in reversed(error.theirs) if change.field == name)


def _conflict(name: str, error: EditConflict, answer: MergeAnswer, fields: Fields) -> ConflictField:
    last, description = _last(error, name), field_of(fields, name)
    # browsers send line breaks as two characters and hold them as one
    mine_typed = answer.typed.get(name, description.typed(error.mine[name])).replace("\r\n", "\n")
    # what was written anew is "mine" when it conflicts once more
    choice = "mine" if answer.decided.get(name) in {"mine", "other"} else ""
    return ConflictField(
        name=name,
        description=description,
        base=error.base[name],
        theirs=error.current[name],
        mine=error.mine[name],
        mine_typed=mine_typed,
        result_typed=mine_typed,
        choice=choice,
        by=_person(last),
        at=datetime.fromisoformat(last.at),
    )


def _merged(
    error: EditConflict, values: Mapping[str, object], mine: tuple[str, ...], fields: Fields, viewer_id: int
) -> list[MergedField]:
    by_them = {change.field: change for change in error.theirs}
    found: list[MergedField] = []
    for name, after in values.items():
        if name in error.conflicts or after == error.base[name]:
            continue
        change = None if name in mine else by_them.get(name)
        own = change is None or change.actor_id == viewer_id
        found.append(
            MergedField(
                description=field_of(fields, name),
                before=error.base[name],
                after=after,
                by=None if change is None or own else _person(change),
                at=datetime.fromisoformat(change.at) if change else None,
            )
        )
    return found


def _kept(
    error: EditConflict, typed: Mapping[str, str], values: Mapping[str, object], fields: Fields
) -> list[tuple[str, str]]:
    """Fields without a question: as typed, or as merged where somebody else's value stands now."""
    kept: list[tuple[str, str]] = []
    for name, text in typed.items():
        if name in error.conflicts:
            continue
        changed = name in error.mine and values[name] != error.mine[name]
        kept.append((name, field_of(fields, name).typed(values[name]) if changed else text))
    return kept


def undo_of(edit: Edit) -> str | None:
    """Where an edit is taken back; None where it changed nothing."""
    return f"/changes/{edit.change_id}/undo" if edit.change_id else None


def saved_toast(request: Any, edit: Edit, fields: Fields, *, title: str = "Saved") -> Toast:
    """The receipt of an edit: plum and with names when it was merged, with Undo when it changed anything."""
    undo_url = undo_of(edit)
    own_id = viewer_of(request).id
    others = [one for one in edit.merged_with if one.actor_id != own_id and one.field != "deleted_at"]
    if others:
        whose: dict[str, list[str]] = {}
        for change in others:
            labels = whose.setdefault(change.actor_name.split()[0], [])
            label = field_of(fields, change.field).label
            if label not in labels:
                labels.append(label)
        words = " and ".join(
            f"{name}{APOSTROPHE}s change of {join_words(labels)}" for name, labels in whose.items()
        )
        return Toast(f"{title}, merged with {words}", tone="plum", undo_url=undo_url)
    if not edit.changed:
        return Toast("Nothing to save", "It is as it was.", "")
    labels = [field_of(fields, name).label for name in edit.changed]
    return Toast(title, join_words(labels), undo_url=undo_url)


def join_words(words: list[str]) -> str:
    """Words as one says a list: a, b and c; long ones are cut to three and a number."""
    if len(words) > 4:  # noqa: PLR2004 - more than one reads at a glance
        words = [*words[:3], f"{len(words) - 3} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
