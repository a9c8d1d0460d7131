"""What requests about availability say: which equipment, and for which period."""

from datetime import timedelta
from typing import Annotated

from litestar.params import QueryParameter

from app.lib.errors import InvalidInput
from app.lib.fields import LARGEST_ID, identifier
from app.lib.periods import Period
from app.web.api import read_instant

MOST_EQUIPMENT = 100
LONGEST = timedelta(days=3652)

EquipmentId = Annotated[int, QueryParameter(ge=1, le=LARGEST_ID)]
EquipmentIds = Annotated[
    str,
    QueryParameter(description=f"Ids with commas between them, at most {MOST_EQUIPMENT}: `7,12,40`."),
]
Wanted = Annotated[str, QueryParameter(description="An instant with an offset.")]


def read_period(
    start: str, end: str, longest: timedelta = LONGEST, too_long: str = "More than ten years is too long."
) -> Period:
    """The period of a query. Raises InvalidInput, with the sentence `too_long` for more than `longest`."""
    begin, finish = read_instant(start, "start"), read_instant(end, "end")
    errors: dict[str, str] = {}
    for name, value in (("start", begin), ("end", finish)):
        if value is None:
            errors[name] = "This is required."
    if begin is not None and finish is not None:
        if finish <= begin:
            errors["end"] = "The period ends after it starts."
        elif finish - begin > longest:
            errors["end"] = too_long
    if errors or begin is None or finish is None:
        raise InvalidInput(errors)
    return Period(begin, finish)


def read_equipment_ids(text: str) -> list[int]:
    """The ids of a list with commas, each once, in order. Raises InvalidInput for anything else."""
    keys = [identifier(part.strip()) for part in text.split(",")]
    found = list(dict.fromkeys(key for key in keys if key is not None))
    if None in keys:
        raise InvalidInput({"equipment_ids": "Send ids with commas between them, like 7,12,40."})
    if len(found) > MOST_EQUIPMENT:
        raise InvalidInput({"equipment_ids": f"Ask for at most {MOST_EQUIPMENT} at once."})
    return found
