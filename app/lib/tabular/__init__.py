"""Reading people's spreadsheets: whatever a file claims to be, it becomes rows of clean text or is refused.

`read_table` is the way in. The content decides what a file is, never its name. Nothing is evaluated,
nothing outside the file is looked up, and every limit holds before the memory is spent.
"""

from app.lib.tabular.model import (
    DEFAULT_LIMITS,
    DELIMITERS,
    ENCODINGS,
    Table,
    TableError,
    TableLimits,
    counted,
)
from app.lib.tabular.reading import read_table

__all__ = [
    "DEFAULT_LIMITS",
    "DELIMITERS",
    "ENCODINGS",
    "Table",
    "TableError",
    "TableLimits",
    "counted",
    "read_table",
]
