"""How somebody looks at an event at the bench: the step, the order, the case. All stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from app.domain.prep.pick_list import BY_LOCATION, ORDERS
from app.lib.fields import identifier

OLDEST, NEAREST = "", "location"
UNIT_ORDERS: Final = (OLDEST, NEAREST)
"""In which order units are suggested."""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at. `at` is the line that was acted on last."""

    step: str
    by: str = BY_LOCATION
    case_id: int | None = None
    at: int | None = None
    units: str = OLDEST

    def query(self, **changes: Any) -> str:
        """The view, with changes, as the query of an address; what is usual is left out."""
        return _query(replace(self, **changes) if changes else self)


# every form of an answer has it in its address
@lru_cache(maxsize=256)
def _query(view: View) -> str:
    given = {
        "step": view.step,
        "by": "" if view.by == BY_LOCATION else view.by,
        "units": view.units,
        "case_id": view.case_id or "",
        "at": view.at or "",
    }
    return urlencode({name: value for name, value in given.items() if value})


def read_view(given: Mapping[str, str], steps: Sequence[str]) -> View:
    """The view that a query or a form asks for; what is no choice is the usual."""
    step, by, units = given.get("step", ""), given.get("by", ""), given.get("units", "")
    return View(
        step=step if step in steps else steps[0],
        by=by if by in ORDERS else BY_LOCATION,
        case_id=identifier(given.get("case_id") or given.get("case")),
        at=identifier(given.get("at")),
        units=units if units in UNIT_ORDERS else OLDEST,
    )
