"""The description of the JSON API, and the refusals every one of its routes may answer with."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Router
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Example, SecurityScheme, Tag

from app import __version__

_WHEN = "2026-11-21T09:30:00Z"


class Failure(msgspec.Struct):
    """A refusal: `error` is for people, `code` for programs, `details` say more where there is more."""

    error: Annotated[str, msgspec.Meta(examples=["Some values cannot be used."])]
    code: Annotated[str, msgspec.Meta(examples=["VALIDATION_ERROR"])]
    details: dict[str, Any]
    timestamp: Annotated[str, msgspec.Meta(examples=[_WHEN])]
    success: Literal[False] = False


def _failure(description: str, code: str, error: str, details: dict[str, Any] | None = None) -> ResponseSpec:
    example: dict[str, Any] = {
        "success": False, "error": error, "code": code, "details": details or {}, "timestamp": _WHEN,
    }  # fmt: skip
    return ResponseSpec(
        Failure,
        generate_examples=False,
        description=description,
        examples=[Example(summary=description, value=example)],
    )


_CONFLICT = {
    "version": 4,
    "current": {"name": "Shure SM58", "location": "B-02"},
    "base": {"name": "Shure SM58", "location": "A-01"},
    "conflicts": ["location"],
}
FAILURES: dict[int, ResponseSpec] = {
    400: _failure("The request cannot be read", "BAD_REQUEST", "This is not valid JSON."),
    401: _failure("Nobody is signed in", "NOT_AUTHENTICATED", "Please sign in."),
    403: _failure("The role does not allow it", "FORBIDDEN", "Your role does not allow this."),
    404: _failure("There is no such record", "NOT_FOUND", "This record does not exist, or was deleted."),
    409: _failure(
        "Somebody else changed the record, or its state does not allow it",
        "CONFLICT",
        "Ana Costa changed this meanwhile.",
        _CONFLICT,
    ),
    413: _failure("More than this route takes", "PAYLOAD_TOO_LARGE", "A JSON body holds at most 1 MB."),
    422: _failure(
        "Some values cannot be used",
        "VALIDATION_ERROR",
        "Some values cannot be used.",
        {"fields": {"sku": "The SKU MIC-SM58 is taken by Shure SM58."}},
    ),
    429: _failure(
        "Too many requests; Retry-After says for how long to wait",
        "RATE_LIMITED",
        "Too many requests. Try again in 12 seconds.",
        {"retry_after": 12},
    ),
    500: _failure("A fault of ours", "INTERNAL_ERROR", "We have noted what happened."),
    503: _failure(
        "The database does not answer; Retry-After says when to try again",
        "UNAVAILABLE",
        "The database is not answering. Nothing you saved is lost.",
        {"retry_after": 2},
    ),
}

OPENAPI = OpenAPIConfig(
    title="AV-RENTALS",
    version=__version__,
    description=(
        "Fields are snake_case, ids integers, decimals strings, instants ISO 8601 with an offset. "
        "Get a bearer token from POST /api/auth/login. Unknown fields are refused. Every change names the "
        "version it starts from, in the body or as If-Match; `strategy` says what to do when it is stale. "
        "A POST with an Idempotency-Key does nothing twice."
    ),
    path="/schema",
    openapi_router=Router("/schema", route_handlers=[], opt={"public": True}),
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    use_handler_docstrings=True,
    tags=[
        Tag("Signing in", "Bearer tokens, and the sessions that are open."),
        Tag("Equipment", "What is quoted and booked."),
        Tag("Units", "Physical items with an asset tag."),
        Tag("Categories", "Two levels."),
        Tag("Maintenance", "Jobs on units or quantities."),
        Tag("Clients", "Who rents."),
        Tag("Events", "Occasions of clients; they hold and confirm what is rented."),
        Tag("Rentals", "The lines of an event: equipment, quantity, period."),
        Tag("Prices", "Price lists with their rules, factors of several days, rates of tax, prices."),
        Tag("Quotes", "Offers for events, version by version, and what became of them."),
        Tag("Invoices", "What clients are asked to pay, credit notes, and the journal for the books."),
        Tag("Payments", "What came in and went back, accounts of clients, paying online."),
        Tag("Prep", "What the bench counts: one verdict for every scan, counts that add up."),
        Tag("Handovers", "What left, came back, was looked at, or will not come back."),
        Tag("Inspections", "What has to be tested how often, and what came of it."),
        Tag("Stock takes", "Counting a location, and applying what was counted."),
        Tag("Cases", "Boxes that gear travels in: what is in them, and what should be."),
        Tag("Kits", "Bundles that explode into equipment, and what goes along with it or instead."),
        Tag("Sub-hire", "Gear from suppliers: supply for a while, which has to go back."),
        Tag("Availability", "What is free, when, and why not more."),
        Tag("Calendar", "What stands on which day."),
        Tag("Users", "People who sign in."),
        Tag("Changes", "Who changed what, from what to what."),
    ],
    components=Components(
        security_schemes={
            "bearer": SecurityScheme(type="http", scheme="bearer", description="24 h, revocable")
        }
    ),
    security=[{"bearer": []}],
)
