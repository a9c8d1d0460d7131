"""The facts about the company that stand on every page, read once and again after a change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.models import Company
from app.lib.clock import today_in
from app.web.state import CompanyFacts, Runtime, runtime


async def load_company(here: Runtime) -> CompanyFacts:
    """Read the company if it changed since; a shop that is not set up yet has neutral facts."""
    if here.company is None or here.company_read < here.company_changes:
        changes = here.company_changes
        async with here.read_engine.connect() as connection:
            row = (
                await connection.execute(
                    select(Company.name, Company.city, Company.currency, Company.time_zone, Company.locale)
                )
            ).one_or_none()
        if row is not None and changes >= here.company_read:
            # whoever began to read earlier does not have the last word
            here.company, here.company_read = CompanyFacts(*row), changes
    return here.company or CompanyFacts()


def shop_day(request: Any) -> date:
    """Today by the clock of the shop."""
    return today_in((runtime(request).company or CompanyFacts()).time_zone)


def read_company_again(here: Runtime) -> None:
    """Have whatever begins from now on read the company; what is under way keeps what it has."""
    here.company_changes += 1


def note_change_of_company(here: Runtime, batch: Sequence[Any]) -> None:
    """The listener of the live feed."""
    if any(signal.entity == "company" for signal in batch):
        read_company_again(here)
