"""From exceptions to answers: the one table. A page for people, a toast for htmx, JSON for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import structlog
from asyncpg.exceptions import PostgresError
from litestar import Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.lib.clock import now
from app.lib.errors import (
    Conflict,
    DomainError,
    EditConflict,
    InvalidInput,
    NotFound,
    OutOfStock,
    Unavailable,
)
from app.lib.wire import wire
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

CONSTRAINTS: dict[str, tuple[str, str]] = {
    "uq_equipment_sku": ("sku", "This SKU is taken."),
    "uq_kit_sku": ("sku", "This SKU is taken."),
    "uq_kit_component_equipment_id": ("equipment_id", "This is in the kit already."),
    "uq_gear_case_code": ("code", "This code is taken."),
    "uq_case_item_equipment_id": ("equipment_id", "This is in the case already."),
    "uq_accessory_pair": ("other_id", "This goes along already."),
    "uq_substitute_pair": ("other_id", "This may stand in already."),
    "uq_price_list_name": ("name", "There is a price list with this name already."),
    "uq_price_list_default": ("is_default", "Another list is the default."),
    "uq_price_rule_target": ("scope", "The list has a rule for this already."),
    "uq_factor_table_name": ("name", "There is a table with this name already."),
    "uq_tax_rate_name": ("name", "There is a rate with this name already."),
    "uq_tax_rate_default": ("is_default", "Another rate is the default."),
    "fk_client_price_list_id": ("price_list_id", "This price list does not exist."),
    "fk_equipment_tax_rate_id": ("tax_rate_id", "This rate of tax does not exist."),
    "uq_unit_asset_tag": ("asset_tag", "This asset tag is taken."),
    "uq_category_name": ("name", "There is a category with this name already."),
    "uq_user_account_username": ("username", "This username is taken."),
    "uq_user_account_email": ("email", "This e-mail address is taken."),
    "uq_saved_view_name": ("name", "You have a view with this name already."),
    "unit_of_serialized": ("tracking", "Only serialized equipment has units."),
    "fk_equipment_subcategory": ("subcategory_id", "This subcategory belongs to another category."),
    "ck_equipment_consumable_is_bulk": ("tracking", "Consumables are counted, not tracked as units."),
    "fk_equipment_category_id": ("category_id", "This category does not exist."),
}

RACES: dict[str, str] = {
    "uq_change_version": "Somebody changed this at the same moment. Try again.",
    "movement_adds_up": "Somebody else counted the same gear at the same moment. Look again.",
    "unit_promised_once": "This unit was promised to another event at the same moment. Look again.",
    "uq_invoice_line_source": "Something of this was charged on another invoice meanwhile. Look again.",
    "invoice_stays": "This was issued and stays as it is. Take it back with a credit note.",
    "refund_fits": "More was given back of this payment meanwhile. Look again.",
    "payment_fits": "This invoice changed hands meanwhile. Look again.",
    "credit_note_fits": "Credit notes take back no more than the invoice asked for. Look again.",
    "uq_quote_version_draft": "There is a draft of this quote already. Look again.",
    "quote_version_stays": "This version was sent and stays as it is. Make a new one to change something.",
}
"""What to say where somebody else was faster, by the constraint that noticed."""

# what no column can hold: out of range, no moment, no text
_UNUSABLE_VALUES = frozenset({"22000", "22003", "22007", "22008", "22021", "22P05"})


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


def translate_database_error(error: Exception) -> DomainError | None:
    """The refusal a database error stands for; None when nobody foresaw it."""
    cause = getattr(getattr(error, "orig", error), "__cause__", None) or error
    if isinstance(error, IntegrityError):
        return _broken_constraint(getattr(cause, "constraint_name", None) or "")
    state = getattr(cause, "sqlstate", None) or ""
    if state in {"40001", "40P01", "55P03"}:
        return Conflict("Somebody is working on the same thing. Try again.")
    if state in _UNUSABLE_VALUES:
        return _unusable()
    # the socket of a database that is gone is a file that is not found, but one without a name
    no_socket = isinstance(error, FileNotFoundError) and error.filename is None
    lost = no_socket or isinstance(error, PoolTimeoutError | ConnectionError | TimeoutError)
    disconnected = isinstance(error, DBAPIError) and error.connection_invalidated
    closing = state.startswith(("08", "57P", "53")) or isinstance(error, OperationalError | InterfaceError)
    if lost or disconnected or closing:
        return Unavailable("The database is not answering. Nothing you saved is lost.")
    return None


def _broken_constraint(name: str) -> DomainError | None:
    if name in CONSTRAINTS:
        field, message = CONSTRAINTS[name]
        return InvalidInput({field: message})
    if name in RACES:
        return Conflict(RACES[name])
    if name == "no_overbooking":
        return OutOfStock("Somebody took the last ones at the same moment. Look again.")
    return None


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
        toast = Toast(title, text, "red")
        return Response(
            "",
            media_type=MediaType.HTML,
            status_code=status,
            headers=sent | toast_header(toast) | {"HX-Reswap": "none"},
        )
    response = page(
        request,
        "errors/error.html",
        status=status,
        title=title,
        message=text,
        details=details,
        code=status,
        request_id=request_id_of(request),
        retry_after=details.get("retry_after"),
    )
    response.headers.update(sent)
    return response


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
    return answer_domain_error(request, _unusable())


def _unusable() -> InvalidInput:
    return InvalidInput({}, "Something in this request is too large, or is no text.")


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
