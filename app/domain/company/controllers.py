"""The settings of the company, and how the installation is doing."""

from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app import __version__
from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.company.fields import COMPANY_READERS
from app.domain.company.policy import currency_options, locale_options, time_zones
from app.domain.company.queries import Installation, company_form, installation
from app.domain.company.service import edit_company
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text, rejecting
from app.web.merging import MergeView, merge_answer, merge_view, saved_toast
from app.web.permissions import COMPANY_WRITE
from app.web.render import page, redirect
from app.web.state import runtime


@get("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def settings_page(request: Request[Any, Any, Any], reading: AsyncConnection) -> Response[str]:
    """The company as a form, beside it the facts about the installation."""
    company = await company_form(reading)
    shown = {name: str(getattr(company, name)) for name in COMPANY_READERS}
    return _settings(request, await installation(reading), shown, company.version)


@post("/settings", capability=COMPANY_WRITE, include_in_schema=False)
async def save_settings(request: Request[Any, Any, Any], work: UnitOfWork) -> Response[str]:
    """Save the company, merged with what others changed meanwhile."""
    answer = merge_answer(await form_text(request))
    fields = read_fields(answer.typed, COMPANY_READERS)
    facts = await installation(await work.session.connection())

    def again(status: int, errors: dict[str, str], merge: MergeView | None = None) -> Response[str]:
        return _settings(
            request, facts, answer.typed, answer.version, status=status, errors=errors, merge=merge
        )

    with rejecting(
        lambda errors: again(422, errors),
        lambda error: again(409, {}, merge_view(request, error, answer, COMPANY_FIELDS)),
    ):
        if fields.errors:
            raise InvalidInput(fields.errors)
        edit = await edit_company(work, fields.values, version=answer.version)
    work.after_commit(lambda: _forget_company(request))
    return redirect(request, "/settings", toast=saved_toast(request, edit, COMPANY_FIELDS))


async def _forget_company(request: Request[Any, Any, Any]) -> None:
    """The page that follows must not wait for the live feed to tell this process."""
    runtime(request).company = None


def _settings(
    request: Request[Any, Any, Any],
    facts: Installation,
    shown: dict[str, str],
    version: int,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    merge: MergeView | None = None,
) -> Response[str]:
    here = runtime(request)
    return page(
        request,
        "company/settings.html",
        status=status,
        form=dict.fromkeys(COMPANY_READERS, "") | shown,
        version=version,
        errors=errors or {},
        merge=merge,
        currencies=currency_options(),
        locales=locale_options(),
        time_zones=time_zones(),
        facts=facts,
        app_version=__version__,
        shared_state="Redis" if here.redis is not None else "memory of this process",
        address=here.settings.public_url,
        streams=request.app.state.feed.stream_count,
        live=request.app.state.feed.ready.is_set(),
    )


HANDLERS = [settings_page, save_settings]
