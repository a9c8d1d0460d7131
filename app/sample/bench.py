"""What stands on the bench of the sample company: cases, tests, and events that are being prepped."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Case, Event, Rental, Unit, User
from app.domain.cases.service import add_item, create_case
from app.domain.events.rentals import edit_rental
from app.domain.inspections.service import create_rule, record
from app.domain.prep.counting import count
from app.domain.prep.ledger import Act
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork

CASES = (
    ("C-011", "Microphone trunk", "temporary", "A-01", "14.5"),
    ("C-012", "Microphone trunk", "temporary", "A-01", "14.5"),
    ("C-031", "Cable trunk, long", "temporary", "E-01", "22"),
    ("C-032", "Cable trunk, long", "temporary", "E-01", "22"),
    ("C-101", "Panel set", "permanent", "A-01-2", "9"),
)
_PANEL_SET = (("MIC-SM58", 4), ("MIC-MX418", 2))
_TESTED = timedelta(days=200)
_LONG_AGO = timedelta(days=380)


async def load_bench(work: UnitOfWork, people: Mapping[str, User], equipment: Mapping[str, Any]) -> None:
    """Cases, inspections and prep under way. `people` are by username, `equipment` by sku."""
    technician = people["technician"]
    actor, operation = work.actor, work.operation
    work.actor = Actor(technician.id, technician.label, technician.role)
    cases = await _load_cases(work, equipment)
    await _load_inspections(work, equipment)
    await _prep(work, cases["C-011"])
    await _change_after_prep(work, people["manager"])
    work.actor, work.operation = actor, operation


async def _load_cases(work: UnitOfWork, equipment: Mapping[str, Any]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for code, name, kind, location, weight in CASES:
        work.operation = uuid4()
        values = {"code": code, "name": name, "kind": kind, "location": location}
        found[code] = await create_case(work, {**values, "weight_kg": Decimal(weight)})
    for sku, pieces in _PANEL_SET:
        await add_item(work, found["C-101"].id, equipment[sku].id, pieces)
    return found


async def _load_inspections(work: UnitOfWork, equipment: Mapping[str, Any]) -> None:
    """Moving heads are tested every year; two of them were overlooked."""
    work.operation = uuid4()
    today = now().date()
    lamps = equipment["LGT-MEGAPT"]
    values = {"name": "Electrical test", "equipment_id": lamps.id, "interval_months": 12, "starts_on": today}
    rule = await create_rule(work, values)
    in_stock = select(Unit.id).where(Unit.equipment_id == lamps.id, Unit.rental_id.is_(None))
    idle = list(await work.session.scalars(in_stock.order_by(Unit.tag_order.desc()).limit(2)))
    every = list(await work.session.scalars(select(Unit.id).where(Unit.equipment_id == lamps.id)))
    tested = [key for key in every if key not in idle]
    for keys, ago in ((idle, _LONG_AGO), (tested, _TESTED)):
        said = {"inspector": "TÜV Nord"}
        await record(work, keys, rule.id, passed=True, inspected_on=today - ago, values=said)


async def _prep(work: UnitOfWork, case: Case) -> None:
    """An event of this afternoon, half prepped."""
    event, lines = await _lines(work, "Meyer works meeting")
    work.operation = uuid4()
    microphones, desk = lines["Shure SM58"], lines["Yamaha QL1"]
    await scan(work, Act(uuid4()), event.id, case.code, step="packed")
    await count(work, Act(uuid4()), event.id, microphones.id, step="packed", quantity=4, case_id=case.id)
    await count(work, Act(uuid4()), event.id, desk.id, step="picked", quantity=1)


async def _change_after_prep(work: UnitOfWork, manager: User) -> None:
    """An event that was begun, and that the office has changed since."""
    event, lines = await _lines(work, "Rosenberg dress rehearsal")
    work.operation = uuid4()
    wash = lines["Robe Spiider"]
    await count(work, Act(uuid4()), event.id, wash.id, step="picked", quantity=5)
    work.actor, work.operation = Actor(manager.id, manager.label, manager.role), uuid4()
    values = {"quantity": wash.quantity + 2, "notes": "Two more for the bar"}
    await edit_rental(work, wash.id, values, version=None)


async def _lines(work: UnitOfWork, name: str) -> tuple[Event, dict[str, Rental]]:
    event = (await work.session.scalars(select(Event).where(Event.name == name))).one()
    rows = await work.session.scalars(
        select(Rental).where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
    )
    return event, {rental.name: rental for rental in rows}
