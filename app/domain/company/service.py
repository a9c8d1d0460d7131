"""Commands on the company itself: there is exactly one, with id 1."""

from collections.abc import Mapping
from typing import Any

from app.db.models import Company
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.unit_of_work import UnitOfWork

COMPANY_ID = 1


async def create_company(work: UnitOfWork, values: Mapping[str, Any]) -> Company:
    """Write down whose shop this is. `values` are Python values by field name; name is required."""
    return await editing.create(work, Company(id=COMPANY_ID, **values))


async def edit_company(
    work: UnitOfWork, values: Mapping[str, Any], *, version: int | None, strategy: Strategy = Strategy.MERGE
) -> Edit:
    """Change facts about the company, merging with what others changed since `version`.

    Raises NotFound while nothing is set up, EditConflict.
    """
    company = await editing.lock(work, Company, COMPANY_ID)
    return await editing.edit(work, company, values, version=version, strategy=strategy)
