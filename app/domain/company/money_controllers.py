"""The money settings of the company: what new quotes and invoices begin with, and where they are paid."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Change
from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.company.fields import MONEY_READERS
from app.domain.company.policy import ROUNDING_CHOICES
from app.domain.company.queries import money_form
from app.domain.company.service import COMPANY_ID, edit_company
from app.lib.fields import read_fields
from app.lib.history import about, changes
from app.web.change_entries import MONEY_SETTINGS, Entry, entries
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, Work
from app.web.permissions import PRICE_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import MONEY_OF_COMPANY, may_undo
from app.web.viewer import Viewer

ADDRESS = MONEY_SETTINGS


@dataclass(frozen=True, slots=True)
class _Shown:
    """The settings as they are, and how they came about."""

    money: Any
    entries: list[Entry]


@get(ADDRESS, capability=PRICE_WRITE, include_in_schema=False)
async def money_settings(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What quotes and invoices begin with, as a form."""
    shown = await _shown(reading, viewer_of(request))
    typed = typed_values(shown.money, COMPANY_FIELDS, MONEY_READERS)
    return _form(request, shown, EditForm(typed, shown.money.version))


@post(ADDRESS, capability=PRICE_WRITE, include_in_schema=False)
async def save_money_settings(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Save it, merged with what others changed meanwhile; what was sent or issued stays as it is."""
    answer = merge_answer(await form_text(request))
    shown = await _shown(await work.session.connection(), viewer_of(request))
    with saving(request, answer, COMPANY_FIELDS, lambda form: _form(request, shown, form)):
        values = read_fields(answer.typed, MONEY_READERS).checked()
        edit = await edit_company(work, values, version=answer.version)
    toast = saved_toast(request, edit, COMPANY_FIELDS)
    if not may_undo(viewer_of(request), "company", "company.updated", fields=edit.changed):
        # merged with what only an admin changes
        toast = replace(toast, undo_url=None)
    return redirect(request, ADDRESS, toast=toast)


async def _shown(reading: AsyncConnection, viewer: Viewer) -> _Shown:
    """The settings and their latest changes: three statements."""
    money = await money_form(reading)
    of_money = Change.fields.has_any(array(sorted(MONEY_OF_COMPANY)))
    rows, _older = await changes(reading, about("company", COMPANY_ID), of_money, Change.version > 1)
    here = ("company", COMPANY_ID)
    return _Shown(money, entries(rows, viewer, {"company": COMPANY_FIELDS}, page_of=here))


def _form(request: Request[Any, Any, Any], shown: _Shown, form: EditForm) -> Response[str]:
    return page(
        request,
        "company/money.html",
        status=form.status,
        **form.context,
        form=dict.fromkeys(MONEY_READERS, "") | form.typed,
        currency=shown.money.currency,
        roundings=ROUNDING_CHOICES,
        entries=shown.entries,
    )


HANDLERS = [money_settings, save_money_settings]
