"""The pure rules of searching: how typed words become a query, and which hit comes first."""

import re

from app.lib.folding import fold

_MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


def prefix_query(text: str) -> str:
    """The text search query that finds every word as the beginning of one; empty when there is no word."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(fold(text))[:_MOST_WORDS])
