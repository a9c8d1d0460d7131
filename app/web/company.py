"""The facts about the company that stand on every page, read once and again after a change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.models import Company
from app.lib.clock import today_in
from app.web.state import CompanyFacts, Runtime, runtime


async def load_company(here: Runtime) -> CompanyFacts:
    """Read the company, or keep what we have; a shop that is not set up yet has neutral facts."""
    if here.company is None:
        async with here.read_engine.connect() as connection:
            row = (
                await connection.execute(
                    select(Company.name, Company.city, Company.currency, Company.time_zone, Company.locale)
                )
            ).one_or_none()
        if row is None:
            return CompanyFacts()
        here.company = CompanyFacts(*row)
    return here.company


def shop_day(request: Any) -> date:
    """Today by the clock of the shop."""
    return today_in((runtime(request).company or CompanyFacts()).time_zone)


def forget_company_when_changed(here: Runtime, batch: Sequence[Any]) -> None:
    """Drop what we know about the company when a change of it passes by."""
    if any(signal.entity == "company" for signal in batch):
        here.company = None
