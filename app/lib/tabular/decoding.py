"""From bytes to text: which encoding a text file is in."""

import codecs
import re
from io import BytesIO

from charset_normalizer import from_bytes

from app.lib.tabular.model import ENCODINGS, TableError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_MAGIC = (
    (b"%PDF", "it is a PDF document"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"GIF8", "it is a picture"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel file (.xls) or protected by a password; save it as .xlsx"),
    (b"\x1f\x8b", "it is compressed; unpack it first"),
    (b"7z\xbc\xaf", "it is compressed; unpack it first"),
    (b"Rar!", "it is compressed; unpack it first"),
    (b"{\\rtf", "it is a text document"),
)
_SINGLE_BYTE = ["cp1252", "cp850", "cp1250", "cp1251", "mac_roman"]
_SAMPLE_BYTES = 64 * 1024
_CONTROL_SHARE = 0.005
_CONTROLS = bytes(sorted({*range(32), 127} - set(b"\t\n\v\f\r\x1a\x1f")))
# In Windows-1252 these bytes are quotes, dashes and signs, which never stand inside a word; in the DOS
# code pages they are the accented letters.
_SIGN_IN_WORD = re.compile(rb"[A-Za-z][\x80-\x89\x8b\x8d\x8f-\x91\x93-\x99\x9b\x9d][A-Za-z]")


def refuse_other_formats(data: bytes) -> None:
    """Raise TableError, naming the format, for files that are known to be something else."""
    for magic, reason in _MAGIC:
        if data.startswith(magic):
            raise TableError(f"This is not a table we can read: {reason}.")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Turn the bytes of a text file into text. Returns the text and the codec it is in.

    `encoding` overrules the detection. Raises TableError for what is no text, or damaged text.
    """
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, codec), name
    _refuse_binary(data)
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise TableError(f"“{encoding[:40]}” is not an encoding we know.")
        return _strictly(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error)
    codec = _detect_single_byte(data)
    return _strictly(data, codec), codec


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        label = ENCODINGS.get(codec.removesuffix("-sig"), codec.upper())
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TableError(
            f"This is not a table we can read: it is not {label} text "
            f"(line {line} has a byte that does not belong there)."
        ) from None


def _refuse_binary(data: bytes) -> None:
    if b"\x00" in data:
        raise TableError("This is not a table we can read: it holds binary data, not text.")
    sample = data[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > len(sample) * _CONTROL_SHARE + 2:
        raise TableError("This is not a table we can read: it holds binary data, not text.")


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Refuse UTF-8 with a few broken bytes: read as anything else, every accent in it would be garbled."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    if whole > broken:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(
            f"This is not a table we can read: its text is UTF-8 but damaged in line {line}. "
            "Save it again as “CSV UTF-8”."
        )


def _detect_single_byte(data: bytes) -> str:
    lines: list[bytes] = []
    size = 0
    for line in BytesIO(data):
        if line.isascii():
            continue
        lines.append(line[:_SAMPLE_BYTES])
        size += len(lines[-1])
        if size > _SAMPLE_BYTES:
            break
    sample = b"\n".join(lines)
    matches = from_bytes(sample, cp_isolation=_SINGLE_BYTE)
    fitting = {name for match in matches for name in match.could_be_from_charset}
    if "cp1252" in fitting and not _SIGN_IN_WORD.search(sample):
        return "cp1252"
    best = matches.best()
    if best is None:
        raise TableError(
            "This is not a table we can read: its text is in no encoding we know. "
            "Save it again as “CSV UTF-8”."
        )
    return best.encoding
