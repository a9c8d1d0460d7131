"""The files of an event: uploaded, listed, downloaded, renamed, deleted."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Attachment
from app.domain.events import attachment_queries, attachments, queries
from app.domain.events.attachments import MOST_FILES, Upload
from app.domain.events.descriptions import ATTACHMENT_FIELDS
from app.domain.events.fields import ATTACHMENT_READERS
from app.lib.content_disposition import attachment as as_download
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import read_fields
from app.lib.file_store import FileMissingError
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.forms import count_upload, form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page, receipt, redirect
from app.web.state import runtime

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",
}


@get("/events/{event_id:int}/attachments", capability=RENTAL_READ, include_in_schema=False)
async def files(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """The files of an event."""
    return await _files(request, reading, event_id)


@post("/events/{event_id:int}/attachments", capability=RENTAL_WRITE, include_in_schema=False)
async def upload(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Keep the uploaded files, all of them or none."""
    reading = await work.session.connection()
    try:
        uploads = await _uploads(request)
        added = await attachments.add_attachments(work, runtime(request).files, event_id, uploads)
    except InvalidInput as error:
        message = " ".join(error.fields.values())
        raise Rejected(await _files(request, reading, event_id, error=message)) from error
    toast = Toast(f"{counted(len(added), 'file')} added", undo_url=f"/operations/{work.operation}/undo")
    if not wants_partial(request):
        return redirect(request, f"/events/{event_id}", toast=toast)
    return await _files(request, reading, event_id, toast=toast)


@get("/attachments/{attachment_id:int}/file", capability=RENTAL_READ, include_in_schema=False)
async def download(
    request: Request[Any, Any, Any], reading: Connection, attachment_id: PathId
) -> Response[bytes]:
    """A file, always as a download: what people upload is never shown as a page of ours."""
    found = await attachment_queries.file_by_id(reading, attachment_id)
    try:
        content = await runtime(request).files.read_async(found.file)
    except FileMissingError as error:
        raise NotFound("This file is not there any more.") from error
    headers = {**_HEADERS, "Content-Disposition": as_download(found.name)}
    return Response(content, media_type="application/octet-stream", headers=headers)


@get("/attachments/{attachment_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, attachment_id: PathId
) -> Response[str]:
    """The form for another name."""
    found = await attachment_queries.file_by_id(reading, attachment_id)
    typed = typed_values(found, ATTACHMENT_FIELDS, attachments.WRITABLE)
    return _edit_form(request, found, EditForm(typed, found.version))


@post("/attachments/{attachment_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, attachment_id: PathId) -> Response[str]:
    """Give a file another name, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Attachment, attachment_id), answer, ATTACHMENT_FIELDS)
    found = await attachment_queries.file_by_id(await work.session.connection(), attachment_id)

    def show(form: EditForm) -> Response[str]:
        return _edit_form(request, found, form)

    with saving(request, answer, ATTACHMENT_FIELDS, show, target="#modal"):
        values = read_fields(answer.typed, ATTACHMENT_READERS).checked("name")
        edit = await attachments.rename_attachment(work, attachment_id, values, version=answer.version)
    return redirect(request, f"/events/{found.event_id}", toast=saved_toast(request, edit, ATTACHMENT_FIELDS))


@post("/attachments/{attachment_id:int}/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, attachment_id: PathId) -> Response[str]:
    """Delete a file, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    gone = await attachments.delete_attachment(work, attachment_id, version=version)
    undo = f"/attachments/{attachment_id}/restoration"
    return receipt(request, f"/events/{gone.event_id}", Toast("Deleted", gone.name, undo_url=undo))


@post("/attachments/{attachment_id:int}/restoration", capability=RENTAL_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, attachment_id: PathId) -> Response[str]:
    """Take a delete back."""
    back = await attachments.restore_attachment(work, attachment_id)
    return receipt(request, f"/events/{back.event_id}", Toast("Restored", back.name))


async def _uploads(request: Request[Any, Any, Any]) -> list[Upload]:
    form = await request.form()
    sent = [one for one in form.getall("files", []) if isinstance(one, UploadFile) and one.filename]
    if sent:
        await count_upload(request)
    # one more than fits is enough to refuse them
    return [Upload(one.filename, await one.read()) for one in sent[: MOST_FILES + 1]]


async def _files(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    event_id: int,
    *,
    error: str = "",
    toast: Toast | None = None,
) -> Response[str]:
    return page(
        request,
        "events/files.html",
        partial="events/_files.html",
        status=422 if error else 200,
        toast=toast,
        event=await queries.event_by_id(reading, event_id),
        files=await attachment_queries.files_of_event(reading, event_id),
        error=error,
    )


def _edit_form(request: Any, found: attachment_queries.FileFacts, form: EditForm) -> Response[str]:
    return page(
        request,
        "events/file_edit.html",
        partial="events/_file_edit.html",
        status=form.status,
        **form.context,
        typed=form.typed,
        file=found,
    )


HANDLERS = [files, upload, download, edit_page, edit, delete, restore]
