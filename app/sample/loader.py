"""Writing the sample company into a database, through the services, with its past."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from app.db.models import Category, Change, Company, Equipment, Maintenance, Unit, User
from app.lib import editing
from app.lib.clock import now
from app.lib.file_store import FileStore
from app.lib.passwords import hash_password
from app.lib.photos import Photo, process_photo_async
from app.lib.unit_of_work import SYSTEM, Actor, UnitOfWork
from app.lib.wire import wire
from app.sample.bench import load_bench
from app.sample.catalogue import SampleEquipment, SampleUnit, read_catalogue
from app.sample.categories import read_categories
from app.sample.clients import load_clients
from app.sample.company import COMPANY
from app.sample.events import load_events
from app.sample.history import SampleEdit, opening_catalogue, past_edits
from app.sample.invoices import load_invoices
from app.sample.kits import load_kits
from app.sample.maintenance import SampleJob, maintenance_jobs
from app.sample.people import PEOPLE
from app.sample.pictures import picture_for
from app.sample.prices import load_prices
from app.sample.quotes import load_quotes
from app.sample.sub_hire import load_sub_hires

AGE = timedelta(days=120)
_EQUIPMENT_FIELDS = (
    "sku", "name", "description", "kind", "tracking", "quantity", "status", "location", "daily_rate",
    "replacement_value", "weight_kg", "power_w", "prep_minutes", "turnaround_minutes", "notes",
)  # fmt: skip
_UNIT_FIELDS = ("asset_tag", "serial_number", "location", "condition", "state", "notes")
_JOB_FIELDS = (
    "title", "description", "kind", "state", "quantity", "blocks", "cost", "started_at", "due_at",
    "expected_back", "resolved_at", "resolution",
)  # fmt: skip


async def load_people(work: UnitOfWork, password: str) -> dict[str, User]:
    """One person for each role, all with the same password. Returns them by username."""
    password_hash = await hash_password(password)
    people: dict[str, User] = {}
    work.moment = now() - AGE
    for person in PEOPLE:
        user = User(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone=person.phone,
            role=person.role,
            password_hash=password_hash,
        )
        people[person.username] = await editing.create(work, user)
    work.moment = None
    return people


async def load_company(work: UnitOfWork) -> None:
    """The company itself."""
    await editing.create(work, Company(id=1, **asdict(COMPANY)))


async def load_catalogue(
    work: UnitOfWork, people: dict[str, User], photos: Mapping[str, str] | None = None
) -> None:
    """Clients, equipment with its past, and with `people` events; `photos` are those of `store_photos`.

    Names of people that are missing in `people` stand for the system.
    """
    opened, actor = now() - AGE, work.actor
    work.moment, work.actor = opened, _actor(people, "admin")
    await load_clients(work)
    categories = await _load_categories(work)
    equipment = await _load_equipment(work, categories, photos or {})
    units = await _load_units(work, equipment, opened)
    await load_kits(work, equipment)
    await load_prices(work, equipment)
    # in the order in which it happened: the change log is read by its ids
    past = [(edit.at, edit) for edit in past_edits(now())]
    jobs = [(job.reported_at, job) for job in maintenance_jobs(now())]
    for _, one in sorted([*past, *jobs], key=lambda pair: pair[0]):
        if isinstance(one, SampleJob):
            await _report(work, one, people, equipment)
        else:
            await _replay(work, one, people, equipment, units)
    work.moment, work.actor = None, actor
    if people:
        await load_events(work, people, equipment)
        await load_sub_hires(work, people, equipment)
        await load_bench(work, people, equipment)
        await load_quotes(work, people)
        await load_invoices(work, people)


def _actor(people: dict[str, User], username: str) -> Actor:
    user = people.get(username)
    return Actor(user.id, user.label, user.role) if user else SYSTEM


async def _load_categories(work: UnitOfWork) -> dict[tuple[str, str], Category]:
    found: dict[tuple[str, str], Category] = {}
    for place, category in enumerate(read_categories()):
        parent = await editing.create(work, Category(name=category.name, icon=category.icon, position=place))
        found[category.name, ""] = parent
        for below, sub in enumerate(category.subcategories):
            found[category.name, sub.name] = await editing.create(
                work, Category(name=sub.name, icon=sub.icon, position=below, parent_id=parent.id)
            )
    return found


async def store_photos(files: FileStore) -> dict[str, str]:
    """Draw and store each picture once. Returns the file name for every sku that has one.

    It takes a while, so no transaction should wait for it.
    """
    drawn: dict[bytes, str] = {}
    names: dict[str, str] = {}
    for item in opening_catalogue():
        picture = picture_for(item)
        if picture is None:
            continue
        if picture not in drawn:
            photo: Photo = await process_photo_async(picture)
            drawn[picture] = await files.put_async(photo.full, ".webp", photo.variants)
        names[item.sku] = drawn[picture]
    return names


async def _load_equipment(
    work: UnitOfWork, categories: dict[tuple[str, str], Category], photos: Mapping[str, str]
) -> dict[str, Equipment]:
    found: dict[str, Equipment] = {}
    for item in opening_catalogue():
        values: dict[str, Any] = {name: getattr(item, name) for name in _EQUIPMENT_FIELDS}
        found[item.sku] = await editing.create(
            work,
            Equipment(
                **values,
                tags=list(item.tags),
                category_id=categories[item.category, ""].id,
                subcategory_id=categories[item.category, item.subcategory].id,
                photo=photos.get(item.sku),
            ),
        )
    return found


async def _load_units(work: UnitOfWork, equipment: dict[str, Equipment], opened: datetime) -> dict[str, Unit]:
    """All units at once: there are over a thousand."""
    rows = [
        {
            "equipment_id": equipment[item.sku].id,
            **_unit_values(unit),
            "created_at": opened,
            "updated_at": opened,
        }
        for item in opening_catalogue()
        for unit in item.units
    ]
    units = (await work.session.scalars(insert(Unit).returning(Unit), rows)).all()
    changes = [
        {
            "at": opened, "actor_id": work.actor.id, "action": "unit.created", "entity": "unit",
            "entity_id": unit.id, "version": 1, "label": unit.asset_tag, "parent_entity": "equipment",
            "parent_id": unit.equipment_id, "operation": work.operation,
            "fields": {name: [None, wire(value)] for name in _UNIT_FIELDS if (value := getattr(unit, name))},
        }
        for unit in units
    ]  # fmt: skip
    await work.session.execute(insert(Change), changes)
    return {unit.asset_tag: unit for unit in units}


def _unit_values(unit: SampleUnit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _UNIT_FIELDS}


async def _replay(
    work: UnitOfWork,
    past: SampleEdit,
    people: dict[str, User],
    equipment: dict[str, Equipment],
    units: dict[str, Unit],
) -> None:
    work.moment, work.actor, work.operation = past.at, _actor(people, past.actor), uuid4()
    subject = units[past.asset_tag] if past.asset_tag else equipment[past.sku]
    values = {
        change.field: list(change.after) if isinstance(change.after, tuple) else change.after
        for change in past.changes
    }
    if values:
        await editing.edit(work, subject, values, version=None)
    for tag in past.units_added:
        unit = next(one for one in _final(past.sku).units if one.asset_tag == tag)
        added = Unit(equipment_id=equipment[past.sku].id, **_unit_values(unit))
        units[tag] = await editing.create(work, added)


def _final(sku: str) -> SampleEquipment:
    return next(item for item in read_catalogue() if item.sku == sku)


async def _report(
    work: UnitOfWork, job: SampleJob, people: dict[str, User], equipment: dict[str, Equipment]
) -> None:
    work.moment, work.actor, work.operation = job.reported_at, _actor(people, job.reported_by), uuid4()
    unit = await _unit_of(work, equipment[job.sku].id, job.unit) if job.unit else None
    reporter, assignee = people.get(job.reported_by), people.get(job.assignee or "")
    await editing.create(
        work,
        Maintenance(
            equipment_id=equipment[job.sku].id,
            unit_id=unit.id if unit else None,
            reported_by_id=reporter.id if reporter else None,
            assignee_id=assignee.id if assignee else None,
            **{name: getattr(job, name) for name in _JOB_FIELDS},
        ),
        "maintenance.reported",
    )


async def _unit_of(work: UnitOfWork, equipment_id: int, number: int) -> Unit:
    units = (
        await work.session.scalars(
            select(Unit).where(Unit.equipment_id == equipment_id).order_by(Unit.tag_order)
        )
    ).all()
    return units[number - 1]
