"""The settings of the company, and how the installation is doing."""

from typing import Any

from litestar import Request, Response, get, post

from app import __version__
from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.company.fields import COMPANY_READERS
from app.domain.company.policy import UNIT_CHOICES, currency_options, locale_options, time_zones
from app.domain.company.queries import Installation, company_form, installation
from app.domain.company.service import edit_company
from app.lib.fields import read_fields
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, Work
from app.web.permissions import COMPANY_WRITE
from app.web.render import page, redirect
from app.web.state import runtime


@get("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def settings_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The company as a form, beside it the facts about the installation."""
    company = await company_form(reading)
    form = EditForm(typed_values(company, COMPANY_FIELDS, COMPANY_READERS), company.version)
    return _settings(request, await installation(reading), form)


@post("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def save_settings(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Save the company, merged with what others changed meanwhile."""
    answer = merge_answer(await form_text(request))
    facts = await installation(await work.session.connection())
    with saving(request, answer, COMPANY_FIELDS, lambda form: _settings(request, facts, form)):
        values = read_fields(answer.typed, COMPANY_READERS).checked()
        edit = await edit_company(work, values, version=answer.version)
    work.after_commit(lambda: _forget_company(request))
    return redirect(request, "/settings", toast=saved_toast(request, edit, COMPANY_FIELDS))


async def _forget_company(request: Request[Any, Any, Any]) -> None:
    """The page that follows must not wait for the live feed to tell this process."""
    runtime(request).company = None


def _settings(request: Request[Any, Any, Any], facts: Installation, form: EditForm) -> Response[str]:
    here = runtime(request)
    return page(
        request,
        "company/settings.html",
        status=form.status,
        **form.context,
        form=dict.fromkeys(COMPANY_READERS, "") | form.typed,
        currencies=currency_options(),
        locales=locale_options(),
        time_zones=time_zones(),
        unit_choices=UNIT_CHOICES,
        facts=facts,
        app_version=__version__,
        shared_state="Redis" if here.redis is not None else "memory of this process",
        address=here.settings.public_url,
        streams=request.app.state.feed.stream_count,
        live=request.app.state.feed.ready.is_set(),
    )


HANDLERS = [settings_page, save_settings]
