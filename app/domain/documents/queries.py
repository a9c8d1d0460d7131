"""What papers need beside their documents: how a version stands, who accepted it, what is on an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Company
from app.domain.documents.sheet import Acceptance
from app.domain.documents.statements import Entry
from app.domain.documents.wording import LOCALES
from app.lib.errors import NotFound

_VERSION = """
    select v.id, v.state, v.decided_at, h.name, h.at, h.signature, h.chosen
    from quote_version v
    join quote q on q.id = v.quote_id and q.deleted_at is null
    left join quote_happening h on h.version_id = v.id and h.kind = 'accepted'
    where v.deleted_at is null and
"""
_BY_NUMBER = text(f"{_VERSION} v.quote_id = :quote_id and v.number = :number")  # words of ours
_BY_ID = text(f"{_VERSION} v.id = :id")  # words of ours
_ENTRIES = text(
    """
    select case when a.kind = 'invoice' and i.kind = 'credit_note' then 'credit_note' else a.kind end as kind,
      a.day, a.name, a.amount, a.currency,
      case when a.kind = 'invoice' then coalesce(c.number, '') else coalesce(i.number, '') end as invoice,
      coalesce(e.name, '') as event
    from account_entry a
    left join invoice i on i.id = a.invoice_id
    left join invoice c on c.id = i.credits_id
    left join event e on e.id = a.event_id
    where a.client_id = :client_id
    order by a.currency, a.day, a.kind, a.id
    """
)


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """How a version of a quote stands, and with which options it was accepted, if it was."""

    id: int
    state: str
    decided_at: datetime | None
    acceptance: Acceptance | None
    chosen: Sequence[str] | None


async def version_facts(connection: AsyncConnection, quote_id: int, number: int) -> VersionFacts:
    """A version of a quote by its number. Raises NotFound."""
    return await _facts(connection, _BY_NUMBER, {"quote_id": quote_id, "number": number})


async def version_facts_by_id(connection: AsyncConnection | AsyncSession, version_id: int) -> VersionFacts:
    """A version of a quote. Raises NotFound."""
    return await _facts(connection, _BY_ID, {"id": version_id})


async def _facts(
    connection: AsyncConnection | AsyncSession, statement: TextClause, given: dict[str, int]
) -> VersionFacts:
    row = (await connection.execute(statement, given)).one_or_none()
    if row is None:
        raise NotFound("This version does not exist, or was deleted.")
    acceptance = Acceptance(row.name, row.at, row.signature) if row.name else None
    return VersionFacts(row.id, row.state, row.decided_at, acceptance, row.chosen)


async def paper_size(connection: AsyncConnection) -> str:
    """The size of paper that the shop uses."""
    return await connection.scalar(select(Company.paper_size)) or "A4"


async def language_of(connection: AsyncConnection, client_id: int) -> str:
    """The language of a client, else that of the shop as far as there is one. Raises NotFound."""
    statement = (
        select(Client.language, Company.locale)
        .join(Company, true())
        .where(Client.id == client_id, Client.deleted_at.is_(None))
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This client does not exist, or was deleted.")
    of_shop = row[1].partition("_")[0]
    return row[0] or (of_shop if of_shop in LOCALES else "en")


async def entries_of(connection: AsyncConnection, client_id: int) -> list[Entry]:
    """The account of a client: by currency, then day, invoices before what was paid that day."""
    rows = await connection.execute(_ENTRIES, {"client_id": client_id})
    return [Entry(**row) for row in rows.mappings()]
