"""Style sheets: imports are inlined with their layers, addresses rewritten, white space removed."""

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

IMPORT = re.compile(r'@import\s+url\("(?P<path>[^"]+)"\)(?:\s+layer\((?P<layer>[\w.-]+)\))?\s*;')
ADDRESS = re.compile(r'url\("(?P<path>[^"#?:]+)"\)')
OPAQUE = re.compile(
    r"""/\*.*?\*/ | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | url\([^"')]*\)""", re.DOTALL | re.VERBOSE
)
INLINE_LIMIT = 1024
"""Drawings up to this many bytes become data addresses: a request costs more than they weigh."""


def inline_imports(entry: Path, address_of: Callable[[Path], str]) -> str:
    """Return the entry sheet with every import in place, minified.

    ``address_of`` turns the path of a referenced file into its address. Neighbouring imports of one layer
    share one block. Raises ValueError when an imported sheet imports another: that would hide the order.
    """
    text = entry.read_text("utf-8")
    imports = [(match["layer"], entry.parent / match["path"]) for match in IMPORT.finditer(text)]
    parts = [IMPORT.sub("", text)]
    for layer, group in groupby(imports, key=lambda item: item[0]):
        body = "\n".join(_sheet(path, address_of) for _, path in group)
        parts.append(f"@layer {layer}{{{body}}}" if layer else body)
    return minify("\n".join(parts))


def minify(text: str) -> str:
    """Return the sheet without comments and without the white space that means nothing.

    Deliberately timid, because a space in front of a colon is a combinator and one around ``+`` belongs to
    ``calc()``: spaces go only beside ``{ } ; ,``, inside brackets and after a colon, where none can matter.
    Strings and addresses are kept as they are.
    """
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        if match[0].startswith("/*"):
            return " "
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r"\s+", " ", OPAQUE.sub(set_aside, text))
    text = re.sub(r" ?([{};,]) ?", r"\1", text)
    text = re.sub(r"([(:]) | (?=\))", r"\1", text).replace(";}", "}")
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text).strip()


def data_address(drawing: str) -> str:
    """Return an SVG drawing as a data address that may stand between double quotes."""
    return "data:image/svg+xml," + quote(drawing.strip().replace('"', "'"), safe="/:=,' ")


def _sheet(path: Path, address_of: Callable[[Path], str]) -> str:
    text = path.read_text("utf-8")
    if IMPORT.search(text):
        raise ValueError(f"{path} imports another sheet; only the entry sheet may")

    def address(match: re.Match[str]) -> str:
        target = (path.parent / match["path"]).resolve()
        if target.suffix == ".svg" and target.stat().st_size <= INLINE_LIMIT:
            return f'url("{data_address(target.read_text("utf-8"))}")'
        return f'url("{address_of(target)}")'

    return ADDRESS.sub(address, text)
