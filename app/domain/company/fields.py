"""How the facts about the company are read from what people type."""

from decimal import Decimal

from app.db.models.company import BINDS_UNITS, PAPER_SIZES
from app.domain.accounts.fields import email, phone
from app.domain.company import policy
from app.lib.fields import Reader, boolean, choice, required_number, whole_number, words

SETUP_READERS: dict[str, Reader] = {
    "name": words(120, required="Give the company a name."),
    "city": words(120),
    "currency": policy.currency,
    "time_zone": policy.time_zone(optional=False),
    "locale": policy.locale(optional=False),
}
"""What is asked at the beginning."""

COMPANY_READERS: dict[str, Reader] = {
    **SETUP_READERS,
    "binds_units": choice(BINDS_UNITS),
    "prep_steps": policy.prep_steps,
    "address": words(500),
    "phone": phone,
    "email": email,
    "website": words(200),
    "tax_number": words(60),
    "paper_size": choice(PAPER_SIZES),
}

MONEY_READERS: dict[str, Reader] = {
    "prices_include_tax": boolean,
    "tax_rounding": choice(tuple(code for code, _ in policy.ROUNDING_CHOICES)),
    "quote_days": whole_number(1, 365),
    "deposit_percent": required_number(3, Decimal(100), example="30"),
    "due_days": whole_number(0, 365),
    "terms": words(10_000),
    "bank_name": words(120),
    "iban": policy.iban,
    "bic": policy.bic,
}
"""What new quotes and invoices begin with, and where they are to be paid."""
