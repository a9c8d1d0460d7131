"""One spelling for comparing words: what people would call the same is the same here and in the database."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ς": "σ"}  # noqa: RUF001
)


def fold(text: str) -> str:
    """Bring words into the form they are compared in: without accents, case and outer white space.

    "Stück", "STUCK" and " stück " are one; "ß" is "ss". Beside the white space it is the database function
    `fold`, behind which skus, asset tags and categories are unique, so the two must agree.
    """
    if text.isascii():
        return text.strip().lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return unicodedata.normalize("NFC", bare.translate(_LETTERS)).strip()
