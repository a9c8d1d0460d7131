"""The way in: what kind of file it is, and how it is read."""

from app.lib.tabular.decoding import decode, refuse_other_formats
from app.lib.tabular.delimited import read_delimited
from app.lib.tabular.model import DEFAULT_LIMITS, Table, TableError, TableLimits, counted
from app.lib.tabular.shaping import shape
from app.lib.tabular.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_MEGABYTE = 1024 * 1024


def read_table(
    data: bytes,
    filename: str,
    *,
    limits: TableLimits = DEFAULT_LIMITS,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a CSV, TSV or XLSX file into a table of clean text.

    The content decides what the file is; `filename` only makes a message clearer. `encoding` (a key of
    ENCODINGS), `delimiter` (a key of DELIMITERS), `has_header` and `sheet` overrule what is detected; what
    does not concern the kind of file is passed over, and a byte order mark decides before `encoding`.
    Raises TableError with a sentence for the person who sent the file.
    """
    if len(data) > limits.file_bytes:
        megabytes = counted(limits.file_bytes // _MEGABYTE)
        raise TableError(f"This file is larger than {megabytes} MB, which is the most that fits.")
    if not data.strip():
        raise TableError("This file is empty.")
    if data.startswith(_ZIP):
        return shape(read_workbook(data, limits, sheet), limits, has_header=has_header)
    refuse_other_formats(data)
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise TableError(f"“{filename}” is named like a workbook but is none; save it again as .xlsx or CSV.")
    text, codec = decode(data, encoding)
    return shape(read_delimited(text, codec, delimiter, limits), limits, has_header=has_header)
