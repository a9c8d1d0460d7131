"""The item page put together: which parts it has, and what each of them is given."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.inventory import history, item_queries
from app.domain.inventory.descriptions import equipment_fields
from app.domain.inventory.fields import (
    CONDITION_WORDS,
    KIND_WORDS,
    STATUS_WORDS,
    TRACKING_WORDS,
    UNIT_STATE_WORDS,
)
from app.domain.inventory.item_dates import ahead_context
from app.domain.inventory.item_forms import errors_at_fields
from app.domain.maintenance.fields import STATE_WORDS as JOB_STATE_WORDS
from app.domain.pricing.queries import tax_rates
from app.lib.errors import EditConflict
from app.web.company import load_company
from app.web.edit_forms import EditForm
from app.web.htmx import Toast
from app.web.merging import join_words
from app.web.permissions import MONEY_READ
from app.web.render import page
from app.web.state import runtime, viewer_of

PARTS = {
    "": "inventory/_item.html",
    "head": "inventory/_head.html",
    "panel": "inventory/_panel.html",
    "facts": "inventory/_facts.html",
    "strip": "inventory/_item_strip.html",
}
TABS = ("overview", "units", "maintenance", "accessories", "history")
FEW = 6


async def item_page(
    request: Request[Any, Any, Any],
    reading: AsyncConnection | AsyncSession,
    equipment_id: int,
    tab: str,
    *,
    status: int = 200,
    refused: str = "",
    photo_error: str = "",
    selected_unit: int = 0,
    further: Mapping[str, Any] | None = None,
) -> Response[str]:
    """The item page on one of its tabs, or the part of it that `part` in the query names.

    `further` is what a tab of another area shows.
    """
    row = await item_queries.item(reading, equipment_id)
    context: dict[str, Any] = {
        "tab": tab,
        "item": row,
        "refused": refused,
        "photo_error": photo_error,
        "selected_unit": selected_unit,
    }
    context |= await _tab_context(request, reading, row, tab) if further is None else further
    context |= {
        "change_count": await item_queries.change_count(reading, equipment_id),
        "status_words": STATUS_WORDS,
        "kind_words": KIND_WORDS,
        "tracking_words": TRACKING_WORDS,
        "condition_words": CONDITION_WORDS,
        "unit_state_words": UNIT_STATE_WORDS,
        "job_state_words": JOB_STATE_WORDS,
        "url": f"/inventory/{equipment_id}" + ("" if tab == "overview" else f"/{tab}"),
    }
    part = PARTS.get(request.query_params.get("part", ""), PARTS[""])
    if status == HTTP_200_OK and "asked" in context and context["asked"].errors:
        status = HTTP_422_UNPROCESSABLE_ENTITY
    return page(request, "inventory/show.html", partial=part, status=status, **context)


async def _tab_context(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession, row: Any, tab: str
) -> dict[str, Any]:
    if tab == "history":
        return await history.item_history(request, reading, row.id)
    serialized, context = row.tracking == "serialized", dict[str, Any]()
    if tab == "units" or (tab == "overview" and serialized):
        context["units"] = await item_queries.units_of(
            reading, row.id, FEW if tab == "overview" else item_queries.MOST_UNITS
        )
        context["unit_tests"] = await item_queries.tests_of_units(reading, row.id)
    if tab == "overview":
        context |= await ahead_context(request, reading, row)
    if tab in {"overview", "maintenance"}:
        context["jobs"] = await item_queries.jobs_of(
            reading, row.id, FEW if tab == "overview" else item_queries.MOST_JOBS
        )
    return context


async def form_choices(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession
) -> dict[str, Any]:
    """What the form of equipment offers, and how its fields are described."""
    company = await load_company(runtime(request))
    names = await item_queries.category_names(reading)
    return {
        "categories": await item_queries.category_choices(reading),
        "locations": await item_queries.locations(reading),
        "fields": equipment_fields(company.currency, names, await _taxes(request, reading)),
        "status_words": STATUS_WORDS,
        "kind_words": KIND_WORDS,
    }


async def _taxes(request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession) -> dict[int, str]:
    """The rates of tax equipment may have, for whoever reads prices."""
    if not viewer_of(request).can(MONEY_READ):
        return {}
    return {rate.id: rate.name for rate in await tax_rates(reading)}


def form_page(
    request: Request[Any, Any, Any],
    choices: dict[str, Any],
    form: EditForm,
    *,
    item: Any = None,
    taken: Any = None,
) -> Response[str]:
    """The form of new equipment, or of `item`, with everything typed kept; `taken` has the sku already."""
    # category and subcategory share one control
    summary = [(name.replace("subcategory_id", "category_id"), text) for name, text in form.errors.items()]
    shown = replace(form, errors=errors_at_fields(form.errors, taken))
    return page(
        request,
        "inventory/new.html" if item is None else "inventory/edit.html",
        status=form.status,
        **choices,
        **shown.context,
        item=item,
        typed=form.typed,
        summary=summary,
    )


def deletion_refused(request: Request[Any, Any, Any], error: EditConflict) -> str:
    """Why something was not deleted: who changed which fields meanwhile."""
    viewer = viewer_of(request)
    names = sorted({change.actor_name for change in error.theirs if change.actor_id != viewer.id}) or ["You"]
    labels = list(dict.fromkeys(change.field.replace("_", " ") for change in error.theirs))
    return f"{join_words(names)} changed {join_words(labels)} since you opened this page."


def deleted_toast(name: str, operation: object) -> Toast:
    """The receipt of a deletion, with its undo."""
    return Toast(f"{name} was deleted", "It can be brought back.", undo_url=f"/operations/{operation}/undo")
