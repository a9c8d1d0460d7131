"""What differs between two texts, word by word, for people to read."""

import re
from difflib import SequenceMatcher
from typing import Literal

# Comparing costs the product of both lengths; longer texts are shown whole, before and after.
MOST_WORDS = 400

Part = tuple[Literal["same", "del", "ins"], str]


def word_changes(before: str, after: str) -> list[Part]:
    """The way from one text to the other as parts that stay, go and come."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _parts([("del", before), ("ins", after)])
    found: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(old[i1:i2])))
        else:
            found.append(("del", "".join(old[i1:i2])))
            found.append(("ins", "".join(new[j1:j2])))
    return _parts(found)


def additions(before: str, after: str) -> list[Part]:
    """The later text with what is new in it marked."""
    return [part for part in word_changes(before, after) if part[0] != "del"]


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


def _parts(parts: list[Part]) -> list[Part]:
    return [part for part in parts if part[1]]
