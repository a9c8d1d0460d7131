"""What does not fit a schema, in our words: the library speaks of types and comparisons."""

import re
from collections.abc import Callable

_MISSING = re.compile(r"Missing required query parameter '(\w+)'")
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "datetime": "an instant",
}
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"Expected `(?:int|float)(?: \| null)?` >= (\S+)"),
        lambda found: f"Send at least {found[1]}.",
    ),
    (
        re.compile(r"Expected `(?:int|float)(?: \| null)?` <= (\S+)"),
        lambda found: f"Send at most {found[1]}.",
    ),
    (re.compile(r"Expected `str(?: \| null)?` of length >= 1"), lambda _: "This must not be empty."),
    (
        re.compile(r"Expected `str(?: \| null)?` of length >= (\d+)"),
        lambda found: f"Send at least {found[1]} characters.",
    ),
    (
        re.compile(r"Expected `str(?: \| null)?` of length <= (\d+)"),
        lambda found: f"Send at most {found[1]} characters.",
    ),
    (re.compile(r"Expected `array` of length >= (\d+)"), lambda found: f"Send at least {found[1]} of them."),
    (re.compile(r"Expected `array` of length <= (\d+)"), lambda found: f"Send at most {found[1]} of them."),
    (
        re.compile(r"Expected `([a-z| ]+)`, got `([a-z]+)`"),
        lambda found: f"Send {_types(found[1])}, not {_types(found[2])}.",
    ),
    (
        re.compile(r"Invalid enum value (.+?)(?: - at .*)?$"),
        lambda found: f"{found[1]} is none of the choices.",
    ),
    (
        re.compile(r"Invalid RFC3339 encoded datetime|Expected `datetime` with a timezone component"),
        lambda _: "Send an instant with an offset, like 2026-11-26T08:00:00Z.",
    ),
)


def plain_words(message: str) -> str:
    """A sentence for people, for what a schema says about one value."""
    for pattern, sentence in _RULES:
        if found := pattern.match(message):
            return sentence(found)
    return f"{message.replace('`', '').rstrip('.')}."


def _types(names: str) -> str:
    return " or ".join(_TYPES.get(name.strip(), name.strip()) for name in names.split("|"))


def missing_parameter(detail: str) -> str:
    """The parameter of a query that the framework says was left out; empty for anything else it says."""
    found = _MISSING.match(detail)
    return found[1] if found else ""
