"""The forms of price lists, factor tables and rates of tax: adding, editing, deleting, each the same way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.db.base import Editable
from app.db.models import FactorTable, PriceList, TaxRate
from app.domain.company.policy import currency_options
from app.domain.pricing import service
from app.domain.pricing.charging import Factors
from app.domain.pricing.descriptions import FACTOR_FIELDS, LIST_FIELDS, TAX_FIELDS
from app.domain.pricing.fields import FACTOR_READERS, LIST_READERS, TAX_READERS
from app.domain.pricing.page_queries import previewed, record_by_id
from app.domain.pricing.queries import factors_of
from app.domain.pricing.words import number_words
from app.lib.fields import Reader, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.deletions import keep_alive, refuse_deleted
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PRICE_WRITE
from app.web.render import page, partial, redirect
from app.web.state import CompanyFacts, runtime, viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]
OVERVIEW = "/price-lists"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its commands, how its fields are read and shown, and where its forms are."""

    model: type[Editable]
    create: Callable[[UnitOfWork, Mapping[str, Any]], Awaitable[Editable]]
    edit: Callable[..., Awaitable[Any]]
    delete: Callable[..., Awaitable[Editable]]
    readers: Mapping[str, Reader]
    fields: Fields
    path: str
    noun: str
    template: str
    blank: Mapping[str, str] = field(default_factory=dict[str, str])
    has_page: bool = False

    def home(self, record_id: int) -> str:
        """Where a record is looked at."""
        return f"{self.path}/{record_id}" if self.has_page else OVERVIEW


LISTS = Kind(
    PriceList,
    service.create_list,
    service.edit_list,
    service.delete_list,
    {name: reader for name, reader in LIST_READERS.items() if name != "archived"},
    LIST_FIELDS,
    "/price-lists",
    "price list",
    "pricing/_list_fields.html",
    has_page=True,
)
TABLES = Kind(
    FactorTable,
    service.create_table,
    service.edit_table,
    service.delete_table,
    FACTOR_READERS,
    FACTOR_FIELDS,
    "/factor-tables",
    "factor table",
    "pricing/_factor_fields.html",
    {"steps": "1 = 1", "further": "1"},
)
TAXES = Kind(
    TaxRate,
    service.create_tax,
    service.edit_tax,
    service.delete_tax,
    TAX_READERS,
    TAX_FIELDS,
    "/tax-rates",
    "tax rate",
    "pricing/_tax_fields.html",
)


@get("/factor-tables/preview", capability=PRICE_WRITE, include_in_schema=False)
async def preview(
    request: PageRequest, steps: FromQuery[str] = "", further: FromQuery[str] = ""
) -> Response[str]:
    """What the factors typed come to for one to fourteen days, or what is wrong with them."""
    return partial(
        request, "pricing/_preview.html", **preview_of({"steps": steps[:4000], "further": further})
    )


def preview_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """The first two weeks of factors that are being typed."""
    read = read_fields({name: typed.get(name, "") for name in ("steps", "further")}, FACTOR_READERS)
    factors: Factors | None = None
    if not read.errors:
        factors = factors_of("", read.values["steps"], read.values["further"])
    return {
        "preview": previewed(factors) if factors else [],
        "preview_error": " ".join(read.errors.values()),
        "plain": number_words,
    }


def _empty(request: PageRequest, kind: Kind) -> dict[str, str]:
    currency = (runtime(request).company or CompanyFacts()).currency
    return dict.fromkeys(kind.readers, "") | {"currency": currency} | dict(kind.blank)


def _form(request: PageRequest, kind: Kind, form: EditForm, record: Any = None) -> Response[str]:
    typed = _empty(request, kind) | form.typed
    home = kind.home(record.id) if record is not None else OVERVIEW
    return page(
        request,
        "pricing/record.html",
        status=form.status,
        **form.context,
        kind=kind,
        record=record,
        home=home,
        typed=typed,
        currencies=currency_options(),
        **(preview_of(typed) if kind is TABLES else {}),
    )


def pages_of(kind: Kind) -> list[Any]:
    """The handlers of a kind."""

    @get(f"{kind.path}/new", capability=PRICE_WRITE, include_in_schema=False)
    async def new(request: PageRequest) -> Response[str]:
        return _form(request, kind, EditForm(_empty(request, kind), 0))

    @post(f"{kind.path}/new", capability=PRICE_WRITE, include_in_schema=False)
    async def add(request: PageRequest, work: Work) -> Response[str]:
        typed = await form_text(request)
        with rejecting(lambda errors: _form(request, kind, EditForm(typed, 0, errors))):
            made = await kind.create(work, read_fields(typed, kind.readers).checked("name"))
        undo_url = operation_undo_url(viewer_of(request), work.operation, f"{kind.model.entity}.created")
        return redirect(request, kind.home(made.id), toast=Toast("Added", made.label, undo_url=undo_url))

    @get(f"{kind.path}/{{record_id:int}}/edit", capability=PRICE_WRITE, include_in_schema=False)
    async def edit_page(request: PageRequest, reading: Connection, record_id: PathId) -> Response[str]:
        await refuse_deleted(request, reading, (kind.model, record_id))
        record = await record_by_id(reading, kind.model, tuple(kind.readers), record_id)
        form = EditForm(typed_values(record, kind.fields, kind.readers), record.version)
        return _form(request, kind, form, record)

    @post(f"{kind.path}/{{record_id:int}}/edit", capability=PRICE_WRITE, include_in_schema=False)
    async def edit(request: PageRequest, work: Work, record_id: PathId) -> Response[str]:
        answer = merge_answer(await form_text(request))
        await keep_alive(request, work, (kind.model, record_id), answer, kind.fields)
        record = await record_by_id(work.session, kind.model, tuple(kind.readers), record_id)
        with saving(request, answer, kind.fields, lambda form: _form(request, kind, form, record)):
            values = read_fields(answer.typed, kind.readers).checked()
            done = await kind.edit(work, record_id, values, version=answer.version)
        return redirect(request, kind.home(record_id), toast=saved_toast(request, done, kind.fields))

    @post(f"{kind.path}/{{record_id:int}}/deletion", capability=PRICE_WRITE, include_in_schema=False)
    async def delete(request: PageRequest, work: Work, record_id: PathId) -> Response[str]:
        version = read_version((await form_text(request)).get("version", ""))
        record = await kind.delete(work, record_id, version=version)
        undo_url = operation_undo_url(viewer_of(request), work.operation, f"{kind.model.entity}.deleted")
        return redirect(request, OVERVIEW, toast=Toast("Deleted", record.label, undo_url=undo_url))

    return [new, add, edit_page, edit, delete]


HANDLERS = [preview, *pages_of(LISTS), *pages_of(TABLES), *pages_of(TAXES)]
