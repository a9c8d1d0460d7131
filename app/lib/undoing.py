"""Taking changes back: the same edit with its sides swapped, where nobody has touched the fields since.

The swap is an edit like any other: the rules of the record are asked, and what follows from it is moved along
(app.lib.rules). So nothing comes to stand that a service would have refused.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Numeric, select
from sqlalchemy.exc import IntegrityError

from app.db.base import Editable
from app.db.models import (
    Accessory,
    Address,
    Attachment,
    Case,
    CaseItem,
    Category,
    Change,
    Client,
    Company,
    Contact,
    Equipment,
    Event,
    FactorTable,
    GearTemplate,
    Inspection,
    InspectionRule,
    Invoice,
    InvoiceLine,
    Kit,
    KitComponent,
    Maintenance,
    PriceList,
    PriceRule,
    Quote,
    QuoteGroup,
    QuoteLine,
    QuoteVersion,
    Rental,
    SavedView,
    StockTake,
    SubHire,
    Substitute,
    TaxRate,
    Unit,
    User,
)
from app.lib import editing
from app.lib.editing import Edit
from app.lib.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from app.lib.rules import locks_parent_first, taken_back_whole
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire

MODELS: dict[str, type[Editable]] = {
    model.entity: model
    for model in (
        Accessory,
        Address,
        Attachment,
        Case,
        CaseItem,
        Category,
        Client,
        Company,
        Contact,
        Equipment,
        Event,
        FactorTable,
        GearTemplate,
        Inspection,
        InspectionRule,
        Invoice,
        InvoiceLine,
        Kit,
        KitComponent,
        Maintenance,
        PriceList,
        PriceRule,
        Quote,
        QuoteGroup,
        QuoteLine,
        QuoteVersion,
        Rental,
        SavedView,
        StockTake,
        SubHire,
        Substitute,
        TaxRate,
        Unit,
        User,
    )
}

May = Callable[[Change], bool]
"""Whether whoever asks may take this change back."""


def anybody(_change: Change) -> bool:
    """For the system itself."""
    return True


async def undo_change(work: UnitOfWork, change_id: int, may: May = anybody) -> tuple[Editable, Edit]:
    """Take one change back.

    Raises NotFound, Forbidden, Conflict naming the fields that were changed since, or that it can only be
    taken back with what was done along with it, and whatever the rules of the record refuse with.
    """
    change = await work.session.get(Change, change_id)
    if change is None:
        raise NotFound("There is no such change.")
    _require(may, [change])
    if await _is_bound(work, change):
        raise Conflict("This was done together with other changes. Take all of them back at once.")
    return await _undo(work, change)


async def undo_operation(
    work: UnitOfWork, operation: str | UUID, may: May = anybody
) -> tuple[int, list[str]]:
    """Take back all changes of one intent (a bulk action, an import), newest first.

    Returns how many were taken back and, as sentences, what could not be; where the changes can only be
    taken back together, all of them are or Conflict is raised. Raises NotFound, Forbidden.
    """
    statement = select(Change).where(Change.operation == operation).order_by(Change.id.desc())
    changes = (await work.session.scalars(statement)).all()
    if not changes:
        raise NotFound("There is nothing to undo.")
    _require(may, changes)
    sentences = {change.id: await undo_part(work, change) for change in changes}
    refused = {key: sentence for key, sentence in sentences.items() if sentence is not None}
    # what could not be taken back by itself may have gone along with what came after it
    along = select(Change.undoes_id).where(
        Change.operation == work.operation, Change.undoes_id.in_(list(refused))
    )
    gone_along = set(await work.session.scalars(along)) if refused else set[int | None]()
    problems = [sentence for key, sentence in refused.items() if key not in gone_along]
    if problems and not {change.entity for change in changes}.isdisjoint(taken_back_whole()):
        raise Conflict(" ".join(problems))
    return len(changes) - len(problems), problems


async def undo_part(work: UnitOfWork, change: Change) -> str | None:
    """Take back one change of an intent that is taken back as a whole. Returns why it stays, if it does."""
    try:
        async with work.session.begin_nested():
            await _undo(work, change)
    except InvalidInput as error:
        return f"{change.label}: {' '.join(error.fields.values())}"
    except DomainError as error:
        return f"{change.label}: {error.message}"
    except IntegrityError:
        return f"{change.label}: something else has taken its place."
    return None


def _require(may: May, changes: Sequence[Change]) -> None:
    if not all(may(change) for change in changes):
        raise Forbidden("Your role does not allow to undo this. Ask an admin if you need it.")


async def _is_bound(work: UnitOfWork, change: Change) -> bool:
    """Whether its intent also changed something that is only taken back with all that moved along."""
    others = select(Change.id).where(
        Change.operation == change.operation, Change.id != change.id, Change.entity.in_(taken_back_whole())
    )
    if change.entity in taken_back_whole():
        others = select(Change.id).where(Change.operation == change.operation, Change.id != change.id)
    return await work.session.scalar(others.limit(1)) is not None


async def _undo(work: UnitOfWork, change: Change) -> tuple[Editable, Edit]:
    if change.entity not in MODELS or not change.fields:
        raise NotFound("There is nothing to undo.")
    if change.parent_entity and change.parent_id and locks_parent_first(change.entity):
        await editing.lock(work, MODELS[change.parent_entity], change.parent_id)
    subject = await editing.lock(work, MODELS[change.entity], change.entity_id, deleted=True)
    already = await work.session.scalar(
        select(Change.operation).where(Change.undoes_id == change.id).limit(1)
    )
    if already == work.operation:
        return subject, Edit(())  # it went along with another change that was just taken back
    if already is not None:
        raise Conflict("This was undone already.")
    if change.version == 1:
        version = 1 if await _went_on(work, subject, change) else None
        return subject, await editing.delete(work, subject, version=version, undoes_id=change.id)
    return subject, await _swap(work, subject, change)


async def _went_on(work: UnitOfWork, subject: Editable, creation: Change) -> bool:
    """Whether anything but the intent that added a record, or its undo, has changed it since."""
    if subject.version == creation.version:
        return False
    later = select(Change.id).where(
        Change.entity == creation.entity,
        Change.entity_id == creation.entity_id,
        Change.version > creation.version,
        Change.operation.not_in([creation.operation, work.operation]),
    )
    return await work.session.scalar(later.limit(1)) is not None


async def _swap(work: UnitOfWork, subject: Editable, change: Change) -> Edit:
    # what is told along with a record, like the units of a line, follows what the record has
    columns = type(subject).__table__.columns
    fields: Mapping[str, list[Any]] = {name: pair for name, pair in change.fields.items() if name in columns}
    if all(wire(getattr(subject, name)) == before for name, (before, _after) in fields.items()):
        return Edit(())
    later = await editing.changes_since(work, subject, change.version)
    touched = sorted({one.field for one in later} & set(fields))
    if touched:
        names = " and ".join(sorted({one.actor_name for one in later if one.field in touched}))
        raise Conflict(
            f"{names} changed {', '.join(name.replace('_', ' ') for name in touched)} since. "
            "Edit the record instead."
        )
    values = {name: from_wire(type(subject), name, before) for name, (before, _after) in fields.items()}
    return await editing.edit(work, subject, values, version=None, undoes_id=change.id)


def from_wire(model: type[Editable], name: str, value: Any) -> Any:
    """The Python value that a wire value of this field stands for."""
    if value is None:
        return None
    kind = model.__table__.columns[name].type
    if isinstance(kind, Numeric):
        return Decimal(value)
    if isinstance(kind, DateTime) or "DateTime" in type(kind).__name__:
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return value
