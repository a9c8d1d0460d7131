"""Reading the company and how its installation is doing."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Company
from app.domain.company.fields import MONEY_READERS
from app.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class CompanyForm:
    """The company as its form shows it."""

    name: str
    city: str
    currency: str
    time_zone: str
    locale: str
    binds_units: str
    prep_steps: list[str]
    address: str
    phone: str
    email: str
    website: str
    tax_number: str
    paper_size: str
    logo: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Installation:
    """What the database says about itself. `size` is in bytes."""

    postgres: str
    size: int
    users: int
    equipment: int
    changes: int
    sessions: int


async def company_form(reading: AsyncConnection) -> CompanyForm:
    """The company. Raises NotFound while nothing is set up."""
    columns = [getattr(Company, field.name) for field in fields(CompanyForm)]
    row = (await reading.execute(select(*columns))).one_or_none()
    if row is None:
        raise NotFound("There is no company yet.")
    return CompanyForm(*row)


async def money_form(reading: AsyncConnection) -> Any:
    """What new quotes and invoices begin with, and the version. Raises NotFound while nothing is set up."""
    columns = [getattr(Company, name) for name in (*MONEY_READERS, "currency", "version")]
    row = (await reading.execute(select(*columns))).one_or_none()
    if row is None:
        raise NotFound("There is no company yet.")
    return row


async def installation(reading: AsyncConnection) -> Installation:
    """How much there is, in one statement; the log by its last number, because counting takes long."""
    row = (
        await reading.execute(
            text("""
                select current_setting('server_version') as postgres,
                  pg_database_size(current_database()) as size,
                  (select count(*) from user_account where active) as users,
                  (select count(*) from equipment where deleted_at is null) as equipment,
                  (select coalesce(max(id), 0) from change) as changes,
                  (select count(*) from session where expires_at > now()) as sessions
            """)
        )
    ).one()
    return Installation(*row)
