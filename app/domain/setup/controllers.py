"""The pages of the set-up. Once there is a user they do not exist any more."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.domain.accounts.controllers import session_cookie
from app.domain.accounts.fields import PERSON_READERS, username
from app.domain.company.fields import SETUP_READERS
from app.domain.company.policy import currency_options, locale_options, time_zones
from app.domain.setup.service import SetUp, check_setup_link, is_set_up, set_up
from app.lib.errors import NotFound
from app.lib.fields import Reader, choice, read_fields
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Work
from app.web.render import page, redirect
from app.web.state import runtime

_OWNER: dict[str, Reader] = {
    "username": username,
    **{name: PERSON_READERS[name] for name in ("first_name", "last_name", "email")},
}
_COMPANY: dict[str, Reader] = {f"company_{name}": reader for name, reader in SETUP_READERS.items()}
_START: dict[str, Reader] = {"start": choice(("empty", "sample"))}
_READERS = {**_OWNER, **_COMPANY, **_START}
_ORDER = (*_OWNER, "password", *_COMPANY, *_START)
_FRESH = {
    "company_currency": "EUR",
    "company_time_zone": "",
    "company_locale": "en_GB",
    "start": "empty",
}


@get("/setup", public=True, include_in_schema=False)
async def setup_help(request: Request[Any, Any, Any]) -> Response[str]:
    """Where to find the link."""
    if await is_set_up(runtime(request)):
        raise NotFound("There is nothing at this address.")
    return page(request, "setup/help.html")


@get("/setup/{token:str}", public=True, include_in_schema=False)
async def setup_page(request: Request[Any, Any, Any], work: Work, token: FromPath[str]) -> Response[str]:
    """The form of the set-up, for whoever holds the link."""
    await check_setup_link(work, token)
    return _form(request, token, dict(_FRESH), {}, 200)


@post("/setup/{token:str}", public=True, include_in_schema=False)
async def finish_setup(request: Request[Any, Any, Any], work: Work, token: FromPath[str]) -> Response[str]:
    """Create the first admin and the company, and sign in."""
    await check_setup_link(work, token)
    form = await form_text(request)
    with rejecting(lambda errors: _form(request, token, form, errors, 422)):
        wanted = _read(form)
        opened = await set_up(work, token, wanted, user_agent=request.headers.get("user-agent", ""))
    welcome = (
        "The photos of the sample appear one by one." if wanted.with_sample else "Welcome to AV-RENTALS."
    )
    response = redirect(request, "/", toast=Toast("Everything is ready", welcome))
    response.set_cookie(session_cookie(request, opened.token, keep=opened.keep))
    return response


def _read(form: dict[str, str]) -> SetUp:
    """What was decided. Raises InvalidInput."""
    fields = read_fields(dict.fromkeys(_READERS, "") | form, _READERS)
    password = form.get("password", "")
    if not password:
        fields.errors["password"] = "Choose a password."  # noqa: S105 - a sentence
    values = fields.checked()
    return SetUp(
        owner={name: values[name] for name in _OWNER},
        password=password,
        company={name.removeprefix("company_"): values[name] for name in _COMPANY},
        with_sample=values["start"] == "sample",
    )


def _form(
    request: Request[Any, Any, Any], token: str, form: dict[str, str], errors: dict[str, str], status: int
) -> Response[str]:
    return page(
        request,
        "setup/form.html",
        status=status,
        token=token,
        form=dict.fromkeys(_READERS, "") | form,
        errors={name: errors[name] for name in _ORDER if name in errors},
        currencies=currency_options(),
        locales=locale_options(),
        time_zones=time_zones(),
    )


HANDLERS = [setup_help, setup_page, finish_setup]
