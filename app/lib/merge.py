"""Three-way merge of one record, field by field. Pure: knows no database and no page.

The rule is the usual one of version control, applied to fields instead of lines: a side that did not
touch a field has no say about it; where both touched it alike there is nothing to decide; where both
touched it differently it is a conflict that a person decides. Lists of words (tags) are sets: what
either side added is added, what either side removed is removed, so they never conflict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome. `values` is the whole merged record for the fields asked about.

    `mine` and `theirs` name the fields each side touched; `conflicts` those they disagree on (there
    `values` holds theirs, so that nothing is overwritten by looking the other way).
    """

    values: dict[str, object]
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = field(default=())


def merge(base: Mapping[str, object], theirs: Mapping[str, object], mine: Mapping[str, object]) -> Merge:
    """Merge two descendants of `base`. All three hold wire values; fields missing in `mine` are untouched.

    Raises KeyError when `mine` names a field that `base` or `theirs` lacks.
    """
    values: dict[str, object] = dict(theirs)
    touched: list[str] = []
    conflicts: list[str] = []
    changed_by_them = [name for name in base if base[name] != theirs[name]]
    for name, value in mine.items():
        if value == base[name]:
            continue
        touched.append(name)
        if theirs[name] in (base[name], value):
            values[name] = value
        elif isinstance(value, list) and isinstance(theirs[name], list) and isinstance(base[name], list):
            values[name] = merge_words(
                cast("list[object]", base[name]),
                cast("list[object]", theirs[name]),
                cast("list[object]", value),
            )
        else:
            conflicts.append(name)
    return Merge(values, tuple(touched), tuple(changed_by_them), tuple(conflicts))


def merge_words(base: list[object], theirs: list[object], mine: list[object]) -> list[object]:
    """Merge two lists of words as sets, keeping their order and then mine."""
    removed = [word for word in base if word not in mine]
    kept = [word for word in theirs if word not in removed]
    return kept + [word for word in mine if word not in base and word not in kept]
