"""The numbers of papers: one range for each kind and year, taken in the transaction that needs it."""

from datetime import date
from typing import Literal

from sqlalchemy import Text, bindparam, text

from app.lib.unit_of_work import UnitOfWork

NumberedKind = Literal["quote", "invoice", "credit_note"]
PREFIXES: dict[NumberedKind, str] = {"quote": "Q", "invoice": "INV", "credit_note": "CN"}

# the row stays locked until the transaction ends: whoever comes next waits, and a number that was rolled back
# is given again
_NEXT = text(
    "insert into number_range (kind, year, next) values (:kind, :year, 2)"
    " on conflict (kind, year) do update set next = number_range.next + 1 returning next - 1"
).bindparams(bindparam("kind", type_=Text))


async def next_number(work: UnitOfWork, kind: NumberedKind, day: date) -> str:
    """Take the next number of a kind in the year of a day, such as INV-2026-0001.

    Without gaps: a transaction that fails gives its number back. Take it as late as can be, as others wait.
    """
    number = await work.session.scalar(_NEXT, {"kind": kind, "year": day.year})
    return f"{PREFIXES[kind]}-{day.year}-{number:04}"
