"""Cleaning the text of a cell, and telling values from formulas."""

import re
import unicodedata

_LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x85]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')
_TRIGGER = r"(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"  # noqa: RUF001 - the wide forms start formulas as well
_NEEDS_APOSTROPHE = re.compile(rf"'*{_TRIGGER}")
_HAS_APOSTROPHE = re.compile(rf"'+{_TRIGGER}")

FORMULA = "This cell is a formula, not a value"


def clean(text: str) -> str:
    """Bring text into NFC with plain newlines and without any other control character except tab."""
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet program would calculate this text or call another program with it."""
    start = text.lstrip()
    if start[:1] in ("+", "-", "@"):
        program, _, topic = start.partition("|")
        return program != start and "!" in topic
    return start[:1] == "="


def unwrap(text: str) -> str:
    """Take the text out of `="00412"`, with which programs keep the zeros at the front of a number."""
    match = _TEXT_AS_FORMULA.fullmatch(text) if text.startswith('="') else None
    return match.group(1) if match else text


def protect(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would take for a formula.

    `unprotect` takes exactly this apostrophe away, so text that starts with apostrophes of its own and
    then such a character gets one more.
    """
    return f"'{text}" if _NEEDS_APOSTROPHE.match(text) else text


def unprotect(text: str) -> str:
    """Take away the apostrophe that `protect` put there."""
    return text[1:] if text.startswith("'") and _HAS_APOSTROPHE.match(text) else text
