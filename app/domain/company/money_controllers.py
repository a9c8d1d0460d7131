"""The money settings of the company: what new quotes and invoices begin with, and where they are paid."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post

from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.company.fields import MONEY_READERS
from app.domain.company.policy import ROUNDING_CHOICES
from app.domain.company.queries import money_form
from app.domain.company.service import edit_company
from app.lib.fields import read_fields
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, Work
from app.web.permissions import PRICE_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import may_undo

ADDRESS = "/settings/money"


@get(ADDRESS, capability=PRICE_WRITE, include_in_schema=False)
async def money_settings(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What quotes and invoices begin with, as a form."""
    money = await money_form(reading)
    return _form(request, money, EditForm(typed_values(money, COMPANY_FIELDS, MONEY_READERS), money.version))


@post(ADDRESS, capability=PRICE_WRITE, include_in_schema=False)
async def save_money_settings(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Save it, merged with what others changed meanwhile; what was sent or issued stays as it is."""
    answer = merge_answer(await form_text(request))
    money = await money_form(await work.session.connection())
    with saving(request, answer, COMPANY_FIELDS, lambda form: _form(request, money, form)):
        values = read_fields(answer.typed, MONEY_READERS).checked()
        edit = await edit_company(work, values, version=answer.version)
    toast = saved_toast(request, edit, COMPANY_FIELDS)
    if not may_undo(viewer_of(request), "company", "company.updated"):
        toast = replace(toast, undo_url=None)
    return redirect(request, ADDRESS, toast=toast)


def _form(request: Request[Any, Any, Any], money: Any, form: EditForm) -> Response[str]:
    return page(
        request,
        "company/money.html",
        status=form.status,
        **form.context,
        form=dict.fromkeys(MONEY_READERS, "") | form.typed,
        currency=money.currency,
        roundings=ROUNDING_CHOICES,
    )


HANDLERS = [money_settings, save_money_settings]
