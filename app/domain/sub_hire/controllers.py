"""The pages of gear hired in: the list, a new one, one record, editing it, what an event has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import SubHire
from app.domain.maintenance.descriptions import zone_of
from app.domain.sub_hire import queries, service
from app.domain.sub_hire.descriptions import EDITED, sub_hire_fields
from app.domain.sub_hire.fields import STEP_WORDS, new_readers, sub_hire_readers
from app.domain.sub_hire.filters import TABS, read_filter
from app.lib.fields import clean, identifier, read_fields
from app.lib.history import about, changes
from app.lib.unit_of_work import UnitOfWork
from app.web.change_entries import entries
from app.web.deletions import keep_alive
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import nothing, page, redirect
from app.web.state import viewer_of

_PREFILLED = ("quantity", "start_at", "end_at", "event_id")


@dataclass(frozen=True, slots=True)
class _Options:
    """What the form of a sub-hire offers to choose from."""

    suppliers: list[tuple[int, str]]
    events: list[tuple[int, str]]

    def fields(self, request: Any) -> Fields:
        """The descriptions of the fields, with names for ids."""
        return sub_hire_fields(request, self.suppliers, self.events)


@get("/sub-hire", capability=RENTAL_READ, include_in_schema=False)
async def sub_hire_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Everything hired in, by what is to be done next."""
    chosen = read_filter(request.query_params)
    found, goes_on = await queries.find_sub_hires(reading, chosen)
    present = int(chosen.supplier) if chosen.supplier else None
    return page(
        request,
        "sub_hire/list.html",
        partial="sub_hire/_table.html",
        stands_at=chosen.query(page=chosen.page),
        chosen=chosen,
        tabs=TABS,
        found=found,
        goes_on=goes_on,
        counts=await queries.count_tabs(reading, chosen),
        suppliers=await queries.suppliers_to_choose(reading, present),
        step_words=STEP_WORDS,
    )


@get("/sub-hire/new", capability=RENTAL_WRITE, include_in_schema=False)
async def new_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    equipment: FilterId = None,
    q: FromQuery[str] = "",
) -> Response[str]:
    """The form to hire gear in, or first the choice of what; what is known is filled in by the address."""
    if equipment is None:
        found = await queries.equipment_to_choose(reading, q)
        return page(
            request, "sub_hire/choose.html", partial="sub_hire/_choose.html", q=clean(q)[:200], found=found
        )
    typed = {name: clean(request.query_params.get(name, ""))[:16] for name in _PREFILLED}
    return (await _new_forms(request, reading, equipment))(typed, {})


@post("/sub-hire/new", capability=RENTAL_WRITE, include_in_schema=False)
async def create(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Hire gear in: note a draft, or that it is ordered."""
    typed = await form_text(request)
    fields = read_fields(typed, new_readers(zone_of(request)))
    equipment_id = fields.values.get("equipment_id")
    if not equipment_id:
        return redirect(request, "/sub-hire/new")
    form = await _new_forms(request, await work.session.connection(), equipment_id)
    with rejecting(lambda errors: form(typed, errors)):
        made = await service.create_sub_hire(work, fields.checked("supplier_id", "quantity"))
    return _added(request, work, made)


@get("/sub-hire/{sub_hire_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def record_page(
    request: Request[Any, Any, Any], reading: Connection, sub_hire_id: PathId
) -> Response[str]:
    """One sub-hire with its facts and its history."""
    facts = await queries.sub_hire_by_id(reading, sub_hire_id)
    rows, _older = await changes(reading, about("sub_hire", sub_hire_id))
    described = {"sub_hire": (await _options(reading, facts)).fields(request)}
    return page(
        request,
        "sub_hire/show.html",
        partial="sub_hire/_record.html",
        facts=facts,
        entries=entries(rows, viewer_of(request), described, page_of=("sub_hire", sub_hire_id)),
        step_words=STEP_WORDS,
    )


@get("/sub-hire/{sub_hire_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, sub_hire_id: PathId
) -> Response[str]:
    """The form of a sub-hire."""
    facts = await queries.sub_hire_by_id(reading, sub_hire_id)
    form = EditForm(typed_values(facts, sub_hire_fields(request), EDITED), facts.version)
    return _edit_form(request, facts, await _options(reading, facts), form)


@post("/sub-hire/{sub_hire_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, sub_hire_id: PathId) -> Response[str]:
    """Save a sub-hire, merged with what others saved meanwhile; say what is short where it brings less."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (SubHire, sub_hire_id), answer, sub_hire_fields(request))
    reading = await work.session.connection()
    facts = await queries.sub_hire_by_id(reading, sub_hire_id)
    options = await _options(reading, facts)
    words = options.fields(request)
    with saving(request, answer, words, lambda form: _edit_form(request, facts, options, form)):
        values = read_fields(answer.typed, sub_hire_readers(zone_of(request))).checked()
        done = await service.edit_sub_hire(work, sub_hire_id, values, version=answer.version)
    toast = _noting_short(saved_toast(request, done.edit, words), done.missing)
    return redirect(request, f"/sub-hire/{sub_hire_id}", toast=toast)


@get("/events/{event_id:int}/sub-hires", capability=RENTAL_READ, include_in_schema=False)
async def event_sub_hires(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId
) -> Response[str]:
    """What was hired in for an event."""
    return page(
        request,
        "sub_hire/of_event.html",
        partial="sub_hire/_of_event.html",
        event_id=event_id,
        found=await queries.sub_hires_for_event(reading, event_id),
    )


def _added(request: Any, work: UnitOfWork, made: SubHire) -> Response[str]:
    """Back to the page the dialog was over, or, without scripts, to the new record."""
    title = "Ordered" if made.status == "ordered" else "Noted as a draft"
    toast = Toast(title, made.label, undo_url=f"/operations/{work.operation}/undo")
    if wants_partial(request):
        return nothing(toast=toast)
    return redirect(request, f"/sub-hire/{made.id}", toast=toast)


def _noting_short(toast: Toast, missing: str) -> Toast:
    return replace(toast, text=f"{toast.text} {missing}".strip(), tone="amber") if missing else toast


async def _new_forms(
    request: Any, reading: AsyncConnection, equipment_id: int
) -> Callable[[Mapping[str, str], Mapping[str, str]], Response[str]]:
    """Shows the form of a new one, given what was typed and what is wrong with it."""
    equipment = await queries.equipment_by_id(reading, equipment_id)
    suppliers = await queries.suppliers_to_choose(reading)
    present = identifier(request.query_params.get("event_id"))
    events = await queries.events_to_choose(reading, present)

    def form(typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[str]:
        return page(
            request,
            "sub_hire/new.html",
            partial="sub_hire/_new.html",
            status=422 if errors else 200,
            equipment=equipment,
            suppliers=suppliers,
            events=events,
            typed=typed,
            errors=errors,
        )

    return form


async def _options(reading: AsyncConnection, facts: queries.SubHireFacts) -> _Options:
    return _Options(
        await queries.suppliers_to_choose(reading, facts.supplier_id),
        await queries.events_to_choose(reading, facts.event_id),
    )


def _edit_form(request: Any, facts: queries.SubHireFacts, options: _Options, form: EditForm) -> Response[str]:
    return page(
        request,
        "sub_hire/edit.html",
        status=form.status,
        **form.context,
        typed=form.typed,
        facts=facts,
        suppliers=options.suppliers,
        events=options.events,
    )


HANDLERS = [sub_hire_page, new_page, create, record_page, edit_page, edit, event_sub_hires]
