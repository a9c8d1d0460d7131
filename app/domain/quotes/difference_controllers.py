"""Two versions of a quote beside each other."""

from typing import Any

from litestar import Request, Response, get

from app.domain.quotes.differences import pairs, terms
from app.domain.quotes.drafts import document_of
from app.domain.quotes.fields import BASIS_CHOICES
from app.domain.quotes.pages import version_shown
from app.domain.quotes.queries import QuoteFacts, VersionRow, quote_by_id
from app.domain.quotes.words import amounts_in, rates_in
from app.web.parameters import Connection, PathId
from app.web.permissions import MONEY_READ
from app.web.render import page


@get("/quotes/{quote_id:int}/difference", capability=MONEY_READ, include_in_schema=False)
async def difference_page(
    request: Request[Any, Any, Any], reading: Connection, quote_id: PathId
) -> Response[str]:
    """What is other between `from` and `to`: unless said, the last version and what it was made of."""
    quote = await quote_by_id(reading, quote_id)
    later = version_shown(quote, request.query_params.get("to") or str(quote.versions[-1].number))
    earlier = version_shown(quote, request.query_params.get("from") or str(_before(quote, later).number))
    before, after = await document_of(reading, earlier.id), await document_of(reading, later.id)
    return page(
        request,
        "quotes/difference.html",
        partial="quotes/_difference.html",
        quote=quote,
        shown=later,
        earlier=earlier,
        later=later,
        before=before,
        after=after,
        pairs=pairs(before, after),
        terms=terms(before, after),
        amount=amounts_in(after.currency),
        rate=rates_in(after.currency),
        basis_words=BASIS_CHOICES,
        every=request.query_params.get("every") == "1",
    )


def _before(quote: QuoteFacts, later: VersionRow) -> VersionRow:
    """What a version was made of, else the one before it, else itself."""
    by_id = {one.id: one for one in quote.versions}
    if later.based_on_id in by_id:
        return by_id[later.based_on_id]
    return next((one for one in reversed(quote.versions) if one.number < later.number), later)


HANDLERS = [difference_page]
