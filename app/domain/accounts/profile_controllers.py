"""The own account: profile, picture, password, sessions."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie

from app.domain.accounts.controllers import rejecting_attempts, session_cookie
from app.domain.accounts.descriptions import USER_FIELDS
from app.domain.accounts.fields import PROFILE_READERS, THEME_WORDS
from app.domain.accounts.queries import UserDetails, sessions_of, user_details
from app.domain.accounts.service import change_password, edit_profile, end_all_sessions
from app.domain.accounts.sign_in import end_session
from app.domain.company.policy import locale_options, time_zones
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.photos import PhotoError, process_avatar_async
from app.lib.sentences import counted
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import count_upload, form_file, form_text
from app.web.htmx import Toast, is_htmx
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import SIGNED_IN
from app.web.render import THEME_COOKIE, nothing, page, redirect
from app.web.state import runtime, viewer_of


@get("/profile", capability=SIGNED_IN, include_in_schema=False)
async def profile_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The own account, as a form."""
    person = await user_details(reading, viewer_of(request).id)
    return _profile(request, person, _present(person))


@post("/profile", capability=SIGNED_IN, include_in_schema=False)
async def save_profile(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Save the own account, merged with what an admin changed meanwhile."""
    viewer, answer = viewer_of(request), merge_answer(await form_text(request))
    person = await user_details(await work.session.connection(), viewer.id)
    with saving(request, answer, USER_FIELDS, lambda form: _profile(request, person, form)):
        values = read_fields(answer.typed, PROFILE_READERS).checked()
        edit = await edit_profile(work, viewer.id, values, version=answer.version)
    toast = replace(saved_toast(request, edit, USER_FIELDS), undo_url=None)
    response = _load_again(request, "/profile", toast)
    if "theme" in edit.changed:
        response.set_cookie(_theme_cookie(request, values["theme"]))
    return response


def _present(person: UserDetails, errors: dict[str, str] | None = None) -> EditForm:
    """The form as the account is now."""
    return EditForm(typed_values(person, USER_FIELDS, PROFILE_READERS), person.version, errors or {})


def _profile(request: Request[Any, Any, Any], person: UserDetails, form: EditForm) -> Response[str]:
    return page(
        request,
        "accounts/profile.html",
        status=form.status,
        **form.context,
        person=person,
        form=dict.fromkeys(PROFILE_READERS, "") | form.typed,
        locales=locale_options(),
        time_zones=time_zones(),
        themes=tuple(THEME_WORDS.items()),
    )


@post("/profile/theme", capability=SIGNED_IN, before_new_password=True, include_in_schema=False)
async def save_theme(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Remember which theme was switched to: system, light or dark."""
    chosen = (await form_text(request)).get("theme", "")
    if chosen not in {"system", "light", "dark"}:
        raise InvalidInput({"theme": "Choose system, light or dark."})
    theme = "" if chosen == "system" else chosen
    await edit_profile(work, viewer_of(request).id, {"theme": theme}, version=None)
    return nothing(status=204)


@post("/profile/avatar", capability=SIGNED_IN, include_in_schema=False)
async def save_avatar(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Take a new picture of the person."""
    viewer = viewer_of(request)
    person = await user_details(await work.session.connection(), viewer.id)
    with rejecting_attempts(lambda errors: _profile(request, person, _present(person, errors)), "avatar"):
        await count_upload(request)
        name = await runtime(request).files.put_async(await _picture(request), ".webp")
        await edit_profile(work, viewer.id, {"avatar": name}, version=None)
    return redirect(request, "/profile", toast=Toast("Picture saved"))


@post("/profile/avatar/removal", capability=SIGNED_IN, include_in_schema=False)
async def remove_avatar(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Go back to initials."""
    await edit_profile(work, viewer_of(request).id, {"avatar": None}, version=None)
    return redirect(request, "/profile", toast=Toast("Picture removed"))


async def _picture(request: Request[Any, Any, Any]) -> bytes:
    """The uploaded picture, made anew. Raises InvalidInput."""
    upload = await form_file(request, "avatar")
    if upload is None:
        raise InvalidInput({"avatar": "Choose a picture first."})
    try:
        return (await process_avatar_async(await upload.read())).full
    except PhotoError as error:
        raise InvalidInput({"avatar": error.message}) from error


@get("/profile/password", capability=SIGNED_IN, before_new_password=True, include_in_schema=False)
async def password_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for a new password."""
    return _password(request)


def _password(request: Request[Any, Any, Any], errors: dict[str, str] | None = None) -> Response[str]:
    return page(
        request,
        "accounts/password.html",
        status=422 if errors else 200,
        errors=errors or {},
        forced=viewer_of(request).must_change_password,
    )


@post("/profile/password", capability=SIGNED_IN, before_new_password=True, include_in_schema=False)
async def save_password(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Replace the password; other sessions end, this one goes on with a fresh secret."""
    viewer, here, form = viewer_of(request), runtime(request), await form_text(request)
    with rejecting_attempts(lambda errors: _password(request, errors), "current"):
        opened = await change_password(
            work,
            here.rate_limits,
            here.settings.login_rate_limit,
            viewer.id,
            current=form.get("current", ""),
            new=form.get("new", ""),
            session_id=viewer.session_id,
            user_agent=request.headers.get("user-agent", ""),
        )
    response = _load_again(
        request, "/profile/password", Toast("Password changed", "Your other sessions have ended.")
    )
    response.set_cookie(session_cookie(request, opened.token, keep=opened.keep))
    return response


@get("/profile/sessions", capability=SIGNED_IN, include_in_schema=False)
async def sessions_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Where the person is signed in."""
    sessions = await sessions_of(reading, viewer_of(request).id)
    return page(request, "accounts/sessions.html", sessions=sessions)


@post("/profile/sessions/{session_id:int}/end", capability=SIGNED_IN, include_in_schema=False)
async def end_own_session(request: Request[Any, Any, Any], work: Work, session_id: PathId) -> Response[str]:
    """End one of the own sessions."""
    await end_session(work, session_id, user_id=viewer_of(request).id)
    return redirect(request, "/profile/sessions", toast=Toast("Session ended"))


@post("/profile/sessions/end", capability=SIGNED_IN, include_in_schema=False)
async def end_other_sessions(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """End all own sessions but this one."""
    count = await end_all_sessions(work, viewer_of(request).id, but=viewer_of(request).session_id)
    words = "There was no other session" if count == 0 else f"{counted(count, 'session')} ended"
    return redirect(request, "/profile/sessions", toast=Toast(words))


def _load_again(request: Request[Any, Any, Any], path: str, toast: Toast) -> Response[str]:
    """Go to a page that must be loaded whole: what stands outside of its body has changed too."""
    response = redirect(request, path, toast=toast)
    if is_htmx(request):
        response.status_code = 200
        response.headers.pop("Location", None)
        response.headers["HX-Redirect"] = path
    return response


def _theme_cookie(request: Request[Any, Any, Any], theme: str) -> Cookie:
    """The choice for pages without a viewer; our script reads and writes it as well."""
    return Cookie(
        THEME_COOKIE,
        value=theme or "system",
        max_age=31_536_000,
        samesite="lax",
        secure=runtime(request).settings.secure_cookies,
    )


HANDLERS = [
    profile_page,
    save_profile,
    save_theme,
    save_avatar,
    remove_avatar,
    password_page,
    save_password,
    sessions_page,
    end_own_session,
    end_other_sessions,
]
