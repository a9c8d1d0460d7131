"""Running an import: chunk after chunk, each in a transaction of its own that also notes how far it is.

A worker may be killed between any two statements: what was committed counts, the rest is done again by
the next one. The record of the import is held for the time of a chunk, so two workers never write the
same rows, and a person who stops the import is heard between two chunks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.domain.importing.files import ReadingOptions, check, read_stored
from app.domain.importing.kinds import AnyKind
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.records import Intent, add_to_report, log, tell
from app.domain.importing.report import left_out_rows
from app.domain.importing.result import CellProblem, CheckedRow, CheckResult, Outcome
from app.domain.importing.taking_back import take_back
from app.domain.importing.writing import Written
from app.lib.clock import now
from app.lib.file_store import FileStore
from app.lib.sheets import csv_bytes
from app.lib.tabular import Table

IMPORT_TASK = "import_file"
CHUNK = 100

Sessions = async_sessionmaker[AsyncSession]

_UNFINISHED = text("""
    select i.id from data_import i
    where i.state in ('queued', 'running', 'stopping') and not exists (
      select 1 from procrastinate_jobs j
      where j.lock = 'import-' || i.id and j.status in ('todo', 'doing'))
""")


async def unfinished_imports(session: AsyncSession) -> list[int]:
    """The imports that are under way although no job is there for them."""
    return list((await session.scalars(_UNFINISHED)).all())


async def run_import(sessions: Sessions, files: FileStore, kinds: Iterable[AnyKind], import_id: int) -> None:
    """Begin an import, or go on with it, or take it back: whatever its state asks for.

    `kinds` are all there may be. Raises NotFound, or TableError or FileStoreError when the file can no
    longer be read.
    """
    intent = await Intent.of(sessions, import_id)
    async with intent.step() as (_, record):
        state, kind = record.state, next(kind for kind in kinds if kind.name == record.kind)
    if state in ("queued", "running"):
        options = ReadingOptions.of(record.reading.get("options", {}))
        mapping = ColumnMapping.from_json(record.mapping, kind.targets.fields)
        table = await read_stored(files, record.file, record.filename, options)
        async with sessions() as session:
            known = await kind.load_known(session, table, mapping)
        await _Run(intent, files, kind, table, await check(kind, table, mapping, known)).go()
    await take_back(intent, kind)


async def fail_import(sessions: Sessions, import_id: int, reason: str | None) -> None:
    """Note that an import cannot go on; what it wrote stays, and can be taken back. Raises NotFound."""
    intent = await Intent.of(sessions, import_id)
    async with intent.step() as (work, record):
        record.state, record.finished_at = "failed", now()
        add_to_report(record, reason=reason or "Something broke on our side. We have noted what happened.")
        await log(work, record, "failed")


class _Run:
    """One worker's way through the rows of one file."""

    def __init__(
        self,
        intent: Intent,
        files: FileStore,
        kind: AnyKind,
        table: Table,
        result: CheckResult[CheckedRow],
    ) -> None:
        self._intent = intent
        self._files = files
        self._kind = kind
        self._table = table
        self._result = result

    async def go(self) -> None:
        """Write what is left to write, unless somebody stops it."""
        done = await self._begin()
        if done is None:
            return
        for rows, end in chunks(self._result.rows, done):
            if not await self._step(rows, done, end):
                return
            done = end
        await self._finish()

    async def _begin(self) -> int | None:
        """Note the beginning. Returns how many rows are done already, None when nothing may be written."""
        left_out = await self._keep_left_out({})
        async with self._intent.step() as (work, record):
            if record.state == "queued":
                record.state, record.started_at = "running", now()
                record.done, record.total = 0, len(self._result.rows)
                record.report = _empty_report(self._result, left_out)
                await log(work, record, "started")
            if record.state == "running" and record.all_or_nothing and self._result.problem_rows:
                record.state = "stopping"
                add_to_report(record, reason="Not every row can be used, and you asked for all or nothing.")
            return record.done if record.state == "running" else None

    async def _step(self, rows: Sequence[CheckedRow], done: int, end: int) -> bool:
        """Write one chunk. Returns False when the import was stopped, or is another worker's."""
        async with self._intent.step() as (work, record):
            if record.state != "running" or record.done != done:
                return False
            written = await self._kind.write_rows(work, rows)
            add_to_report(record, **_added(record.report, written))
            record.done = end
            record.current = rows[-1].name if rows else record.current
            if record.all_or_nothing and written.failures:
                record.state = "stopping"
                add_to_report(record, reason="A row was refused, and you asked for all or nothing.")
            await tell(work, record, end, record.total)
            return record.state == "running"

    async def _finish(self) -> None:
        async with self._intent.step() as (_, record):
            failures: dict[str, str] = record.report["failures"]
        left_out = await self._keep_left_out(failures)
        async with self._intent.step() as (work, record):
            if record.state == "running":
                record.state, record.finished_at, record.current = "done", now(), ""
                add_to_report(record, left_out=left_out)
                await log(work, record, "finished")

    async def _keep_left_out(self, failures: Mapping[str, str]) -> str | None:
        """Keep the file of the rows that are left out, with their reasons. Returns its name."""
        rows = (_with_failure(row, failures) for row in self._result.rows)
        left_out = tuple(row for row in rows if row.outcome is Outcome.PROBLEM)
        if not left_out:
            return None
        header, lines = left_out_rows(self._table, CheckResult(left_out))
        return await self._files.put_async(await to_thread.run_sync(csv_bytes, header, lines), ".csv")


def chunks(rows: Sequence[CheckedRow], done: int) -> Iterator[tuple[list[CheckedRow], int]]:
    """The rows to write from position `done` on, in chunks, each with the position it reaches.

    A row counts for all the records it writes, so that no chunk takes long. The last chunk reaches the end,
    perhaps without a row.
    """
    chunk: list[CheckedRow] = []
    weight = 0
    for row in rows[done:]:
        if row.outcome not in (Outcome.NEW, Outcome.CHANGED):
            continue
        chunk.append(row)
        weight += row.weight
        if weight >= CHUNK:
            yield chunk, row.position + 1
            chunk, weight = [], 0
    yield chunk, len(rows)


def _empty_report(result: CheckResult[CheckedRow], left_out: str | None) -> dict[str, Any]:
    counts = result.counts
    return {
        "created": 0,
        "changed": 0,
        "same": counts[Outcome.SAME],
        "problems": counts[Outcome.PROBLEM],
        "categories": [],
        "failures": {},
        "left_out": left_out,
    }


def _added(report: Mapping[str, Any], written: Written) -> dict[str, Any]:
    """The entries of a report after one more chunk."""
    failures = {str(position): reason for position, reason in written.failures.items()}
    return {
        "created": report["created"] + written.created,
        "changed": report["changed"] + written.changed,
        "same": report["same"] + written.same,
        "categories": [*report["categories"], *written.categories],
        "failures": {**report["failures"], **failures},
    }


def _with_failure(row: CheckedRow, failures: Mapping[str, str]) -> CheckedRow:
    reason = failures.get(str(row.position))
    if reason is None:
        return row
    return replace(row, outcome=Outcome.PROBLEM, problems=(CellProblem(None, "", reason),))
