"""How the facts about the company are read from what people type."""

from app.domain.company import policy
from app.lib.fields import Reader, words

COMPANY_READERS: dict[str, Reader] = {
    "name": words(120, required="Give the company a name."),
    "city": words(120),
    "currency": policy.currency,
    "time_zone": policy.time_zone(optional=False),
    "locale": policy.locale(optional=False),
}
