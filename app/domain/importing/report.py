"""Giving back the rows that could not be used."""

from app.domain.importing.result import CheckedRow, CheckResult
from app.lib.tabular import Table

PROBLEM = "Problem"


def left_out_rows(table: Table, result: CheckResult[CheckedRow]) -> tuple[list[str], list[list[str]]]:
    """The rows with problems as they stood in the file, with a last column that says why.

    Returns header and rows for `csv_bytes` or `xlsx_bytes`. A file that was given back once and comes
    again keeps its one column of problems.
    """
    width = len(table.header)
    if table.header[-1] == PROBLEM:
        width -= 1
    header = [*table.header[:width], PROBLEM]
    rows = [
        [*table.rows[row.position][:width], "; ".join(problem.message for problem in row.problems)]
        for row in result.problem_rows
    ]
    return header, rows
