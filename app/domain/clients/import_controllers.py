"""Bringing a client list in: choose a file, see what would happen under which columns, do it.

Nothing is stored in between: the page carries the table that was read, so going away leaves nothing behind.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from anyio import to_thread
from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.clients.exporting import HEADER
from app.domain.clients.import_checking import CHANGED, NEW, OUTCOMES, PROBLEM, Row, check_rows, names_in
from app.domain.clients.import_fields import TARGETS, guess
from app.domain.clients.import_queries import known_clients
from app.domain.clients.import_writing import write_rows
from app.lib.content_disposition import attachment
from app.lib.errors import InvalidInput
from app.lib.fields import clean
from app.lib.sentences import counted
from app.lib.sheets import csv_bytes
from app.lib.tabular import TableError, TableLimits, read_table
from app.web.forms import count_upload, form_file, form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, Work
from app.web.permissions import CLIENT_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]

MOST_ROWS: Final = 1000
_SHOWN: Final = 100
_EXAMPLES: Final = 3
_LIMITS: Final = TableLimits(
    file_bytes=5 * 1024 * 1024, columns=60, rows=MOST_ROWS, cells=MOST_ROWS * 60, characters=4_000_000,
    unpacked_bytes=60 * 1024 * 1024,
)  # fmt: skip
# in front of the table a page carries: where each row stood in the file
_NUMBER: Final = "#"


@dataclass(frozen=True, slots=True)
class ClientList:
    """A file as it was read, and the target of each of its columns."""

    filename: str
    header: Sequence[str]
    numbers: Sequence[str]
    rows: Sequence[Sequence[str]]
    mapping: Sequence[str]

    @property
    def carried(self) -> str:
        """The table as the page carries it."""
        rows = ([number, *row] for number, row in zip(self.numbers, self.rows, strict=True))
        return csv_bytes([_NUMBER, *self.header], rows).decode("utf-8-sig")

    @property
    def columns(self) -> list[tuple[str, list[str], str]]:
        """Header, first values and target of each column."""
        return [
            (title, list(dict.fromkeys(filter(None, (row[place] for row in self.rows))))[:_EXAMPLES], target)
            for place, (title, target) in enumerate(zip(self.header, self.mapping, strict=True))
        ]

    @property
    def problem(self) -> str:
        """What is wrong with the mapping, or ""."""
        if "name" not in self.mapping:
            return "Choose the column that is the Name."
        twice = [name for name, times in Counter(filter(None, self.mapping)).items() if times > 1]
        return f"Two columns cannot both become {TARGETS[twice[0]].label}; keep one." if twice else ""


@get("/clients/import", capability=CLIENT_WRITE, include_in_schema=False)
async def import_page(request: PageRequest) -> Response[str]:
    """Choose a file."""
    return page(request, "clients/import.html", errors={}, most=MOST_ROWS)


@get("/clients/import/template.csv", capability=CLIENT_WRITE, include_in_schema=False)
async def import_template() -> Response[bytes]:
    """An empty list with every column we know."""
    body = csv_bytes([name for name in HEADER if name in TARGETS], [])
    headers = {"Content-Disposition": attachment("client-list.csv"), "Cache-Control": "no-store"}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@post("/clients/import", capability=CLIENT_WRITE, include_in_schema=False, status_code=200)
async def read_file(request: PageRequest, reading: Connection) -> Response[str]:
    """Read a file and show what would happen."""
    await count_upload(request)
    with rejecting(lambda errors: _choose_again(request, errors)):
        upload = await form_file(request, "file")
        if upload is None:
            raise InvalidInput({"file": "Choose a CSV or Excel file."})
        name = clean(upload.filename)[:200]
        return await _checked(request, reading, await _read(await upload.read(), name))


@post("/clients/import/check", capability=CLIENT_WRITE, include_in_schema=False, status_code=200)
async def check_again(request: PageRequest, reading: Connection) -> Response[str]:
    """Show what would happen under another choice of columns."""
    with rejecting(lambda errors: _choose_again(request, errors)):
        return await _checked(request, reading, await _sent(await form_text(request)))


@post("/clients/import/run", capability=CLIENT_WRITE, include_in_schema=False)
async def run(request: PageRequest, work: Work) -> Response[str]:
    """Import what can be used, in one transaction, checked once more in it."""
    with rejecting(lambda errors: _choose_again(request, errors)):
        sent = await _sent(await form_text(request))
        if sent.problem:
            raise InvalidInput({"file": sent.problem})
        rows = await _check(await work.session.connection(), sent)
        await write_rows(work, rows)
    counts = Counter(row.outcome for row in rows)
    text = f"{counts[CHANGED]} changed, {counts[PROBLEM]} left out."
    actions = ["client.created", "contact.created"] if counts[NEW] else ["contact.created"]
    undo_url = operation_undo_url(viewer_of(request), work.operation, *actions)
    title = f"{counted(counts[NEW], 'client')} added"
    return redirect(request, "/clients", toast=Toast(title, text, undo_url=undo_url))


async def _read(data: bytes, filename: str, **options: Any) -> ClientList:
    """Read a table beside the event loop. Raises InvalidInput."""
    try:
        table = await to_thread.run_sync(partial(read_table, data, filename, limits=_LIMITS, **options))
    except TableError as error:
        raise InvalidInput({"file": error.message}) from error
    numbers = [str(number) for number in table.row_numbers]
    return ClientList(filename, table.header, numbers, table.rows, guess(table.header))


async def _sent(form: Mapping[str, str]) -> ClientList:
    """The table a page carried, with the columns chosen on it. Raises InvalidInput."""
    carried = form.get("table", "").encode()
    table = await _read(
        carried, form.get("filename", "")[:200], encoding="utf-8", delimiter=",", has_header=True
    )
    if table.header[:1] != [_NUMBER]:
        raise InvalidInput({"file": "Choose the file again."})
    header = table.header[1:]
    chosen = [form.get(f"column-{place}", "") for place in range(len(header))]
    return ClientList(
        table.filename,
        header,
        [row[0] for row in table.rows],
        [row[1:] for row in table.rows],
        [target if target in TARGETS else "" for target in chosen],
    )


async def _check(reading: AsyncConnection, sent: ClientList) -> list[Row]:
    known = await known_clients(reading, names_in(sent.rows, sent.mapping))
    return check_rows(sent.numbers, sent.rows, sent.mapping, known)


async def _checked(request: PageRequest, reading: AsyncConnection, sent: ClientList) -> Response[str]:
    rows = [] if sent.problem else await _check(reading, sent)
    counts = Counter(row.outcome for row in rows)
    first = sorted(rows, key=lambda row: row.outcome != PROBLEM)[:_SHOWN]
    return page(
        request,
        "clients/import_check.html",
        partial="clients/_import_check.html",
        sent=sent,
        targets=[("", "left out"), *((name, one.label) for name, one in TARGETS.items())],
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
        total=len(sent.rows),
        rows=first,
        writable=counts[NEW] + counts[CHANGED],
    )


def _choose_again(request: PageRequest, errors: dict[str, str]) -> Response[str]:
    return page(request, "clients/import.html", status=422, errors=errors, most=MOST_ROWS)


HANDLERS = [import_page, import_template, read_file, check_again, run]
