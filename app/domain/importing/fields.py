"""A field that a column of a file may become, and how its cells are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.domain.importing import values


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one column are read: the decimal character and the unit of bare numbers."""

    decimal: str = "."
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a target of columns.

    `synonyms` are the headers people use for it, folded, the surest first, and `vague` those that may mean
    another field as well. `phrases` tells that a synonym inside a longer header is good enough. `parse`
    turns a filled cell into a value or raises UnusableValueError; `many` says that several columns may give
    the words of one value. `units` are what its numbers may be measured in, `unit` the one it is kept in.
    `most_words` is how many words the cells of one file may stand for together, 0 for any number.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    parse: Callable[[str, Reading], object]
    is_number: bool = False
    decimals_likely: bool = False
    many: bool = False
    phrases: bool = False
    vague: tuple[str, ...] = ()
    unit: str = ""
    units: Mapping[str, object] = field(default_factory=dict[str, object])
    most_words: int = 0


Fields = Mapping[str, Field]
"""Every field a column may become, by name, in the order a person chooses from."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What the columns of one kind of file may become.

    `of` is what such fields belong to, in a sentence. A file needs a column for one of `identify`, the
    likelier first. `code` is the field whose cells look like codes, where there is one.
    """

    of: str
    fields: Fields
    identify: tuple[str, ...]
    code: str = ""


def line(longest: int) -> Callable[[str, Reading], str]:
    """Text of one line."""
    return lambda text, _: values.parse_line(text, longest)


def long_text(longest: int) -> Callable[[str, Reading], str]:
    """Text of several lines."""
    return lambda text, _: values.parse_text(text, longest)


def choice(words: Mapping[str, tuple[str, ...]]) -> Callable[[str, Reading], str]:
    """One of a few words, each with what people write for it."""
    return lambda text, _: values.parse_choice(text, words)
