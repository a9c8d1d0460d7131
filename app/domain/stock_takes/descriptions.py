"""How the fields of stock takes are called and shown."""

from app.domain.inventory.descriptions import DELETED
from app.domain.stock_takes.policy import STATUS_WORDS
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
