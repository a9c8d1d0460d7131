"""The settings of the company, and how the installation is doing."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app import __version__
from app.db.models.company import PAPER_SIZES
from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.company.fields import COMPANY_READERS
from app.domain.company.policy import (
    STEP_CHOICES,
    UNIT_CHOICES,
    currency_options,
    locale_options,
    time_zones,
)
from app.domain.company.queries import CompanyForm, company_form, installation
from app.domain.company.service import edit_company
from app.lib.editing import Edit
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.photos import PhotoError, process_photo_async
from app.web.company import read_company_again
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import count_upload, form_file, form_list, form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, undo_of
from app.web.parameters import Connection, Work
from app.web.permissions import COMPANY_WRITE
from app.web.render import page, redirect
from app.web.state import runtime


@get("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def settings_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The company as a form, beside it the facts about the installation."""
    company = await company_form(reading)
    return _settings(request, await _facts(reading, company), _as_it_is(company))


@post("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def save_settings(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Save the company, merged with what others changed meanwhile."""
    form = await form_text(request)
    if "prep_steps" in form:
        form["prep_steps"] = ", ".join(await form_list(request, "prep_steps"))
    answer = merge_answer(form)
    reading = await work.session.connection()
    facts = await _facts(reading, await company_form(reading))
    with saving(request, answer, COMPANY_FIELDS, lambda form: _settings(request, facts, form)):
        values = read_fields(answer.typed, COMPANY_READERS).checked()
        edit = await edit_company(work, values, version=answer.version)
    work.after_commit(lambda: _shown_at_once(request))
    return redirect(request, "/settings", toast=saved_toast(request, edit, COMPANY_FIELDS))


@post("/settings/logo", capability=COMPANY_WRITE, include_in_schema=False)
async def save_logo(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Put a picture on the papers, made anew like every picture; the old file stays for an undo."""
    reading = await work.session.connection()
    company = await company_form(reading)
    facts = await _facts(reading, company)
    form = _as_it_is(company)
    with rejecting(lambda errors: _settings(request, facts, replace(form, errors=errors))):
        name = await _logo(request)
    edit = await edit_company(work, {"logo": name}, version=None)
    return redirect(request, "/settings", toast=_with_undo("Logo saved", edit))


@post("/settings/logo/removal", capability=COMPANY_WRITE, include_in_schema=False)
async def remove_logo(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Take the picture off the papers."""
    edit = await edit_company(work, {"logo": None}, version=None)
    return redirect(request, "/settings", toast=_with_undo("Logo removed", edit))


async def _logo(request: Request[Any, Any, Any]) -> str:
    """Keep the uploaded picture. Raises InvalidInput, TooManyRequests."""
    upload = await form_file(request, "logo")
    if upload is None:
        raise InvalidInput({"logo": "Choose a picture first."})
    await count_upload(request)
    try:
        picture = await process_photo_async(await upload.read())
    except PhotoError as error:
        raise InvalidInput({"logo": error.message}) from error
    return await runtime(request).files.put_async(picture.full, ".webp", picture.variants)


def _with_undo(title: str, edit: Edit) -> Toast:
    return Toast(title, undo_url=undo_of(edit))


def _as_it_is(company: CompanyForm) -> EditForm:
    return EditForm(typed_values(company, COMPANY_FIELDS, COMPANY_READERS), company.version)


async def _facts(reading: AsyncConnection, company: CompanyForm) -> dict[str, Any]:
    return {"facts": await installation(reading), "logo": company.logo}


async def _shown_at_once(request: Request[Any, Any, Any]) -> None:
    """The page that follows must not wait for the live feed to tell this process."""
    read_company_again(runtime(request))


def _settings(request: Request[Any, Any, Any], facts: dict[str, Any], form: EditForm) -> Response[str]:
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
        step_choices=STEP_CHOICES,
        paper_sizes=[(size, size) for size in PAPER_SIZES],
        **facts,
        app_version=__version__,
        shared_state="Redis" if here.redis is not None else "memory of this process",
        address=here.settings.public_url,
        streams=request.app.state.feed.stream_count,
        live=request.app.state.feed.ready.is_set(),
    )


HANDLERS = [settings_page, save_settings, save_logo, remove_logo]
