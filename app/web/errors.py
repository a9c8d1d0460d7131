"""From exceptions to answers: the one table. A page for people, a toast for htmx, JSON for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from asyncpg.exceptions import PostgresError
from litestar import Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.lib.clock import now
from app.lib.database_errors import translate_database_error, unusable
from app.lib.errors import Conflict, DomainError, EditConflict, InvalidInput, NotFound, OutOfStock
from app.lib.wire import wire
from app.web.csrf import SAFE_METHODS
from app.web.htmx import Toast, is_htmx, toast_header
from app.web.render import page
from app.web.schema_messages import missing_parameter, plain_words
from app.web.state import request_id_of

log = structlog.get_logger("app.errors")

TITLES = {
    400: "This request makes no sense to us",
    401: "Please sign in",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "This does not work that way",
    409: "Somebody was faster",
    413: "That is too large",
    422: "Something needs another look",
    429: "One moment, please",
    500: "Something broke on our side",
    501: "This server is not equipped for that",
    503: "The database is not answering",
}

_PLAIN: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Go back and start again there: this cannot be opened by itself.",
}


class Rejected(Exception):
    """Carries a finished answer (a form with its messages) through the transaction, which rolls back."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__("rejected")
        self.response = response


def answer_rejected(_request: Any, rejected: Rejected) -> Response[Any]:
    """The answer that was carried."""
    return rejected.response


def answer_domain_error(request: Any, error: DomainError) -> Response[Any]:
    """Answer a refusal of the domain."""
    headers: dict[str, str] = {}
    retry_after = error.details.get("retry_after")
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return _answer(
        request,
        error.status,
        error.code,
        error.message,
        title=_title_of(error),
        details=error.details,
        headers=headers,
    )


def _title_of(error: DomainError) -> str:
    """The heading of a refusal. Nobody was faster where the state of things is in the way."""
    if isinstance(error, OutOfStock):
        return "Not enough is free"
    if isinstance(error, Conflict) and not isinstance(error, EditConflict):
        return "Not possible as things are"
    return ""


def answer_http_exception(request: Any, error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: unknown routes, unreadable bodies."""
    status = error.status_code
    if status == HTTPStatus.BAD_REQUEST and error.extra:  # a body that does not fit its schema
        extra: list[dict[str, str]] = [item for item in error.extra if isinstance(item, dict)]
        if any(item.get("source") == "path" for item in extra):
            return answer_domain_error(request, NotFound("There is nothing at this address."))
        fields = {item.get("key") or "body": plain_words(item.get("message", "")) for item in extra}
        if "data" in fields:
            fields = {"body": "Send a body with what the description of this address asks for."}
        return answer_domain_error(request, InvalidInput(fields))
    if missing := missing_parameter(str(error.detail)):
        return answer_domain_error(request, InvalidInput({missing: "This is required."}))
    codes = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 401: "NOT_AUTHENTICATED", 413: "PAYLOAD_TOO_LARGE"}
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = codes.get(status, "INTERNAL_ERROR" if ours else "BAD_REQUEST")
    if ours:
        log.error("http_exception", exc_info=error)
    message = _PLAIN.get(status, str(error.detail))
    return _answer(request, status, code, message, headers=dict(error.headers or {}))


def answer_database_error(request: Any, error: Exception) -> Response[Any]:
    """Answer what the database refuses: known constraints are the sender's, the rest is ours."""
    known = translate_database_error(error)
    if known is None:
        return answer_unexpected(request, error)
    return answer_domain_error(request, known)


def answer_unexpected(request: Any, error: Exception) -> Response[Any]:
    """Answer a fault of ours: logged with its traceback, without telling the sender more than an id."""
    log.error("unexpected", exc_info=error, path=request.scope.get("path"))
    message = "We have noted what happened. Try again, or tell us the request id."
    return _answer(request, 500, "INTERNAL_ERROR", message)


def answer_lookup_error(request: Any, error: LookupError) -> Response[Any]:
    """Answer a body that names an encoding nobody knows; any other lookup that fails is a fault of ours."""
    if type(error) is LookupError and str(error).startswith("unknown encoding"):
        return answer_domain_error(request, DomainError("This encoding is not known."))
    return answer_unexpected(request, error)


def error_body(message: str, code: str, details: Mapping[str, object]) -> dict[str, object]:
    """The error envelope of the JSON API."""
    return {
        "success": False,
        "error": message,
        "code": code,
        "details": dict(details),
        "timestamp": wire(now()),
    }


def _answer(
    request: Any,
    status: int,
    code: str,
    message: str,
    *,
    title: str = "",
    details: Mapping[str, object] = MappingProxyType({}),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response[Any]:
    sent = dict(headers)
    title = title or TITLES.get(status, "This did not work")
    if request.scope["path"].startswith("/api/") or _wants_json(request):
        return Response(
            error_body(message, code, details), media_type=MediaType.JSON, status_code=status, headers=sent
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return _to_login(request)
    fields: Any = details.get("fields")
    text = " ".join(fields.values()) if fields else message
    if is_htmx(request):
        return _as_toast(status, Toast(title, text, "red"), sent)
    response = page(
        request,
        "errors/error.html",
        status=status,
        title=title,
        message=text.removeprefix(f"{title}. "),
        back=_sender_of(request),
        details=details,
        code=status,
        request_id=request_id_of(request),
        retry_after=details.get("retry_after"),
    )
    response.headers.update(sent)
    return response


def _sender_of(request: Any) -> str:
    """The page of ours that sent what was refused: the way back. Empty where none is known.

    What was only opened has none: the browser's own way back leads there.
    """
    if request.scope["method"] in SAFE_METHODS:
        return ""
    try:
        came = urlsplit(str(request.headers.get("referer", "")))
    except ValueError:
        return ""
    if came.netloc != request.headers.get("host") or came.path.startswith("//"):
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def _as_toast(status: int, toast: Toast, headers: Mapping[str, str]) -> Response[Any]:
    """What htmx is told: a toast, and to leave the page as it is."""
    return Response(
        "",
        media_type=MediaType.HTML,
        status_code=status,
        headers={**headers, **toast_header(toast), "HX-Reswap": "none"},
    )


def _to_login(request: Any) -> Response[Any]:
    """Send to the sign-in page, and back here afterwards when this was a page."""
    path: str = request.scope["path"]
    query: bytes = request.scope.get("query_string", b"")
    here = path + (f"?{query.decode()}" if query else "")
    target = f"/login?{_next_query(here)}" if request.scope["method"] == "GET" and path != "/" else "/login"
    if is_htmx(request):
        return Response("", status_code=401, headers={"HX-Redirect": "/login"}, media_type=MediaType.HTML)
    if path == "/live":
        return Response("", status_code=401, media_type=MediaType.HTML)
    return Response("", status_code=303, headers={"Location": target}, media_type=MediaType.HTML)


def _next_query(path: str) -> str:
    return urlencode({"next": path})


def _wants_json(request: Any) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def answer_unusable_value(request: Any, error: Exception) -> Response[Any]:
    """Answer a value that is too large, or text that is none: somebody sent it, wherever it got to."""
    log.warning("unusable_value", exc_info=error, path=request.scope.get("path"))
    return answer_domain_error(request, unusable())


def answer_bad_text(request: Any, _error: UnicodeDecodeError) -> Response[Any]:
    """Answer text that is no UTF-8."""
    return answer_domain_error(request, DomainError("This is not valid UTF-8."))


def answer_deep_nesting(request: Any, _error: RecursionError) -> Response[Any]:
    """Answer JSON that is nested without end."""
    return answer_domain_error(request, DomainError("This is nested too deeply."))


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Rejected: answer_rejected,
    DomainError: answer_domain_error,
    HTTPException: answer_http_exception,
    DBAPIError: answer_database_error,
    PoolTimeoutError: answer_database_error,
    PostgresError: answer_database_error,
    OSError: answer_database_error,
    UnicodeDecodeError: answer_bad_text,
    UnicodeEncodeError: answer_unusable_value,
    OverflowError: answer_unusable_value,
    RecursionError: answer_deep_nesting,
    LookupError: answer_lookup_error,
    Exception: answer_unexpected,
}
