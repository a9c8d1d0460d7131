"""How the facts about the company are read from what people type."""

from app.db.models.company import BINDS_UNITS, PAPER_SIZES
from app.domain.accounts.fields import email, phone
from app.domain.company import policy
from app.lib.fields import Reader, choice, words

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
