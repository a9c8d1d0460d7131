"""Reading the forms of payments, and what is filled in at first."""

from typing import Final

from app.domain.payments.policy import BY_HAND, MOST
from app.lib.fields import Reader, choice, day, decimal_number, reference, words

PAYMENT_READERS: Final[dict[str, Reader]] = {
    "amount": decimal_number(3, MOST, example="1240.50"),
    "method": choice(tuple(BY_HAND)),
    "received_on": day(required="Write the day."),
    "note": words(500),
    "event_id": reference(),
    "nonce": words(64),
}
REFUND_READERS: Final[dict[str, Reader]] = PAYMENT_READERS | {
    "method": choice((*BY_HAND, "online")),
    "note": words(500, required="Say why."),
}
