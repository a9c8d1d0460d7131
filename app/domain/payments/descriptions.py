"""How the fields of payments are called and shown in the history."""

from typing import Final

from app.domain.payments.policy import METHOD_WORDS
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field

PAYMENT_FIELDS: Final[Fields] = {
    "amount": Field("Amount"),
    "currency": Field("Currency"),
    "method": choice_field("Method", METHOD_WORDS),
    "received_on": Field("Day"),
    "note": Field("Note", "long"),
}
ATTEMPT_FIELDS: Final[Fields] = {"problem": Field("Problem")}

CHANGE_WORDS: Kinds = {
    "payment": Words(
        "payments",
        "/payments/{}",
        verbs={
            "recorded": "recorded",
            "refunded": "gave back",
        },
    ),
    "payment_attempt": Words(
        "online payments",
        verbs={
            "processing": "waits for the online payment of",
            "failed": "could not take the online payment of",
            "cancelled": "ended the online payment of",
        },
    ),
}
