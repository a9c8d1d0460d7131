"""The addresses of papers: pages to print, the same as PDFs, labels of cases."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.params import FromPath

from app.domain.inventory.label_formats import DEFAULT_FORMAT, FORMATS
from app.domain.inventory.labels import Label, layout
from app.domain.papers import papers, queries
from app.domain.papers.printing import as_page, as_pdf
from app.lib.errors import NotFound
from app.lib.fields import identifier
from app.web.parameters import Connection, PathId
from app.web.permissions import RENTAL_READ
from app.web.render import page

PageRequest = Request[Any, Any, Any]


@get("/events/{event_id:int}/papers/{paper:str}", capability=RENTAL_READ, include_in_schema=False)
async def paper_of_event(
    request: PageRequest, reading: Connection, event_id: PathId, paper: FromPath[str]
) -> Response[Any]:
    """A paper of an event: `pick-list` is a page to print, `pick-list.pdf` the same as a PDF."""
    name = paper.removesuffix(".pdf")
    if name not in papers.EVENT_PAPERS:
        raise NotFound("There is no such paper.")
    made = await papers.EVENT_PAPERS[name][1](reading, event_id, dict(request.query_params))
    return await as_pdf(request, made) if paper.endswith(".pdf") else await as_page(request, made)


@get("/handovers/{handover_id:int}/receipt", capability=RENTAL_READ, include_in_schema=False)
async def receipt_page(request: PageRequest, reading: Connection, handover_id: PathId) -> Response[str]:
    """What changed hands, with the signature, to print."""
    return await as_page(request, await papers.receipt(reading, handover_id))


@get("/handovers/{handover_id:int}/receipt.pdf", capability=RENTAL_READ, include_in_schema=False)
async def receipt_pdf(request: PageRequest, reading: Connection, handover_id: PathId) -> Response[bytes]:
    """What changed hands, with the signature, as a PDF."""
    return await as_pdf(request, await papers.receipt(reading, handover_id))


@get("/cases/{case_id:int}/label", capability=RENTAL_READ, include_in_schema=False)
async def case_label(request: PageRequest, reading: Connection, case_id: PathId) -> Response[str]:
    """The label of a case, in the formats of all labels."""
    case, company = await queries.case_by_id(reading, case_id), await queries.letterhead(reading)
    weight = f"{case.weight_kg.normalize():f} kg empty" if case.weight_kg else ""
    label = Label(case.code, case.name, company.name, (weight,) if weight else ())
    return await _sheet(request, label, f"/cases/{case_id}")


async def _sheet(request: PageRequest, label: Label, back_url: str) -> Response[str]:
    label_format = FORMATS.get(request.query_params.get("format", ""), DEFAULT_FORMAT)
    skip = min(identifier(request.query_params.get("skip")) or 0, label_format.per_page - 1)
    return page(
        request,
        "inventory/labels.html",
        format=label_format,
        formats=tuple(FORMATS.values()),
        pages=await to_thread.run_sync(layout, [label], label_format, skip),
        count=1,
        skip=skip,
        back_url=back_url,
        kept=[],
    )


HANDLERS = [paper_of_event, receipt_page, receipt_pdf, case_label]
