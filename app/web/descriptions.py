"""How fields are called and shown: for the merge dialog, the history and the activity page.

A record's fields are described once, as a mapping from field name to `Field`. All values here are wire
values (app.lib.wire): what the change log holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from app.lib.wire import wire
from app.web.formatting import amount, local_datetime, number

Control = Literal["text", "number", "long", "choice"]

NOTHING = "nothing"


def plain(value: object) -> str:
    """Any wire value as words: lists with commas, yes and no, "nothing" for what is empty."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in cast("list[object]", value))
    return str(value)


def typed(value: object) -> str:
    """A wire value as a person types it into a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ", ".join(str(item) for item in cast("list[object]", value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Field:
    """One field in words. `shown` and `typed` take a wire value; `options` belong to the control "choice".

    `fixed` fields are never decided by typing (a photo, a deletion): they are shown and carried along.
    """

    label: str
    control: Control = "text"
    options: Sequence[tuple[str, str]] = ()
    unit: str = ""
    shown: Callable[[object], str] = plain
    typed: Callable[[object], str] = typed
    fixed: bool = False


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field before and after a change."""

    description: Field
    before: object
    after: object

    @property
    def before_words(self) -> str:
        """What stood there."""
        return self.description.shown(self.before)

    @property
    def after_words(self) -> str:
        """What stands there then."""
        return self.description.shown(self.after)


def field_of(fields: Fields, name: str) -> Field:
    """The description of a field; one without is shown by its name."""
    return fields.get(name) or Field(name.replace("_", " ").capitalize())


def typed_values(record: Any, fields: Fields, names: Iterable[str]) -> dict[str, str]:
    """These fields of a record as a person types them into its form."""
    return {name: field_of(fields, name).typed(wire(getattr(record, name))) for name in names}


def choice_field(label: str, words: Mapping[str, str], *, blank: str = "") -> Field:
    """One of a few known words, or the id of another record; `blank` is the word for none."""

    def shown(value: object) -> str:
        return (blank or NOTHING) if value is None else words.get(str(value), str(value))

    options = (("", blank), *words.items()) if blank else tuple(words.items())
    return Field(label, "choice", options=options, shown=shown)


def money_field(label: str, currency: str) -> Field:
    """An amount in the currency of the company."""

    def shown(value: object) -> str:
        return NOTHING if value is None else amount(Decimal(str(value)), currency)

    return Field(label, "number", unit=currency, shown=shown)


def measure_field(label: str, unit: str) -> Field:
    """A number with a unit: kilograms, watts, minutes, pieces."""

    def shown(value: object) -> str:
        if value is None:
            return NOTHING
        return f"{number(Decimal(str(value)))}\N{NO-BREAK SPACE}{unit}".strip()

    def bare(value: object) -> str:
        return "" if value is None else f"{Decimal(str(value)).normalize():f}"

    return Field(label, "number", unit=unit, shown=shown, typed=bare)


def yes_no_field(label: str, yes: str = "yes", no: str = "no") -> Field:
    """A switch."""

    def shown(value: object) -> str:
        return yes if value else no

    return Field(label, "choice", options=(("1", yes), ("0", no)), shown=shown)


def instant_field(label: str, zone: ZoneInfo | None = None) -> Field:
    """A moment, shown on the clock of whoever reads; typed on the clock of `zone`, fixed without one."""

    def shown(value: object) -> str:
        return NOTHING if value is None else local_datetime(datetime.fromisoformat(str(value)))

    def local(value: object) -> str:
        if value is None:
            return ""
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")

    return Field(label, shown=shown, typed=local if zone else typed, fixed=zone is None)
