"""How the fields of people are read from what is typed."""

import re

from app.db.models.user import ROLES
from app.domain.company import policy
from app.lib.fields import FieldError, Reader, boolean, choice, words

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_PHONE = re.compile(r"[+\d][\d ()/.\-]*(?: ?(?:ext\.?|x) ?\d+)?")
THEME_WORDS = {"": "As the system", "light": "Light", "dark": "Dark"}


def username(text: str) -> str:
    """Read a username: small letters, so that nobody wonders how it was spelt."""
    name = text.lower()
    if not name:
        raise FieldError("Choose a username.")
    if not _USERNAME.fullmatch(name):
        raise FieldError(
            "Use up to 64 letters from a to z, digits, points, hyphens and underscores, like mei.tan."
        )
    return name


def email(text: str) -> str:
    """Read an e-mail address, or none."""
    if text and (len(text) > 254 or not _EMAIL.fullmatch(text)):  # noqa: PLR2004 - the longest that can be delivered
        raise FieldError("Write an e-mail address, like ana@example.com.")
    return text


def phone(text: str) -> str:
    """Read a telephone number, or none, and keep it as it was grouped."""
    if text and (len(text) > 40 or not _PHONE.fullmatch(text)):  # noqa: PLR2004 - longer than any number
        raise FieldError("Write a phone number, like +49 40 555 01 41.")
    return text


PERSON_READERS: dict[str, Reader] = {
    "first_name": words(80),
    "last_name": words(80),
    "email": email,
    "phone": phone,
}
USER_READERS: dict[str, Reader] = {"username": username, **PERSON_READERS, "role": choice(ROLES)}
PROFILE_READERS: dict[str, Reader] = {
    **PERSON_READERS,
    "time_zone": policy.time_zone(optional=True),
    "locale": policy.locale(optional=True),
    "theme": choice(tuple(THEME_WORDS)),
    "shortcuts": boolean,
}
