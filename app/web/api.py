"""The JSON API: what its routers, its answers and its edits have in common. docs/api.md describes it."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from litestar import Request, Response, Router
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils.signature import ParsedSignature
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from app.lib.clock import now
from app.lib.editing import Strategy
from app.lib.errors import Forbidden, InvalidInput
from app.lib.wire import wire
from app.web.api_bodies import MOST_UNKNOWN, JsonBody
from app.web.api_paging import PageRequest, Pagination, provide_paging
from app.web.idempotency import Idempotency
from app.web.openapi import FAILURES
from app.web.permissions import OVERWRITE
from app.web.rate_limits import refuse
from app.web.state import Runtime, viewer_of
from app.web.transactions import provide_reading
from app.web.viewer import Viewer

T = TypeVar("T")
ApiRequest = Request[Any, Any, Any]
StrategyName = Literal["fail", "merge", "overwrite"]
FilterInstant = Annotated[str | None, QueryParameter(description="An instant with an offset.")]
_VERSION = re.compile(r"\d{1,9}", re.ASCII)
Moment = Annotated[str, msgspec.Meta(examples=["2026-11-21T09:30:00Z"], description="ISO 8601 in UTC.")]


Warnings = Annotated[
    list[str], msgspec.Meta(description="What is odd about it, in words; left out where nothing is.")
]


class Answer(msgspec.Struct, Generic[T], kw_only=True):
    """One record."""

    success: Literal[True] = True
    data: T
    warnings: Warnings | UnsetType = UNSET
    timestamp: Moment


class ListAnswer(msgspec.Struct, Generic[T], kw_only=True):
    """A page of records, or all of them where there is no `pagination`."""

    success: Literal[True] = True
    data: list[T]
    pagination: Pagination | UnsetType = UNSET
    timestamp: Moment


def answer(
    record: T, *, version: int | None = None, location: str | None = None, warnings: Sequence[str] = ()
) -> Response[Answer[T]]:
    """Answer with one record, its version as ETag, where it is when it is new, and what is odd about it."""
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location is not None:
        headers["Location"] = location
    odd = list(warnings) or UNSET
    return Response(Answer(data=record, warnings=odd, timestamp=str(wire(now()))), headers=headers)


def list_answer(page: tuple[list[T], Pagination]) -> Response[ListAnswer[T]]:
    """Answer with a page of a list."""
    records, pagination = page
    return Response(
        ListAnswer(data=records, pagination=pagination, timestamp=str(wire(now()))),
        headers={"Cache-Control": "no-store"},
    )


def whole_answer(records: list[T]) -> Response[ListAnswer[T]]:
    """Answer with a list that has no pages."""
    return Response(
        ListAnswer(data=records, timestamp=str(wire(now()))), headers={"Cache-Control": "no-store"}
    )


def wired(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with decimals and instants as the API sends them."""
    return {name: wire(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class EditTerms:
    """What a request says about the version it starts from, and what to do when that is stale."""

    if_match: int | None
    strategy: Strategy

    def version(self, *sent: int | UnsetType | None) -> int:
        """The version, from If-Match, the body or the query. Raises InvalidInput for none, or several."""
        version = self.optional_version(*sent)
        if version is None:
            raise InvalidInput({"version": "Say which version you start from: in the body, or as If-Match."})
        return version

    def optional_version(self, *sent: int | UnsetType | None) -> int | None:
        """The version where one may be left out. Raises InvalidInput for several."""
        found = {one for one in (self.if_match, *sent) if isinstance(one, int)}
        if len(found) > 1:
            raise InvalidInput({"version": "If-Match and the version sent differ."})
        return found.pop() if found else None


def provide_terms(
    request: ApiRequest,
    if_match: Annotated[
        str | None,
        HeaderParameter(name="If-Match", description='The version the change starts from, like "3".'),
    ] = None,
    strategy: Annotated[
        StrategyName,
        QueryParameter(
            description="When the record was changed since: refuse (fail), merge what fits together (merge), "
            "or write anyway (overwrite, for those who may)."
        ),
    ] = "fail",
) -> EditTerms:
    """The terms of an edit. Raises Forbidden for overwriting without the capability, InvalidInput."""
    if strategy == "overwrite" and not viewer_of(request).can(OVERWRITE):
        raise Forbidden("Your role does not allow overwriting what others changed.")
    return EditTerms(_read_if_match(if_match), Strategy(strategy))


def _read_if_match(text: str | None) -> int | None:
    if text is None:
        return None
    bare = text.strip().removeprefix("W/").strip('"')
    if not _VERSION.fullmatch(bare):
        raise InvalidInput({"version": 'If-Match must be one version, like "3".'})
    return int(bare)


def read_instant(text: str | None, field: str) -> datetime | None:
    """An instant out of the query. Raises InvalidInput for a naive one, or none at all."""
    if not text:
        return None
    try:
        # a plus sign that was not escaped arrives as a space
        read = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        if read.tzinfo is not None:
            return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput({field: "Send an instant with an offset, like 2026-11-26T08:00:00Z."}) from error
    raise InvalidInput({field: "Send an instant with an offset, like 2026-11-26T08:00:00Z."})


async def provide_reading_last(
    request: ApiRequest, paging: NamedDependency[PageRequest], wanted: NamedDependency[Any]
) -> AsyncGenerator[AsyncConnection]:
    """The connection of a list, opened once paging and filters are known to make sense.

    What is opened beside a dependency that refuses the request would be left to the garbage collector.
    """
    del paging, wanted
    async for connection in provide_reading(request):
        yield connection


def listing(provide_filter: Callable[..., Any] | None = None) -> dict[str, Provide]:
    """The dependencies of a list: `wanted` is what `provide_filter` makes of the query."""
    return {
        "wanted": Provide(provide_filter or _no_filter, sync_to_thread=False),
        "reading": Provide(provide_reading_last),
    }


def _no_filter() -> None:
    return None


class ApiLimit(ASGIMiddleware):
    """At most so many requests per session or token; per address while nobody is signed in."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count the request, also one that is refused later. Raises TooManyRequests."""
        here: Runtime = scope["litestar_app"].state.runtime
        viewer: Viewer | None = scope.get("user")
        key = f"api:session:{viewer.session_id}" if viewer else f"api:ip:{scope.get('client_ip', '')}"
        standing = await here.rate_limits.attempt(key, here.settings.api_rate_limit)
        scope["rate_limit"] = standing  # type: ignore[typeddict-unknown-key]
        refuse(standing.wait, "Too many requests.")
        await next_app(scope, receive, send)


async def refuse_unknown_parameters(request: ApiRequest) -> None:
    """Refuse a query that says more than the route understands: a filter misspelt would be none.

    Raises InvalidInput.
    """
    handler = request.route_handler
    known = _query_names(handler.parsed_fn_signature, handler.resolve_dependencies())
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise InvalidInput({name[:80]: "There is no such parameter." for name in unknown[:MOST_UNKNOWN]})


def _query_names(signature: ParsedSignature, dependencies: Mapping[str, Provide]) -> set[str]:
    """What a handler and all it depends on take out of the query."""
    names: set[str] = set()
    for name, field in signature.parameters.items():
        if name in dependencies:
            names |= _query_names(dependencies[name].parsed_fn_signature, dependencies)
            continue
        if isinstance(field.kwarg_definition, QueryParameter):
            names.add(field.kwarg_definition.name or name)
    return names


def api_router(tag: str, handlers: Sequence[HTTPRouteHandler]) -> Router:
    """The routes of one area below /api, with everything all of them have."""
    for handler in handlers:
        handler.responses = FAILURES
    return Router(
        path="/api",
        route_handlers=handlers,
        tags=[tag],
        middleware=[ApiLimit(), Idempotency()],
        before_request=refuse_unknown_parameters,
        dependencies={
            "paging": Provide(provide_paging, sync_to_thread=False),
            "terms": Provide(provide_terms, sync_to_thread=False),
        },
        dto=JsonBody,
        return_dto=None,
    )
