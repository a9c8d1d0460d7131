"""The company itself."""

from dataclasses import dataclass
from decimal import Decimal
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
    terms: str
    deposit_percent: Decimal
    bank_name: str
    iban: str
    bic: str


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
    terms="Gear stays ours. It is insured by whoever hires it from the moment it leaves until it is back.\n"
    "Late returns are charged by the day.",
    deposit_percent=Decimal("30.000"),
    bank_name="Hafenbank Hamburg",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
)
