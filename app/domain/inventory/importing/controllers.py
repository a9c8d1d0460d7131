"""The pages of imports: file, columns, check, import."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from app.domain.inventory.importing import pages, queries, service
from app.domain.inventory.importing.columns import describe_columns
from app.domain.inventory.importing.fields import FIELDS
from app.domain.inventory.importing.files import ReadingOptions
from app.domain.inventory.importing.loading import Draft, load_check, load_draft, load_known, load_view
from app.domain.inventory.importing.mapping import ColumnMapping, mapping_problems
from app.domain.inventory.importing.pages import ImportView
from app.domain.inventory.importing.records import FINISHED, hold
from app.domain.inventory.importing.report import left_out_rows
from app.lib.content_disposition import attachment
from app.lib.errors import Forbidden, InvalidInput, NotFound
from app.lib.sheets import csv_bytes
from app.web.forms import count_upload, form_file, form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_WRITE
from app.web.render import page, redirect
from app.web.state import runtime, viewer_of

AnyRequest = Request[Any, Any, Any]

_EXAMPLE = {
    "name": "Robe MegaPointe", "sku": "RB-MEGAPT", "category": "Lighting", "subcategory": "Moving lights",
    "kind": "equipment", "tracking": "serialized", "status": "good", "location": "A-02-5",
    "daily_rate": "95.00", "replacement_value": "8900.00", "weight_kg": "22", "power_w": "670",
    "tags": "Robe; moving light", "asset_tags": "MP-001…024",
}  # fmt: skip


@get("/imports", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def imports_page(request: AnyRequest, reading: Connection) -> Response[str]:
    """The imports there were."""
    imports = [ImportView.of(row) for row in await queries.past_imports(reading)]
    return page(request, "imports/list.html", partial="imports/_list.html", imports=imports)


@get("/imports/template.csv", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def template_file() -> Response[bytes]:
    """An empty stock list with every column we know, and one row to show how."""
    header = [field.label for field in FIELDS.values()]
    return _download("stock-list.csv", csv_bytes(header, [[_EXAMPLE.get(name, "") for name in FIELDS]]))


@get("/imports/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_import_page(request: AnyRequest) -> Response[str]:
    """Choose a file."""
    return page(request, "imports/new.html", errors={})


@post("/imports/new", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200)
async def take_file(request: AnyRequest, work: Work) -> Response[str]:
    """Take a file in, and go on to its columns."""
    await count_upload(request)
    with rejecting(lambda errors: page(request, "imports/new.html", status=422, errors=errors)):
        upload = await form_file(request, "file")
        if upload is None:
            raise InvalidInput({"file": "Choose a CSV or Excel file."})
        record = await service.take_in(work, runtime(request).files, upload.filename, await upload.read())
    return redirect(request, f"/imports/{record.id}/columns")


@get("/imports/{import_id:int}/columns", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def columns_page(request: AnyRequest, reading: Connection, import_id: PathId) -> Response[str]:
    """Say which column becomes which field. With choices in the query their notes are shown anew."""
    draft = await load_draft(reading, runtime(request).files, import_id)
    if draft.view.state != "mapping":
        return redirect(request, f"/imports/{import_id}")
    chosen = dict(request.query_params)
    mapping = _mapping(draft, chosen) if "column-0" in chosen else draft.mapping
    return _columns(request, await _columns_context(reading, draft, mapping))


@post(
    "/imports/{import_id:int}/columns", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200
)
async def keep_columns(request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
    """Keep the mapping and go on to the check."""
    draft, form = await _own_draft(request, work, import_id), await form_text(request)
    mapping = _mapping(draft, form)
    context = await _columns_context(work.session, draft, mapping)
    with rejecting(lambda errors: _columns(request, context, errors)):
        await service.map_columns(work, import_id, draft.table, mapping, keep=form.get("remember") == "1")
    return redirect(request, f"/imports/{import_id}/check")


@post("/imports/{import_id:int}/guess", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200)
async def map_afresh(request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
    """Forget the remembered mapping and guess from the file alone."""
    draft = await _own_draft(request, work, import_id)
    await service.map_afresh(work, import_id, draft.table)
    return redirect(request, f"/imports/{import_id}/columns")


@post(
    "/imports/{import_id:int}/reading", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200
)
async def read_otherwise(request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
    """Read the file with another encoding, delimiter, header or sheet."""
    files, options = runtime(request).files, ReadingOptions.of(await form_text(request))
    draft = await _own_draft(request, work, import_id)
    context = await _columns_context(work.session, draft, draft.mapping)
    with rejecting(lambda errors: _columns(request, context, errors)):
        await service.read_otherwise(work, files, import_id, options)
    return redirect(request, f"/imports/{import_id}/columns")


@get("/imports/{import_id:int}/check", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def check_page(
    request: AnyRequest,
    reading: Connection,
    import_id: PathId,
    show: FromQuery[str] = "all",
    start: FromQuery[int] = 0,
) -> Response[str]:
    """What the import would do with every row."""
    draft = await load_draft(reading, runtime(request).files, import_id)
    if draft.view.state != "mapping" or mapping_problems(draft.table, draft.mapping):
        return redirect(request, f"/imports/{import_id}/columns")
    result = await load_check(reading, draft)
    rows = pages.check_page(draft.table, draft.mapping, result, show, start)
    context: dict[str, Any] = {"draft": draft, "view": draft.view, "rows": rows, "result": result}
    return page(request, "imports/check.html", partial="imports/_rows.html", **context)


@post("/imports/{import_id:int}/run", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200)
async def start_import(request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
    """Start the import, as a job."""
    draft, form = await _own_draft(request, work, import_id), await form_text(request)
    if draft.view.state == "mapping" and mapping_problems(draft.table, draft.mapping):
        return redirect(request, f"/imports/{import_id}/columns")
    await service.start(work, import_id, all_or_nothing=form.get("bad") == "nothing")
    return redirect(request, f"/imports/{import_id}")


@get("/imports/{import_id:int}", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def import_page(request: AnyRequest, reading: Connection, import_id: PathId) -> Response[str]:
    """How far the import is, and in the end what became of it."""
    view = await load_view(reading, import_id)
    if view.state == "mapping":
        return redirect(request, f"/imports/{import_id}/columns")
    may_stop = _may_stop(request, view.person.id, view.state)
    return page(request, "imports/show.html", partial="imports/_job.html", view=view, may_stop=may_stop)


@post("/imports/{import_id:int}/stop", capability=EQUIPMENT_WRITE, include_in_schema=False, status_code=200)
async def stop_import(request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
    """Stop the import and take back what it changed."""
    record = await hold(work, import_id)
    if not _may_stop(request, record.user_id, record.state):
        raise Forbidden("Your role does not allow to take this import back. Ask a manager.")
    await service.stop(work, import_id)
    toast = Toast("Taking the import back", "What others changed since stays as it is.", "amber")
    return redirect(request, f"/imports/{import_id}", toast=toast)


@get("/imports/{import_id:int}/left-out.csv", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def left_out_file(request: AnyRequest, reading: Connection, import_id: PathId) -> Response[bytes]:
    """The rows that cannot be used, each with the reason. Raises NotFound when there are none."""
    view, files = await load_view(reading, import_id), runtime(request).files
    if view.state == "mapping":
        draft = await load_draft(reading, files, import_id)
        data = csv_bytes(*left_out_rows(draft.table, await load_check(reading, draft)))
    elif view.report.get("left_out"):
        data = await files.read_async(view.report["left_out"])
    else:
        raise NotFound("No row was left out.")
    return _download(f"rows-left-out-{view.id}.csv", data)


async def _own_draft(request: AnyRequest, work: Work, import_id: int) -> Draft:
    """An import whoever asks may decide about: the own ones, for admins all. Raises NotFound, Forbidden."""
    draft, viewer = await load_draft(work.session, runtime(request).files, import_id), viewer_of(request)
    if draft.view.person.id != viewer.id and viewer.role != "admin":
        raise Forbidden(f"This import is {draft.view.person.name}\N{RIGHT SINGLE QUOTATION MARK}s to decide.")
    return draft


def _may_stop(request: AnyRequest, owner_id: int, state: str) -> bool:
    """One's own until it is finished; from then on, taking it back is deleting."""
    viewer = viewer_of(request)
    return viewer.can(EQUIPMENT_DELETE) or (viewer.id == owner_id and state not in FINISHED)


def _columns(
    request: AnyRequest, context: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response[str]:
    found = dict(errors or {})
    return page(
        request,
        "imports/columns.html",
        partial=None if found else "imports/_columns.html",
        status=422 if found else 200,
        errors=found,
        **context,
    )


async def _columns_context(reading: queries.Reading, draft: Draft, mapping: ColumnMapping) -> dict[str, Any]:
    known = await load_known(reading, draft, mapping)
    return {
        "draft": draft,
        "view": draft.view,
        "options": draft.options,
        "decimal": mapping.decimal or "",
        "columns": describe_columns(draft.table, mapping, known),
        "targets": pages.TARGETS,
        "encodings": pages.ENCODING_OPTIONS,
        "delimiters": pages.DELIMITER_OPTIONS,
        "headers": pages.HEADER_OPTIONS,
        "decimals": pages.DECIMAL_OPTIONS,
    }


def _mapping(draft: Draft, typed: Mapping[str, str]) -> ColumnMapping:
    """The mapping a person chose; a name that is no field leaves its column out."""
    names = [typed.get(f"column-{column}") for column in range(len(draft.table.header))]
    return ColumnMapping.from_json({"targets": names, "decimal": typed.get("decimal")})


def _download(filename: str, data: bytes) -> Response[bytes]:
    headers = {"Content-Disposition": attachment(filename), "Cache-Control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


HANDLERS: list[ControllerRouterHandler] = [
    imports_page,
    template_file,
    new_import_page,
    take_file,
    columns_page,
    keep_columns,
    map_afresh,
    read_otherwise,
    check_page,
    start_import,
    import_page,
    stop_import,
    left_out_file,
]
