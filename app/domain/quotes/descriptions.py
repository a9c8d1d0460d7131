"""How the fields of quotes, their versions and their lines are called and shown."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.maintenance.descriptions import zone_of
from app.domain.quotes.fields import BASIS_CHOICES, LANGUAGE_CHOICES, ROUNDING_CHOICES, VERSION_STATES
from app.web.change_words import Kinds, Words
from app.web.descriptions import (
    NOTHING,
    Field,
    Fields,
    choice_field,
    instant_field,
    measure_field,
    money_field,
    yes_no_field,
)
from app.web.formatting import number

EDITED_VERSION = (
    "title", "intro", "terms", "valid_until", "charge_start", "charge_end", "price_list_id",
    "prices_include_tax", "tax_rounding", "reverse_charge", "discount_percent", "discount_amount",
    "deposit_percent", "language", "show_images",
)  # fmt: skip
EDITED_LINE = (
    "name", "note", "quantity", "basis", "rate", "multiple", "discount_percent", "discount_amount",
    "tax_rate_id", "optional", "hidden", "heading",
)  # fmt: skip
EDITED_GROUP = ("discount_percent", "discount_amount")
QUOTE_FIELDS: Fields = {
    "number": Field("Number"),
    "notes": Field("Notes", "long"),
    "deleted_at": instant_field("Deleted"),
}


def percent_field(label: str) -> Field:
    """A percentage; none is typed as nothing."""

    def shown(value: object) -> str:
        return NOTHING if _is_zero(value) else f"{number(Decimal(str(value)))}\N{NO-BREAK SPACE}%"

    return Field(label, "number", unit="%", shown=shown, typed=_bare)


_OPTIONAL = (("", "as on the event"), ("1", "yes"), ("0", "no"))


def _as_option(value: object) -> str:
    return "as on the event" if value is None else "yes" if value else "no"


def _is_zero(value: object) -> bool:
    return value is None or Decimal(str(value)) == 0


def _bare(value: object) -> str:
    return "" if _is_zero(value) else f"{Decimal(str(value)).normalize():f}"


def rate_field(label: str, currency: str) -> Field:
    """A rate with the decimals it has; none is typed as nothing, zero as zero."""
    plain = money_field(label, currency)

    def typed(value: object) -> str:
        if value is None:
            return ""
        rate = Decimal(str(value)).normalize()
        return f"{rate:.{max(2, -int(rate.as_tuple().exponent))}f}"

    return Field(label, "number", unit=currency, shown=plain.shown, typed=typed)


def amount_off(label: str, currency: str) -> Field:
    """An amount taken off; none is typed as nothing."""
    plain = money_field(label, currency)

    def shown(value: object) -> str:
        return NOTHING if _is_zero(value) else plain.shown(value)

    return Field(label, "number", unit=currency, shown=shown, typed=_bare)


def version_fields(request: Any, currency: str, lists: Sequence[tuple[int, str]] = ()) -> Fields:
    """The descriptions of what is said for a whole version; `lists` give names to ids."""
    zone = zone_of(request)
    return {
        "title": Field("Title"),
        "intro": Field("Introduction", "long"),
        "terms": Field("Terms", "long"),
        "valid_until": instant_field("Valid until", zone),
        "charge_start": instant_field("Charged from", zone),
        "charge_end": instant_field("Charged to", zone),
        "price_list_id": choice_field(
            "Price list", {str(key): name for key, name in lists}, blank="the default list"
        ),
        "prices_include_tax": yes_no_field("Prices include tax"),
        "tax_rounding": choice_field("Tax is rounded", ROUNDING_CHOICES),
        "reverse_charge": yes_no_field("Reverse charge"),
        "discount_percent": percent_field("Discount"),
        "discount_amount": amount_off("Discount as an amount", currency),
        "deposit_percent": percent_field("Deposit"),
        "language": choice_field("Language", LANGUAGE_CHOICES),
        "show_images": yes_no_field("Images"),
        "state": choice_field("State", {key: words[0] for key, words in VERSION_STATES.items()}),
        "deleted_at": instant_field("Deleted"),
    }


def line_fields(currency: str, taxes: Mapping[int, str] | None = None) -> Fields:
    """The descriptions of what is said about a line; `taxes` give names to rates."""
    return {
        "name": Field("Name"),
        "note": Field("Note", "long"),
        "quantity": measure_field("Quantity", ""),
        "basis": choice_field("Charged", BASIS_CHOICES, blank="as the price list says"),
        "rate": rate_field("Price", currency),
        "multiple": measure_field("Times", ""),
        "discount_percent": percent_field("Discount"),
        "discount_amount": amount_off("Discount as an amount", currency),
        "tax_rate_id": choice_field(
            "Tax", {str(key): name for key, name in (taxes or {}).items()}, blank="as usual"
        ),
        "optional": Field("Option", "choice", options=_OPTIONAL, shown=_as_option),
        "hidden": yes_no_field("Hidden"),
        "heading": Field("Heading"),
        "position": measure_field("Place", ""),
        "deleted_at": instant_field("Deleted"),
    }


def group_fields(currency: str) -> Fields:
    """The descriptions of what is granted on a heading."""
    return {
        "discount_percent": percent_field("Discount"),
        "discount_amount": amount_off("Discount as an amount", currency),
        "deleted_at": instant_field("Deleted"),
    }


CHANGE_WORDS: Kinds = {
    "quote": Words(
        "quotes",
        "/quotes/{}",
        verbs={
            "link_made": "made a link for",
            "link_revoked": "revoked the link for",
        },
    ),
    "quote_version": Words(
        "versions of quotes",
        verbs={
            "sent": "sent",
            "superseded": "replaced",
            "withdrawn": "withdrew",
            "expired": "closed, as its day was over:",
            "opened": "saw the client open",
            "asked": "passed on a question about",
            "answered": "answered a question about",
            "accepted": "accepted",
            "declined": "declined",
            "refused": "could not keep the acceptance of",
            "mailed": "mailed",
            "mail_queued": "tried again to mail",
            "mail_delayed": "could not mail yet:",
            "mail_failed": "could not mail",
        },
    ),
    "quote_line": Words("lines of quotes"),
    "quote_group": Words("groups of quotes"),
}
