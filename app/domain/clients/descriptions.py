"""How the fields of a client are called and shown, to those who decide about them or look back."""

from collections.abc import Iterable

from app.domain.clients.fields import KIND_WORDS, LANGUAGE_WORDS, PURPOSE_WORDS, TREATMENT_WORDS
from app.domain.inventory.descriptions import DELETED
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, measure_field, yes_no_field

CLIENT_FIELDS: Fields = {
    "name": Field("Name"),
    "kind": choice_field("Kind", KIND_WORDS),
    "email": Field("E-mail"),
    "phone": Field("Phone"),
    "website": Field("Website"),
    "tax_number": Field("Tax number"),
    "payment_terms_days": measure_field("Payment terms", "days"),
    "tags": Field("Tags"),
    "notes": Field("Notes", "long"),
    "supplier": yes_no_field("Supplier"),
    "blocked": yes_no_field("Blocked"),
    "block_reason": Field("Reason of the block"),
    "price_list_id": Field("Price list", fixed=True),
    "discount_percent": measure_field("Discount", "%"),
    "language": choice_field("Language of papers", LANGUAGE_WORDS),
    "tax_treatment": choice_field("Tax", TREATMENT_WORDS),
    "archived": yes_no_field("Archived"),
    "merged_into_id": Field("Merged into", fixed=True),
    "deleted_at": DELETED,
}


def client_fields(price_lists: Iterable[tuple[int, str]]) -> Fields:
    """The fields of a client where price lists can be told by their names."""
    names = {str(key): name for key, name in price_lists}
    return {**CLIENT_FIELDS, "price_list_id": choice_field("Price list", names, blank="the default one")}


CONTACT_FIELDS: Fields = {
    "client_id": Field("Client no.", fixed=True),
    "name": Field("Name"),
    "role": Field("Role"),
    "email": Field("E-mail"),
    "phone": Field("Phone"),
    "notes": Field("Notes", "long"),
    "deleted_at": DELETED,
}
ADDRESS_FIELDS: Fields = {
    "client_id": Field("Client no.", fixed=True),
    "purpose": choice_field("Purpose", PURPOSE_WORDS),
    "name": Field("Name"),
    "street": Field("Street", "long"),
    "postal_code": Field("Postal code"),
    "city": Field("City"),
    "country": Field("Country"),
    "deleted_at": DELETED,
}

CHANGE_WORDS: Kinds = {
    "client": Words("clients", "/clients/{}", verbs={"merged": "merged"}),
    "contact": Words("contacts", "/contacts/{}"),
    "address": Words("addresses", "/addresses/{}"),
    "client_import": Words("imports of clients", "/clients/imports/{}"),
}
