"""The facts about the company that stand on every page, read once and again after a change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.db.models import Company
from app.web.state import CompanyFacts, Runtime


async def load_company(runtime: Runtime) -> CompanyFacts:
    """Read the company, or keep what we have; a shop that is not set up yet has neutral facts."""
    if runtime.company is None:
        async with runtime.read_engine.connect() as connection:
            row = (
                await connection.execute(
                    select(Company.name, Company.city, Company.currency, Company.time_zone, Company.locale)
                )
            ).one_or_none()
        if row is None:
            return CompanyFacts()
        runtime.company = CompanyFacts(*row)
    return runtime.company


def forget_company_when_changed(runtime: Runtime, batch: Sequence[Any]) -> None:
    """Drop what we know about the company when a change of it passes by."""
    if any(signal.entity == "company" for signal in batch):
        runtime.company = None
