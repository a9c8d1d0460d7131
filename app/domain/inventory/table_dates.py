"""The dates the inventory is asked about: the control that chooses them, and what is free of each row."""

from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.dates import AskedDates, asked, read_dates, short_range, usual_dates
from app.domain.availability.whole_stock import free_of
from app.domain.inventory.listing import Listing, listing_of_address, read_listing
from app.domain.maintenance.descriptions import locale_of, zone_of
from app.lib.clock import now


def listing_of(request: Request[Any, Any, Any]) -> Listing:
    """What the address of a request asks for, with dates as its person types them."""
    return read_listing(request.query_params, zone_of(request))


def listing_shown(request: Request[Any, Any, Any]) -> Listing:
    """What the page shows from which htmx sent a request."""
    return listing_of_address(request.headers.get("hx-current-url", ""), zone_of(request))


def asked_dates(request: Request[Any, Any, Any], listing: Listing) -> AskedDates:
    """The dates of a listing, or what was typed in their place."""
    if listing.dates:
        return asked(listing.dates)
    return read_dates(request.query_params, zone_of(request))


async def free_context(
    request: Request[Any, Any, Any], reading: AsyncConnection, listing: Listing, ids: list[int]
) -> dict[str, Any]:
    """What is free of these rows for the dates of the listing: one statement, and none without dates."""
    if listing.dates is None:
        return {"dates": None, "frees": {}}
    period, zone = listing.dates.period, zone_of(request)
    return {
        "dates": listing.dates,
        "frees": await free_of(reading, ids, period),
        "free_days": short_range(period, zone, locale_of(request)),
    }


def dates_context(request: Request[Any, Any, Any], listing: Listing) -> dict[str, Any]:
    """What the control for the dates of the table is given."""
    zone = zone_of(request)
    usual = usual_dates(now().astimezone(zone).date(), zone)
    return {
        "asked": asked_dates(request, listing),
        "dates_action": "/inventory",
        "dates_kept": [(name, value) for name, value in listing.pairs if name not in {"from", "to"}],
        "dates_choices": [
            (choice.label, listing.dated(choice.dates).url, choice.dates == listing.dates) for choice in usual
        ],
        "dates_clear": listing.undated.url,
    }
