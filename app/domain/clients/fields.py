"""How the fields of a client are read from what people type, and the words its values are shown with."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

from app.db.models.client import KINDS
from app.db.models.contact import PURPOSES
from app.domain.accounts.fields import email, phone
from app.lib.fields import (
    FieldError,
    Reader,
    boolean,
    choice,
    reference,
    required_number,
    whole_number,
    word_list,
    words,
)

KIND_WORDS = {"company": "Company", "person": "Person"}
LANGUAGE_WORDS = {"": "The company's", "en": "English", "de": "German"}
TREATMENT_WORDS = {"standard": "With tax", "reverse_charge": "Reverse charge: without tax"}
PURPOSE_WORDS = {"main": "Main", "billing": "Billing", "delivery": "Delivery"}

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE | re.ASCII)
_SITE = words(200)


def website(text: str) -> str:
    """An address of the web, or nothing; `example.com` is https://example.com."""
    if not text:
        return ""
    address = text if _SCHEME.match(text) else f"https://{text.lstrip('/')}"
    refused = FieldError("Write an address of the web, like https://example.com.")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise refused from error
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s", address):
        raise refused
    return str(_SITE(address))


CLIENT_READERS: dict[str, Reader] = {
    "name": words(200, required="Give it a name."),
    "kind": choice(KINDS),
    "email": email,
    "phone": phone,
    "website": website,
    "tax_number": words(200),
    "payment_terms_days": whole_number(0, 365, optional=True),
    "tags": word_list(30, 40),
    "notes": words(10_000),
    "supplier": boolean,
    "blocked": boolean,
    "block_reason": words(200),
}
"""The readers of what a form of a client holds; whether it is archived is decided on its page."""

TERM_READERS: dict[str, Reader] = {
    "price_list_id": reference(),
    "discount_percent": required_number(3, Decimal(100), example="5"),
    "language": choice(tuple(LANGUAGE_WORDS)),
    "tax_treatment": choice(tuple(TREATMENT_WORDS)),
}
"""What new quotes for a client begin with, for those who may read prices."""

CONTACT_READERS: dict[str, Reader] = {
    "name": words(200, required="Give the person a name."),
    "role": words(200),
    "email": email,
    "phone": phone,
    "notes": words(10_000),
}
ADDRESS_READERS: dict[str, Reader] = {
    "purpose": choice(PURPOSES),
    "name": words(200),
    "street": words(1000),
    "postal_code": words(40),
    "city": words(200),
    "country": words(200),
}
