"""The header that turns an answer into a download with a name."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_LONGEST_STEM: Final = 100
_LONGEST_ENDING: Final = 8
# What RFC 8187 leaves unescaped in an extended value, besides letters and digits.
_PLAIN: Final = "!#$&+-.^_`|~"
# Separators of folders, and what one system or another refuses in a name.
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|]')
# Control, format (among them marks that turn the reading direction), half characters, line ends.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def attachment(filename: str) -> str:
    """The value of Content-Disposition for a download named `filename` (RFC 6266).

    Any letters may be in the name; programs that know only ASCII get the nearest spelling, or
    `download` where there is none. Folders and invisible characters are taken out, long names
    shortened before their ending.
    """
    return f"attachment; {_named(filename)}"


def inline(filename: str) -> str:
    """The same for what a browser shows by itself, such as a PDF; `filename` is for whoever keeps it."""
    return f"inline; {_named(filename)}"


def _named(filename: str) -> str:
    stem, ending = _parts(filename)
    name = stem + ending
    fallback = (_in_ascii(stem) or "download") + _in_ascii(ending)
    header = f'filename="{fallback}"'
    return header if fallback == name else f"{header}; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


def _parts(filename: str) -> tuple[str, str]:
    """What stands before the ending and the ending with its dot, both safe and short enough."""
    visible = (letter for letter in filename if unicodedata.category(letter) not in _INVISIBLE)
    name = _UNSAFE.sub("-", unicodedata.normalize("NFC", "".join(visible))).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    return stem[:_LONGEST_STEM].rstrip(" .") or "download", dot + ending


def _in_ascii(text: str) -> str:
    """The nearest spelling; without the percent sign, which some browsers take for an escape."""
    nearest = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().replace("%", "-")
    return _UNSAFE.sub("-", nearest).strip()
