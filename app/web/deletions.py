"""When somebody deleted what another person has open in a form: the dialog that says so, and the way back.

It stands over the form, which keeps what was typed; without scripts it is a page. "Restore and save" posts
all of it to the address of the form again, with `restore=1`. The page of what was deleted says the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.base import Editable
from app.lib import editing
from app.lib.errors import Deleted
from app.lib.history import deletion
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.descriptions import Fields, field_of
from app.web.errors import Rejected
from app.web.htmx import is_htmx, wants_partial
from app.web.merging import MergeAnswer
from app.web.render import page, partial
from app.web.state import viewer_of
from app.web.undo_permissions import may_restore
from app.web.viewer import Person

RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class DeletedView:
    """What the dialog shows. `kept` is all that was typed, `changes` what of it is new, in words.

    `moved` is name and address of the record it is part of now, where it was merged into another.
    """

    action: str
    target: str
    label: str
    person: Person
    at: datetime
    version: int
    kept: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]
    may_restore: bool
    moved: tuple[str, str] | None = None


async def keep_alive(
    request: Any, work: UnitOfWork, about: tuple[type[Editable], int], answer: MergeAnswer, fields: Fields
) -> None:
    """See that what a form is about is there. To be called before anything of it is looked up.

    A deleted record is brought back when the dialog was answered so, under its rules and in the transaction
    that saves. Otherwise the dialog is the answer: Rejected. Nothing happens for what never was.
    """
    model, record_id = about
    subject = await work.session.get(model, record_id)
    if subject is None or subject.deleted_at is None:
        return
    if answer.typed.get(RESTORE) == "1" and may_restore(viewer_of(request), model.entity):
        await editing.restore(work, await editing.lock(work, model, record_id, deleted=True))
        return
    error = await editing.deletion_of(work, subject)
    raise Rejected(deleted_answer(request, error, answer, fields, subject)) from error


async def refuse_deleted(
    request: Any, reading: AsyncConnection | AsyncSession, about: tuple[type[Editable], int]
) -> None:
    """Answer the page of a record that was deleted with who did it and the way back: Rejected.

    Nothing happens for a record that is there, or never was.
    """
    model, record_id = about
    change = await deletion(reading, model, record_id)
    if change is None:
        return
    person = Person(change.actor_id or 1, change.actor or "AV-RENTALS", change.actor_avatar)
    answer = page(
        request,
        "errors/gone.html",
        status=404,
        change=change,
        person=person,
        restorable=may_restore(viewer_of(request), model.entity),
    )
    raise Rejected(answer)


def deleted_answer(
    request: Any,
    error: Deleted,
    answer: MergeAnswer,
    fields: Fields,
    subject: Editable | None = None,
    *,
    moved: tuple[str, str] | None = None,
) -> Response[str]:
    """The dialog, over the form for htmx; 409. `subject` is what was typed is compared with.

    What was `moved` into another record is not brought back from here.
    """
    kept = tuple((name, text) for name, text in answer.typed.items() if name != RESTORE)
    view = DeletedView(
        action=request.scope["path"],
        target="#modal" if wants_partial(request) else "",
        label=error.label,
        person=Person(error.actor_id or 1, error.actor_name),
        at=error.at,
        version=answer.version,
        kept=kept,
        changes=_changes(kept, fields, subject),
        may_restore=moved is None and may_restore(viewer_of(request), error.entity),
        moved=moved,
    )
    if not is_htmx(request):
        return page(request, "errors/deleted.html", status=409, gone=view)
    response = partial(request, "components/deleted.html", status=409, gone=view)
    response.headers.update({"HX-Retarget": "#modal", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"})
    return response


def _changes(
    kept: tuple[tuple[str, str], ...], fields: Fields, subject: Editable | None
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name, text in kept:
        field = field_of(fields, name)
        before = field.typed(wire(getattr(subject, name))) if hasattr(subject, name) else ""
        # browsers send line breaks as two characters and hold them as one
        typed = text.replace("\r\n", "\n")
        if name in fields and typed != before:
            found.append((field.label, dict(field.options).get(typed, typed)))
    return tuple(found)
