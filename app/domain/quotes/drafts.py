"""A version as a document: a draft is computed from the event as it is now, what was sent is read as kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.db.models import QuoteGroup, QuoteLine, QuoteVersion
from app.domain.documents.content import Document, Line, Recipient, Sender, from_json
from app.domain.documents.parties import occasion_of, recipient_of, sender_of
from app.domain.documents.summing import summed
from app.domain.pricing.queries import Tax, price_book, priced, tax_rates
from app.domain.pricing.rounding import ZERO
from app.domain.pricing.words import places_of
from app.domain.quotes.composing import DraftLine, Ingredients, composed
from app.domain.quotes.draft_queries import (
    Reading,
    VersionFacts,
    discount_of,
    groups_of,
    key_of,
    lines_of,
    rentals_of,
    version_facts,
)
from app.lib.clock import now
from app.lib.errors import Conflict


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with its document, and what each of its lines follows."""

    facts: VersionFacts
    document: Document
    lines: tuple[DraftLine, ...]
    groups: Mapping[str, QuoteGroup]
    given: Ingredients

    @property
    def version(self) -> QuoteVersion:
        """The version, detached."""
        return self.facts.version

    @property
    def taxes(self) -> Sequence[Tax]:
        """The rates of tax there are."""
        return self.given.taxes

    @property
    def list_name(self) -> str:
        """The price list it follows; empty where there is none."""
        return self.given.book.name


async def document_of(connection: Reading, version_id: int) -> Document:
    """A version as a document, in a fixed number of statements. Raises NotFound."""
    facts = await version_facts(connection, version_id, content=True)
    if facts.version.content is not None:
        return from_json(facts.version.content)
    return (await _computed(connection, facts)).document


async def draft_of(connection: Reading, version_id: int) -> Draft:
    """A draft with all that was said about it, in a fixed number of statements. Raises NotFound, Conflict."""
    facts = await version_facts(connection, version_id)
    if facts.version.state != "draft":
        raise Conflict("This version was sent and stays as it is. Make a new one to change something.")
    return await _computed(connection, facts)


def draft_with(draft: Draft, rows: Sequence[QuoteLine]) -> Draft:
    """The draft as it would be with these rows instead of those for the same lines."""
    instead = {key_of(row) for row in rows}
    kept = [row for row in draft.given.rows if key_of(row) not in instead]
    given = replace(draft.given, rows=[*kept, *rows])
    return _summed(replace(draft, given=given, lines=tuple(composed(given))), draft.document)


async def _computed(connection: Reading, facts: VersionFacts) -> Draft:
    version = facts.version
    rentals = await rentals_of(connection, version.event_id)
    sender = await sender_of(connection)
    given = Ingredients(
        rentals=rentals,
        rows=await lines_of(connection, version.id),
        book=await price_book(connection, version.price_list_id),
        priced=await priced(
            connection,
            {one.equipment_id for one in rentals},
            {one.kit_id for one in rentals if one.kit_id is not None},
        ),
        taxes=await tax_rates(connection),
        period=facts.period,
        zone=ZoneInfo(sender.time_zone),
        currency=version.currency,
    )
    blank = await _blank(connection, facts, sender)
    groups = await groups_of(connection, version.id)
    return _summed(Draft(facts, blank, tuple(composed(given)), groups, given), blank)


async def _recipient(connection: Reading, facts: VersionFacts) -> Recipient:
    if facts.client_id is None:
        return Recipient()
    return await recipient_of(connection, facts.client_id, facts.contact_id)


async def _blank(connection: Reading, facts: VersionFacts, sender: Sender) -> Document:
    """The document of a version without its lines."""
    version = facts.version
    return Document(
        kind="quote",
        number=facts.quote_number,
        title=version.title,
        language=version.language,
        currency=version.currency,
        places=places_of(version.currency),
        dated=now().astimezone(ZoneInfo(sender.time_zone)).date(),
        sender=sender,
        recipient=await _recipient(connection, facts),
        groups=[],
        options=[],
        taxes=[],
        subtotal=ZERO,
        discount=ZERO,
        net=ZERO,
        tax=ZERO,
        gross=ZERO,
        version=version.number,
        occasion=await occasion_of(connection, version.event_id),
        intro=version.intro,
        terms=version.terms,
        prices_include_tax=version.prices_include_tax,
        tax_rounding=version.tax_rounding,
        reverse_charge=version.reverse_charge,
        discount_percent=version.discount_percent,
        discount_amount=version.discount_amount,
        deposit_percent=version.deposit_percent,
        charge_start=facts.period[0],
        charge_end=facts.period[1],
        valid_until=version.valid_until,
        show_images=version.show_images,
    )


def _summed(draft: Draft, blank: Document) -> Draft:
    lines = [one.line for one in draft.lines]
    granted = {heading: discount_of(group) for heading, group in draft.groups.items()}
    document = summed(blank, lines, granted, _least(draft.lines))
    priced_lines = all_lines(document)
    return replace(
        draft,
        document=document,
        lines=tuple(replace(one, line=priced_lines[one.key]) for one in draft.lines),
    )


def all_lines(document: Document) -> dict[str, Line]:
    """Every line of a document by its key, options as well, in order."""
    lines = [line for group in document.groups for line in group.lines] + document.options
    return {line.key: line for line in lines}


def _least(lines: tuple[DraftLine, ...]) -> dict[str, Decimal]:
    least: dict[str, Decimal] = {}
    for one in lines:
        if one.rating is not None and one.rating.minimum_charge is not None:
            least[one.key] = one.rating.minimum_charge
    return least
