"""How the fields of a client are called and shown, to those who decide about them or look back."""

from app.domain.clients.fields import KIND_WORDS, PURPOSE_WORDS
from app.domain.inventory.descriptions import DELETED
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
    "archived": yes_no_field("Archived"),
    "merged_into_id": Field("Merged into", fixed=True),
    "deleted_at": DELETED,
}

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
