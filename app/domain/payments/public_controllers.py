"""Where a client pays an invoice: whoever has the link sees what is owed, and nothing else.

The card form is the provider's own page. Our page leads there by a link and a refresh, as our policy for
forms lets none of them end anywhere else.
"""

from functools import partial
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import RateLimit
from app.domain.documents.content import from_json
from app.domain.documents.sheet import Outstanding, sheet_of
from app.domain.payments import page_queries, queries
from app.domain.payments.attempts import begin_payment, check_attempts_of
from app.domain.payments.choosing import place_of, place_or_nothing
from app.domain.payments.links import Payable, opened_by
from app.domain.payments.words import said
from app.lib.errors import Conflict, Unavailable
from app.web.parameters import Connection
from app.web.render import page, redirect
from app.web.state import actor_of, client_ip, public_address, runtime

PageRequest = Request[Any, Any, Any]
LOOKS = RateLimit(120, 60)
"""How often an address may look at pages on which clients pay."""
PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@get("/pay/{token:str}", public=True, include_in_schema=False)
async def pay_page(request: PageRequest, reading: Connection, token: FromPath[str]) -> Response[str]:
    """What is owed on an invoice, and how to pay it."""
    return await _page(request, reading, await _payable(request, reading, token))


@post("/pay/{token:str}", public=True, status_code=200, include_in_schema=False)
async def pay(request: PageRequest, reading: Connection, token: FromPath[str]) -> Response[str]:
    """Begin to pay what is owed, and go to the provider's page."""
    payable = await _payable(request, reading, token)
    back_url = f"{public_address(request)}{payable.path}/return"
    try:
        begun = await begin_payment(
            place_or_nothing(runtime(request)), actor_of(request), payable.id, back_url=back_url
        )
    except (Conflict, Unavailable) as error:
        return await _page(request, reading, payable, status=error.status)
    return _private(
        page(
            request, "payments/public/going.html", payable=payable, page_url=begun.page_url, _=_words(payable)
        )
    )


@get("/pay/{token:str}/return", public=True, include_in_schema=False)
async def come_back(request: PageRequest, reading: Connection, token: FromPath[str]) -> Response[str]:
    """Where the provider sends people back to: ask how it went rather than wait for its message."""
    payable = await _payable(request, reading, token)
    place = place_of(runtime(request))
    if place is not None:
        await check_attempts_of(place, payable.id)
    return redirect(request, payable.path)


async def _payable(request: PageRequest, reading: AsyncConnection, token: str) -> Payable:
    """The invoice behind a link. Raises NotFound, TooManyRequests."""
    here = runtime(request)
    await here.rate_limits.count(f"pay:{client_ip(request)}", LOOKS, "That was a lot.")
    return await opened_by(reading, here.settings.secret_key, token)


async def _page(
    request: PageRequest, reading: AsyncConnection, payable: Payable, *, status: int = 200
) -> Response[str]:
    document = from_json(payable.content)
    # files of the shop are for those who are signed in
    sender = structs.replace(document.sender, logo=None)
    standing = await queries.standing(reading, payable.id)
    left = Outstanding(-standing.credited, standing.paid, standing.owed) if standing else None
    sheet = sheet_of(structs.replace(document, sender=sender, show_images=False), outstanding=left)
    return _private(
        page(
            request,
            "payments/public/pay.html",
            status=status,
            payable=payable,
            sheet=sheet,
            words=sheet.words,
            standing=standing,
            attempts=await page_queries.attempts_of_invoice(reading, payable.id),
            payment=sheet.payment,
            is_online=place_of(runtime(request)) is not None,
            problem=status != HTTPStatus.OK,
            _=_words(payable),
        )
    )


def _words(payable: Payable) -> Any:
    return partial(said, payable.language)


def _private(response: Response[str]) -> Response[str]:
    response.headers.update(PRIVATE)
    return response


HANDLERS = [pay_page, pay, come_back]
