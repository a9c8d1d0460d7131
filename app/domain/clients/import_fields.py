"""What a column of a client list may become, and what people call it in their files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.clients.fields import ADDRESS_READERS, CLIENT_READERS, CONTACT_READERS
from app.lib.fields import FieldError, Reader
from app.lib.folding import fold

_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("company", "business", "organisation", "organization", "firma"), "company"),
    **dict.fromkeys(("person", "private", "individual", "privat", "privatperson"), "person"),
}
_BETWEEN: Final = re.compile(r"[\W_]+")
_YES: Final = frozenset({"1", "true", "yes", "y", "x", "ja", "wahr", "on"})
_NO: Final = frozenset({"0", "false", "no", "n", "nein", "falsch", "off", "-"})


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column may become; `names` are the headers it is known by, folded."""

    label: str
    read: Reader
    names: tuple[str, ...]


def _kind(text: str) -> str:
    found = _KINDS.get(fold(text))
    if found is None:
        raise FieldError("Write company or person.")
    return found


def _switch(text: str) -> bool:
    word = fold(text)
    if word not in _YES | _NO:
        raise FieldError("Write yes or no.")
    return word in _YES


def _days(text: str) -> int | None:
    return CLIENT_READERS["payment_terms_days"](fold(text).removesuffix("days").removesuffix("tage").strip())


_CLIENT: Final = CLIENT_READERS | {
    "kind": _kind, "supplier": _switch, "blocked": _switch, "archived": _switch, "payment_terms_days": _days,
}  # fmt: skip
_HEADERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "name": ("Name", ("client", "client name", "company", "company name", "customer", "customer name",
                      "firma", "kunde", "organisation", "organization", "firmenname")),
    "kind": ("Kind", ("type", "client type", "art")),
    "email": ("E-mail", ("e mail", "mail", "email address", "e mail address", "emailadresse")),
    "phone": ("Phone", ("telephone", "tel", "phone number", "mobile", "telefon", "telefonnummer")),
    "website": ("Website", ("web", "url", "homepage", "www")),
    "tax_number": ("Tax number", ("vat", "vat number", "vat id", "tax id", "ust id", "ustid", "ust idnr",
                                  "steuernummer")),
    "payment_terms_days": ("Payment terms (days)", ("payment terms", "terms", "zahlungsziel")),
    "tags": ("Tags", ("tag", "labels", "groups", "categories", "schlagworte")),
    "notes": ("Notes", ("note", "comment", "comments", "remarks", "bemerkung", "bemerkungen", "notizen")),
    "supplier": ("Supplier", ("is supplier", "vendor", "lieferant")),
    "blocked": ("Blocked", ("block", "gesperrt")),
    "block_reason": ("Reason of the block", ("reason of block", "sperrgrund")),
    "archived": ("Archived", ("archive", "inactive", "archiviert")),
    "street": ("Street", ("address", "street address", "address line 1", "strasse", "anschrift")),
    "postal_code": ("Postal code", ("zip", "zip code", "postcode", "post code", "plz", "postleitzahl")),
    "city": ("City", ("town", "place", "ort", "stadt")),
    "country": ("Country", ("land",)),
    "contact_name": ("Contact: name", ("contact", "contact person", "ansprechpartner", "kontakt")),
    "contact_role": ("Contact: role", ("role", "position", "job title")),
    "contact_email": ("Contact: e-mail", ("contact mail", "contact e mail")),
    "contact_phone": ("Contact: phone", ("contact tel", "contact telephone")),
}  # fmt: skip
OF_CLIENT: Final = (
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
    "supplier", "blocked", "block_reason", "archived",
)  # fmt: skip
OF_ADDRESS: Final = ("street", "postal_code", "city", "country")
OF_CONTACT: Final = ("name", "role", "email", "phone")


def _reader(name: str) -> Reader:
    if name in OF_ADDRESS:
        return ADDRESS_READERS[name]
    if name.startswith("contact_"):
        return CONTACT_READERS[name.removeprefix("contact_")]
    return _CLIENT[name]


def _words(text: str) -> str:
    """A header as it is compared: folded, without what stands between the words."""
    return " ".join(_BETWEEN.sub(" ", fold(text)).split())


TARGETS: Final[Mapping[str, Target]] = {
    name: Target(label, _reader(name), (_words(name), _words(label), *known))
    for name, (label, known) in _HEADERS.items()
}


def guess(header: Sequence[str]) -> list[str]:
    """What each column probably becomes, "" for one that is left out; no field twice."""
    found: list[str] = []
    for title in header:
        words = _words(title)
        target = next((name for name, one in TARGETS.items() if words in one.names and name not in found), "")
        found.append(target)
    return found
