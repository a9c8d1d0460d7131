"""What the tests of bookings that make no sense build upon."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import func, select

from app.db.models import Event, Rental, Reservation
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.lib.periods import Period
from tests.integration.booking import MONDAY

DAY = timedelta(days=1)
MONDAYS = Period(MONDAY, MONDAY + DAY)
PART = {"hx-request": "true", "hx-request-type": "partial"}
# the company of the tests is in Hamburg: two hours ahead in June
DATES = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-03T10:00"}
START, END = "2031-06-02T08:00:00Z", "2031-06-03T08:00:00Z"
TYPED = {"name": "Typed <b>", "venue": "Hall 3", "notes": "First line\nsecond", "tags": "a, b"}
NO_ID = 9_000_000_000


async def stored(work: Any) -> tuple[Any, ...]:
    """All that a booking may change, in figures."""
    async with work() as unit:
        counts = [
            select(func.count()).select_from(Event),
            select(func.count(), func.coalesce(func.sum(Rental.quantity), 0)).where(
                Rental.deleted_at.is_(None)
            ),
            select(func.count(), func.coalesce(func.sum(Event.version), 0)),
            select(func.coalesce(func.sum(Reservation.quantity), 0)),
        ]
        return tuple([tuple((await unit.session.execute(one)).one()) for one in counts])


def message_at(page: str, field: str) -> str:
    """What stands at a field, "" where nothing is wrong with it."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""


def kept(page: str, typed: dict[str, str]) -> bool:
    """Whether everything typed stands in the form again."""
    return all(html.escape(text, quote=False).replace("'", "&#39;") in page for text in typed.values())


def refused_at(answer: httpx.Response, *fields: str) -> None:
    """A 422 of the API with a sentence at each of these fields."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert (body["success"], body["code"]) == (False, "VALIDATION_ERROR")
    assert set(body["details"]["fields"]) == set(fields), body
    assert all(message.endswith(".") for message in body["details"]["fields"].values()), body


def instant(typed: str) -> str | None:
    """The same moment as the API takes it: in summer Hamburg is two hours ahead."""
    return f"{typed}:00+02:00" if typed else None


async def free(work: Any, equipment_id: int, period: Period = MONDAYS) -> int:
    async with work() as unit:
        figure = await figure_of(unit.session, Window(equipment_id, period))
        assert figure is not None
        return figure.free
