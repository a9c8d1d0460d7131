"""The pure rules of searching: how typed words become a query, and what of a hit is marked."""

import re

from app.lib.folding import fold

LONGEST = 200
_MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


def prefix_query(text: str) -> str:
    """The text search query that finds every word as the beginning of one; empty when there is no word."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(fold(text))[:_MOST_WORDS])


def marked(text: str, typed: str) -> list[tuple[bool, str]]:
    """A text in parts, each with whether it is a word that was typed; the parts joined are the text."""
    folded, words = fold(text), sorted(_WORD.findall(fold(typed)), key=len, reverse=True)
    # folding may lengthen a text (ß is ss); then places no longer agree, and nothing is marked
    if not words or len(folded) != len(text):
        return [(False, text)] if text else []
    parts: list[tuple[bool, str]] = []
    end = 0
    for match in re.finditer("|".join(re.escape(word) for word in words), folded):
        if match.start() > end:
            parts.append((False, text[end : match.start()]))
        parts.append((True, text[match.start() : match.end()]))
        end = match.end()
    if end < len(text):
        parts.append((False, text[end:]))
    return parts
