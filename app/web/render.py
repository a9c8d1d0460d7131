"""The only caller of the template engine: whole pages, partials, redirects with a receipt."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType

from app.config import Settings
from app.web import formatting
from app.web.assets import Assets
from app.web.csrf import GUEST_COOKIE, csrf_token
from app.web.htmx import VARY, Toast, event_header, is_htmx, toast_header, wants_partial
from app.web.navigation import navigation, shortcuts
from app.web.state import CompanyFacts, Runtime, runtime
from app.web.tokens import signature, signature_matches
from app.web.viewer import Viewer

TOAST_COOKIE = "av_toast"
THEME_COOKIE = "theme"


def create_templates(settings: Settings, assets: Assets) -> Environment:
    """The template engine: undefined names are errors, everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(settings.templates_dir),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=settings.template_reload,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "money": formatting.money,
        "amount": formatting.amount,
        "number": formatting.number,
        "isoformat": formatting.isoformat,
        "datetime": formatting.local_datetime,
        "date": formatting.local_date,
        "ago": formatting.ago,
    }
    env.filters.update(filters)
    names: dict[str, Any] = env.globals  # type: ignore[assignment]
    names["asset"] = assets.url
    names["ui"] = env.get_template("components/ui.html").module
    return env


def html(request: Any, template: str, context: Mapping[str, Any]) -> str:
    """Render a template with everything every page has."""
    here = runtime(request)
    viewer: Viewer | None = request.scope.get("user")
    company = here.company or CompanyFacts()
    zone = ZoneInfo((viewer.time_zone if viewer else "") or company.time_zone)
    formatting.reader.set((zone, (viewer.locale if viewer else "") or company.locale))
    return here.templates.get_template(template).render({**_base_context(request, here), **context})


def page(
    request: Any,
    template: str,
    /,
    *,
    status: int = 200,
    toast: Toast | None = None,
    partial: str | None = None,
    stands_at: str = "",
    **context: Any,
) -> Response[str]:
    """Answer with a whole page, or with `partial` when htmx asks for a part of it.

    With the part the address of the page becomes `stands_at`, where that is said.
    """
    as_partial = partial is not None and wants_partial(request)
    body = html(request, partial if as_partial and partial else template, context)
    headers = {"Vary": VARY, "Cache-Control": "no-store"}
    if toast:
        headers |= toast_header(toast)
    response = Response(body, media_type=MediaType.HTML, status_code=status, headers=headers)
    if not as_partial:
        _page_cookies(request, response)
    elif stands_at:
        response.headers["HX-Replace-Url"] = stands_at
    return response


def partial(
    request: Any, template: str, /, *, status: int = 200, toast: Toast | None = None, **context: Any
) -> Response[str]:
    """Answer with a part of a page."""
    headers = {"Vary": VARY, "Cache-Control": "no-store"} | (toast_header(toast) if toast else {})
    return Response(
        html(request, template, context), media_type=MediaType.HTML, status_code=status, headers=headers
    )


def nothing(
    *, toast: Toast | None = None, status: int = 200, made: Mapping[str, object] | None = None
) -> Response[str]:
    """Answer an htmx request that swaps nothing, perhaps with a receipt.

    `made` is the id and the name of a record that a dialog added for the form behind it.
    """
    told = {**({"toast": asdict(toast)} if toast else {}), **({"made": dict(made)} if made else {})}
    return Response(
        "", media_type=MediaType.HTML, status_code=status, headers=event_header(told) if told else {}
    )


def redirect(request: Any, path: str, *, toast: Toast | None = None) -> Response[str]:
    """Go to another page after a write: 303 for forms, boosted or plain; HX-Redirect for partial requests."""
    if is_htmx(request) and wants_partial(request):
        response = Response("", media_type=MediaType.HTML, status_code=200, headers={"HX-Redirect": path})
    else:
        response = Response("", media_type=MediaType.HTML, status_code=303, headers={"Location": path})
    if toast:
        response.set_cookie(_toast_cookie(request, toast))
    return response


def receipt(request: Any, path: str, toast: Toast) -> Response[str]:
    """Answer a write on a page that shows by itself what changed: the receipt, without scripts the page."""
    return nothing(toast=toast) if wants_partial(request) else redirect(request, path, toast=toast)


def _base_context(request: Any, here: Runtime) -> dict[str, Any]:
    viewer: Viewer | None = request.scope.get("user")
    company = here.company or CompanyFacts()
    state: dict[str, Any] = request.scope.get("state", {})
    anchor = state.get("csrf_anchor") or state.get("new_guest", "")
    path: str = request.scope["path"]
    return {
        "viewer": viewer,
        "company": company,
        "csrf_token": csrf_token(here.settings.secret_key, anchor),
        "can": viewer.can if viewer else _cannot,
        "nav": navigation(viewer, path) if viewer else [],
        "shortcuts": shortcuts(viewer) if viewer else [],
        "page_path": path,
        "toasts": _waiting_toasts(request, here.settings),
        "live_url": f"/live?since={state.get('live_position', '')}" if viewer else None,
        "theme": state.get("cookies", {}).get(THEME_COOKIE, ""),
        "unread": state.get("unread", 0),
    }


def _cannot(_capability: str) -> bool:
    return False


def _page_cookies(request: Any, response: Response[str]) -> None:
    """A guest gets the cookie its form token belongs to; a toast that was shown is taken away."""
    here = runtime(request)
    state: dict[str, Any] = request.scope.get("state", {})
    if not state.get("csrf_anchor") and state.get("new_guest"):
        response.set_cookie(
            Cookie(
                GUEST_COOKIE,
                value=state["new_guest"],
                httponly=True,
                samesite="lax",
                secure=here.settings.secure_cookies,
            )
        )
    if TOAST_COOKIE in state.get("cookies", {}):
        response.delete_cookie(TOAST_COOKIE)


def _toast_cookie(request: Any, toast: Toast) -> Cookie:
    settings = runtime(request).settings
    text = base64.urlsafe_b64encode(json.dumps(asdict(toast)).encode()).decode().rstrip("=")
    return Cookie(
        TOAST_COOKIE,
        value=f"{text}.{signature(settings.secret_key, 'toast', text)}",
        max_age=60,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )


def _waiting_toasts(request: Any, settings: Settings) -> list[Toast]:
    text, _, signed = request.scope.get("state", {}).get("cookies", {}).get(TOAST_COOKIE, "").partition(".")
    if not text or not signature_matches(settings.secret_key, "toast", text, signed):
        return []
    return [Toast(**json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))]
