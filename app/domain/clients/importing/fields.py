"""The fields of clients a column may become, what people call them in their files, how cells are read."""

from collections.abc import Callable, Mapping
from typing import Final

from app.domain.clients.fields import ADDRESS_READERS, CLIENT_READERS, CONTACT_READERS
from app.domain.importing import values
from app.domain.importing.fields import Field, Fields, Reading, Targets, choice
from app.domain.importing.values import UnusableValueError
from app.lib.fields import FieldError, Reader, clean
from app.lib.folding import fold

KINDS: Mapping[str, tuple[str, ...]] = {
    "company": ("business", "organisation", "organization", "firma"),
    "person": ("private", "individual", "privat", "privatperson"),
}
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "yes": ("1", "true", "y", "x", "ja", "wahr", "on"),
    "no": ("0", "false", "n", "nein", "falsch", "off", "-"),
}
OF_CLIENT: Final = (
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
    "supplier", "blocked", "block_reason", "archived",
)  # fmt: skip
OF_ADDRESS: Final = ("street", "postal_code", "city", "country")
OF_CONTACT: Final = ("name", "role", "email", "phone")


def _read_with(reader: Reader) -> Callable[[str, Reading], object]:
    """Read a cell as the form of a client reads it."""

    def parse(text: str, _: Reading) -> object:
        bare = clean(text)
        try:
            return reader(bare)
        except FieldError as error:
            raise UnusableValueError(f"“{bare[:40]}”: {error.message}") from None

    return parse


def _switch(text: str, _: Reading) -> bool:
    bare = text.strip()
    return (bare if bare == "-" else values.parse_choice(bare, SWITCHES)) == "yes"


def _days(text: str) -> object:
    return CLIENT_READERS["payment_terms_days"](fold(text).removesuffix("days").removesuffix("tage").strip())


def _tags(text: str, reading: Reading) -> object:
    return values.join_tags(values.as_words(_read_with(CLIENT_READERS["tags"])(text, reading)))


def _field(
    name: str, label: str, *synonyms: str, parse: Callable[[str, Reading], object] | None = None
) -> Field:
    readers, own = CLIENT_READERS, name
    if name in OF_ADDRESS:
        readers = ADDRESS_READERS
    elif name.startswith("contact_"):
        readers, own = CONTACT_READERS, name.removeprefix("contact_")
    return Field(name, label, synonyms, parse or _read_with(readers[own]), many=name == "tags")


_FIELDS = (
    _field("name", "Name", "client", "client name", "company", "company name", "customer", "customer name",
           "firma", "kunde", "organisation", "organization", "firmenname"),
    _field("kind", "Kind", "type", "client type", "art", parse=choice(KINDS)),
    _field("email", "E-mail", "e mail", "mail", "email address", "e mail address", "emailadresse"),
    _field("phone", "Phone", "telephone", "tel", "phone number", "mobile", "telefon", "telefonnummer"),
    _field("website", "Website", "web", "url", "homepage", "www"),
    _field("tax_number", "Tax number", "vat", "vat number", "vat id", "tax id", "ust id", "ustid",
           "ust idnr", "steuernummer"),
    _field("payment_terms_days", "Payment terms (days)", "payment terms", "terms", "zahlungsziel",
           parse=_read_with(_days)),
    _field("tags", "Tags", "tag", "labels", "groups", "categories", "schlagworte", parse=_tags),
    _field("notes", "Notes", "note", "comment", "comments", "remarks", "bemerkung", "bemerkungen", "notizen"),
    _field("supplier", "Supplier", "is supplier", "vendor", "lieferant", parse=_switch),
    _field("blocked", "Blocked", "block", "gesperrt", parse=_switch),
    _field("block_reason", "Reason of the block", "reason of the block", "reason of block", "sperrgrund"),
    _field("archived", "Archived", "archive", "inactive", "archiviert", parse=_switch),
    _field("street", "Street", "address", "street address", "address line 1", "strasse", "anschrift"),
    _field("postal_code", "Postal code", "zip", "zip code", "postcode", "post code", "plz", "postleitzahl"),
    _field("city", "City", "town", "place", "ort", "stadt"),
    _field("country", "Country", "land"),
    _field("contact_name", "Contact: name", "contact", "contact person", "ansprechpartner", "kontakt"),
    _field("contact_role", "Contact: role", "role", "position", "job title"),
    _field("contact_email", "Contact: e-mail", "contact e mail", "contact mail"),
    _field("contact_phone", "Contact: phone", "contact tel", "contact telephone"),
)  # fmt: skip

FIELDS: Fields = {field.name: field for field in _FIELDS}
"""Every field of a client a column may become, by name, in the order a person chooses from."""

TARGETS = Targets("a client", FIELDS, identify=("name",))
