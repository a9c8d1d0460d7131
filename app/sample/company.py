"""The company itself."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SampleCompany:
    """Who hires out the gear, where, in which currency and time zone."""

    name: str
    city: str
    address: str
    phone: str
    email: str
    tax_number: str
    currency: str
    time_zone: str
    locale: str


COMPANY: Final = SampleCompany(
    name="Northlight AV",
    city="Hamburg",
    address="Speicherstraße 14\n20457 Hamburg",
    phone="+49 40 555 01 40",
    email="hire@northlight.example",
    tax_number="DE 214 555 018",
    currency="EUR",
    time_zone="Europe/Berlin",
    locale="en_GB",
)
