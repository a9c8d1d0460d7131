"""One spelling for comparing words: what people would call the same is the same here."""

import unicodedata


def fold(text: str) -> str:
    """Bring words into the form they are compared in: without accents, case and outer white space.

    "Stück", "STUCK" and " stück " are one; "ß" is "ss".
    """
    if text.isascii():
        return text.strip().lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.casefold()).strip()
