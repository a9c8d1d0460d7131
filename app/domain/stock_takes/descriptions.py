"""How the fields of stock takes are called and shown."""

from app.domain.inventory.descriptions import DELETED
from app.domain.stock_takes.policy import STATUS_WORDS
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, instant_field, measure_field

STOCK_TAKE_FIELDS: Fields = {
    "name": Field("Name"),
    "location": Field("Location"),
    "status": choice_field("Status", {key: words[0] for key, words in STATUS_WORDS.items()}),
    "notes": Field("Notes", "long"),
    "closed_at": instant_field("Ended"),
    "deleted_at": DELETED,
}
COUNT_FIELDS: Fields = {"counted": measure_field("Counted", "")}

CHANGE_WORDS: Kinds = {
    "stock_take": Words(
        "stock takes",
        "/stock-takes/{}",
        verbs={
            "created": "started to count",
            "counted": "counted",
            "applied": "applied the count of",
            "cancelled": "cancelled the count of",
        },
    ),
    "stock_count": Words("counts"),
}
