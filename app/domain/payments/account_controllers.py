"""The account of a client, and the balance of an event."""

from typing import Any

from litestar import Request, Response, get

from app.domain.events.queries import event_by_id
from app.domain.payments import page_queries, queries
from app.domain.payments.policy import METHOD_WORDS
from app.domain.pricing.words import amount_words
from app.web.htmx import wants_partial
from app.web.parameters import Connection, PathId
from app.web.permissions import MONEY_READ
from app.web.render import page

PageRequest = Request[Any, Any, Any]


@get("/clients/{client_id:int}/account", capability=MONEY_READ, include_in_schema=False)
async def account_page(request: PageRequest, reading: Connection, client_id: PathId) -> Response[str]:
    """What a client was asked for and paid, entry by entry, and what is owed."""
    return page(
        request,
        "payments/account.html",
        partial="payments/_account.html",
        payer=await page_queries.payer_of_client(reading, client_id),
        account=await queries.account_of(reading, client_id),
        balances=await queries.balances_of_client(reading, client_id),
        method_words=METHOD_WORDS,
        amount_words=amount_words,
    )


@get("/events/{event_id:int}/balance", capability=MONEY_READ, include_in_schema=False)
async def balance_of_event(request: PageRequest, reading: Connection, event_id: PathId) -> Response[str]:
    """What is owed for an event: a part of its page."""
    return page(
        request,
        "payments/balance.html",
        partial="payments/_balance.html",
        event_id=event_id,
        event=None if wants_partial(request) else await event_by_id(reading, event_id),
        balances=await queries.balances_of_event(reading, event_id),
        amount_words=amount_words,
    )


HANDLERS = [account_page, balance_of_event]
