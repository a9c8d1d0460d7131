"""The pages of imports: file, columns, check, import. Each kind has its own, under its address."""

from typing import Any, ClassVar

from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery

from app.domain.importing import forms, pages, queries, service
from app.domain.importing.files import ReadingOptions
from app.domain.importing.kinds import AnyKind
from app.domain.importing.loading import load_check, load_draft, load_view
from app.domain.importing.pages import ImportView
from app.domain.importing.records import hold
from app.domain.importing.report import left_out_rows
from app.lib.content_disposition import attachment
from app.lib.errors import Forbidden, InvalidInput, NotFound
from app.lib.sheets import csv_bytes
from app.web.forms import count_upload, form_file, form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.render import page, redirect
from app.web.state import runtime

AnyRequest = Request[Any, Any, Any]


class ImportPages(Controller):
    """The pages for imports of one kind."""

    kind: ClassVar[AnyKind]
    include_in_schema = False

    @get("/")
    async def imports_page(self, request: AnyRequest, reading: Connection) -> Response[str]:
        """The imports there were."""
        imports = [ImportView.of(row) for row in await queries.past_imports(reading, self.kind)]
        context: dict[str, Any] = {"kind": self.kind, "imports": imports}
        return page(request, "imports/list.html", partial="imports/_list.html", **context)

    @get("/template.csv")
    async def template_file(self) -> Response[bytes]:
        """An empty list with every column we know, and one row to show how."""
        fields = self.kind.targets.fields
        header = [field.label for field in fields.values()]
        example = [self.kind.example.get(name, "") for name in fields]
        return _download(self.kind.words.template, csv_bytes(header, [example]))

    @get("/new")
    async def new_import_page(self, request: AnyRequest) -> Response[str]:
        """Choose a file."""
        return page(request, "imports/new.html", kind=self.kind, errors={})

    @post("/new", status_code=200)
    async def take_file(self, request: AnyRequest, work: Work) -> Response[str]:
        """Take a file in, and go on to its columns."""
        kind, files = self.kind, runtime(request).files
        await count_upload(request)
        with rejecting(
            lambda errors: page(request, "imports/new.html", status=422, kind=kind, errors=errors)
        ):
            upload = await form_file(request, "file")
            if upload is None:
                raise InvalidInput({"file": "Choose a CSV or Excel file."})
            record = await service.take_in(work, files, kind, upload.filename, await upload.read())
        return redirect(request, f"{kind.url}/{record.id}/columns")

    @get("/{import_id:int}/columns")
    async def columns_page(
        self, request: AnyRequest, reading: Connection, import_id: PathId
    ) -> Response[str]:
        """Say which column becomes which field. With choices in the query their notes are shown anew."""
        draft = await load_draft(reading, runtime(request).files, self.kind, import_id)
        if draft.view.state != "mapping":
            return redirect(request, f"{self.kind.url}/{import_id}")
        chosen = dict(request.query_params)
        mapping = forms.read_mapping(draft, chosen) if "column-0" in chosen else draft.mapping
        return forms.columns_form(request, await forms.columns_context(reading, draft, mapping))

    @post("/{import_id:int}/columns", status_code=200)
    async def keep_columns(self, request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
        """Keep the mapping and go on to the check."""
        draft, typed = await forms.own_draft(request, work, self.kind, import_id), await form_text(request)
        mapping, keep = forms.read_mapping(draft, typed), typed.get("remember") == "1"
        context = await forms.columns_context(work.session, draft, mapping)
        with rejecting(lambda errors: forms.columns_form(request, context, errors)):
            await service.map_columns(work, self.kind, import_id, draft.table, mapping, keep=keep)
        return redirect(request, f"{self.kind.url}/{import_id}/check")

    @post("/{import_id:int}/guess", status_code=200)
    async def map_afresh(self, request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
        """Forget the remembered mapping and guess from the file alone."""
        draft = await forms.own_draft(request, work, self.kind, import_id)
        await service.map_afresh(work, self.kind, import_id, draft.table)
        return redirect(request, f"{self.kind.url}/{import_id}/columns")

    @post("/{import_id:int}/reading", status_code=200)
    async def read_otherwise(self, request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
        """Read the file with another encoding, delimiter, header or sheet."""
        files, options = runtime(request).files, ReadingOptions.of(await form_text(request))
        draft = await forms.own_draft(request, work, self.kind, import_id)
        context = await forms.columns_context(work.session, draft, draft.mapping)
        with rejecting(lambda errors: forms.columns_form(request, context, errors)):
            await service.read_otherwise(work, files, self.kind, import_id, options)
        return redirect(request, f"{self.kind.url}/{import_id}/columns")

    @get("/{import_id:int}/check")
    async def check_page(
        self,
        request: AnyRequest,
        reading: Connection,
        import_id: PathId,
        show: FromQuery[str] = "all",
        start: FromQuery[int] = 0,
    ) -> Response[str]:
        """What the import would do with every row."""
        draft = await load_draft(reading, runtime(request).files, self.kind, import_id)
        if not forms.is_mapped(draft):
            return redirect(request, f"{self.kind.url}/{import_id}/columns")
        result = await load_check(reading, draft)
        rows = pages.check_page(self.kind, draft.table, draft.mapping, result, show=show, start=start)
        context: dict[str, Any] = {
            "kind": self.kind, "draft": draft, "view": draft.view, "rows": rows, "result": result,
        }  # fmt: skip
        return page(request, "imports/check.html", partial="imports/_rows.html", **context)

    @post("/{import_id:int}/run", status_code=200)
    async def start_import(self, request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
        """Start the import, as a job."""
        draft, typed = await forms.own_draft(request, work, self.kind, import_id), await form_text(request)
        if draft.view.state == "mapping" and not forms.is_mapped(draft):
            return redirect(request, f"{self.kind.url}/{import_id}/columns")
        await service.start(work, import_id, all_or_nothing=typed.get("bad") == "nothing")
        return redirect(request, f"{self.kind.url}/{import_id}")

    @get("/{import_id:int}")
    async def import_page(self, request: AnyRequest, reading: Connection, import_id: PathId) -> Response[str]:
        """How far the import is, and in the end what became of it."""
        view = await load_view(reading, self.kind, import_id)
        if view.state == "mapping":
            return redirect(request, f"{self.kind.url}/{import_id}/columns")
        may_stop = forms.may_stop(request, self.kind, view.person.id, view.state)
        context: dict[str, Any] = {"kind": self.kind, "view": view, "may_stop": may_stop}
        return page(request, "imports/show.html", partial="imports/_job.html", **context)

    @post("/{import_id:int}/stop", status_code=200)
    async def stop_import(self, request: AnyRequest, work: Work, import_id: PathId) -> Response[str]:
        """Stop the import and take back what it changed."""
        record = await hold(work, import_id, self.kind)
        if not forms.may_stop(request, self.kind, record.user_id, record.state):
            raise Forbidden("Your role does not allow to take this import back. Ask a manager.")
        await service.stop(work, import_id)
        toast = Toast("Taking the import back", "What others changed since stays as it is.", "amber")
        return redirect(request, f"{self.kind.url}/{import_id}", toast=toast)

    @get("/{import_id:int}/left-out.csv")
    async def left_out_file(
        self, request: AnyRequest, reading: Connection, import_id: PathId
    ) -> Response[bytes]:
        """The rows that cannot be used, each with the reason. Raises NotFound when there are none."""
        view, files = await load_view(reading, self.kind, import_id), runtime(request).files
        if view.state == "mapping":
            draft = await load_draft(reading, files, self.kind, import_id)
            data = csv_bytes(*left_out_rows(draft.table, await load_check(reading, draft)))
        elif view.report.get("left_out"):
            data = await files.read_async(view.report["left_out"])
        else:
            raise NotFound("No row was left out.")
        return _download(f"rows-left-out-{view.id}.csv", data)


def import_pages(shown_kind: AnyKind) -> type[ImportPages]:
    """The handlers for imports of a kind."""

    class Pages(ImportPages):
        path = shown_kind.url
        opt = {  # noqa: RUF012 - Litestar reads it so
            "capability": shown_kind.write
        }
        kind = shown_kind

    return Pages


def _download(filename: str, data: bytes) -> Response[bytes]:
    headers = {"Content-Disposition": attachment(filename), "Cache-Control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)
