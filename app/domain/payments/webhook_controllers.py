"""What payment providers tell by themselves."""

from typing import Any, Final

import structlog
from litestar import Request, Response, post
from litestar.enums import MediaType

from app.domain.payments.choosing import place_or_nothing
from app.domain.payments.messages import take_message
from app.lib.errors import PayloadTooLarge
from app.web.state import runtime

MOST_BYTES: Final = 512 * 1024

log = structlog.get_logger("app.payments")


# csrf_exempt: no person and no cookie speaks here, a message counts by its signature alone
@post("/webhooks/stripe", public=True, csrf_exempt=True, status_code=200, include_in_schema=False)
async def stripe_message(request: Request[Any, Any, Any]) -> Response[str]:
    """Take a message of Stripe: 200 with the outcome whenever it need not be sent again, 400 when forged.

    503 has it sent again later.
    """
    place = place_or_nothing(runtime(request))
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise PayloadTooLarge("This is more than any message holds.")
    message = place.provider.parse_message(body, request.headers.get("stripe-signature", ""))
    outcome = await take_message(place, message)
    log.info("provider_message", id=message.id, kind=message.kind, outcome=outcome)
    return Response(outcome, media_type=MediaType.TEXT, headers={"Cache-Control": "no-store"})


HANDLERS = [stripe_message]
