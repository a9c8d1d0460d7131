"""The plan of the sample company around today: whatever can be seen in the product is there to be seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.db.models import Equipment, Event, Reservation, Unit, User
from app.db.models.event import STATUSES
from app.domain.availability.shortages import shortages_between
from app.lib.clock import now
from app.lib.periods import Period
from app.sample.events import EVENTS
from app.sample.loader import load_catalogue

Work = Callable[..., Any]


async def test_the_plan_is_alive(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        people = {person.username: person for person in await unit.session.scalars(select(User))}
        await load_catalogue(unit, people)
    async with work() as unit:
        session = unit.session
        statuses = set(await session.scalars(select(Event.status).distinct()))
        assert statuses == set(STATUSES)
        moment = now()
        late = (
            select(Event.name).join(Reservation).where(Reservation.until_back, Reservation.end_at <= moment)
        )
        assert set(await session.scalars(late)) == {"Nordlicht lecture series", "Nordlicht club night"}
        short = await shortages_between(session, Period(moment, moment + timedelta(days=14)), moment=moment)
        assert {one.name for one in short} == {"Yamaha CL5", "L-Acoustics K2"}
        blocked = (
            select(func.count()).select_from(Reservation).join(Unit, Unit.id == Reservation.unit_id)
            .where(Reservation.kind == "block", Unit.state == "in_repair")
        )  # fmt: skip
        assert (await session.scalar(blocked) or 0) > 0
        request = await session.scalar(select(Event).where(Event.status == "requested"))
        assert request is not None
        assert request.hold_expires_at > moment
        assert await session.scalar(select(func.count()).select_from(Equipment)) > 200
    page = (await (await sign_in("manager")).get("/")).text
    for name in ("Lindau Advent market", "Meyer works meeting", "Rosenberg dress rehearsal"):
        assert f"<strong>{name}</strong>" in page
    assert "Endangers City church, Advent concert" in page


def test_what_is_planned_has_a_name_of_its_own_and_ends_after_it_began() -> None:
    assert len({event.name for event in EVENTS}) == len(EVENTS)
    assert all(event.out < event.back and event.gear for event in EVENTS)
