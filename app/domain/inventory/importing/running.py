"""Running an import: chunk after chunk, each in a transaction of its own that also notes how far it is.

A worker may be killed between any two statements: what was committed counts, the rest is done again by
the next one. The record of the import is held for the time of a chunk, so two workers never write the
same rows, and a person who stops the import is heard between two chunks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.models import DataImport
from app.domain.inventory.importing.files import ReadingOptions, check, read_stored
from app.domain.inventory.importing.mapping import ColumnMapping
from app.domain.inventory.importing.queries import known_catalogue, skus_that_matter
from app.domain.inventory.importing.records import actor_of_import, add_to_report, hold, log, tell
from app.domain.inventory.importing.report import left_out_rows
from app.domain.inventory.importing.result import CellProblem, CheckedRow, CheckResult, Outcome
from app.domain.inventory.importing.taking_back import take_back
from app.domain.inventory.importing.writing import Written, write_rows
from app.lib.clock import now
from app.lib.file_store import FileStore
from app.lib.sheets import csv_bytes
from app.lib.tabular import Table
from app.lib.unit_of_work import SYSTEM, UnitOfWork, unit_of_work

IMPORT_TASK = "import_equipment"
CHUNK = 50

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


async def run_import(sessions: Sessions, files: FileStore, import_id: int) -> None:
    """Begin an import, or go on with it, or take it back: whatever its state asks for.

    Raises TableError or FileStoreError when the file can no longer be read.
    """
    actor, operation = await actor_of_import(sessions, import_id)
    async with unit_of_work(sessions, actor, operation) as work:
        record = await hold(work, import_id)
    if record.state in ("queued", "running"):
        options = ReadingOptions.of(record.reading.get("options", {}))
        mapping = ColumnMapping.from_json(record.mapping)
        table = await read_stored(files, record.file, record.filename, options)
        async with sessions() as session:
            known = await known_catalogue(session, skus_that_matter(table, mapping))
        await _Run(sessions, files, import_id, table, await check(table, mapping, known)).go()
    await take_back(sessions, import_id)


async def fail_import(sessions: Sessions, import_id: int, reason: str | None) -> None:
    """Note that an import cannot go on; what it wrote stays, and can be taken back."""
    actor, operation = await actor_of_import(sessions, import_id)
    async with unit_of_work(sessions, actor, operation) as work:
        record = await hold(work, import_id)
        record.state, record.finished_at = "failed", now()
        add_to_report(record, reason=reason or "Something broke on our side. We have noted what happened.")
        await log(work, record, "failed")


class _Run:
    """One worker's way through the rows of one file."""

    def __init__(
        self, sessions: Sessions, files: FileStore, import_id: int, table: Table, result: CheckResult
    ) -> None:
        self._sessions = sessions
        self._files = files
        self._id = import_id
        self._table = table
        self._result = result

    async def go(self) -> None:
        """Write what is left to write, unless somebody stops it."""
        done = await self._begin()
        if done is None:
            return
        for rows, end in chunks(self._result, done):
            if not await self._step(rows, done, end):
                return
            done = end
        await self._finish()

    async def _begin(self) -> int | None:
        """Note the beginning. Returns how many rows are done already, None when nothing may be written."""
        async with self._opened() as work:
            record = await hold(work, self._id)
            if record.state == "queued":
                counts = self._result.counts
                record.state, record.started_at, record.total = "running", now(), len(self._result.rows)
                record.report = {
                    "created": 0, "changed": 0, "same": counts[Outcome.SAME],
                    "problems": counts[Outcome.PROBLEM], "categories": [], "failures": {},
                }  # fmt: skip
                await log(work, record, "started")
            if record.state != "running":
                return None
            if not (record.all_or_nothing and self._result.problem_rows):
                return record.done
        await self._refuse()
        return None

    async def _refuse(self) -> None:
        """Everything or nothing was asked for, and not everything fits: nothing is written."""
        left_out = await self._keep_left_out({})
        async with self._opened() as work:
            record = await hold(work, self._id)
            record.state, record.finished_at = "failed", now()
            reason = "Not every row can be used, so nothing was imported, as you asked."
            add_to_report(record, reason=reason, left_out=left_out)
            await log(work, record, "failed")

    async def _step(self, rows: Sequence[CheckedRow], done: int, end: int) -> bool:
        """Write one chunk. Returns False when the import was stopped, or is another worker's."""
        async with self._opened() as work:
            record = await hold(work, self._id)
            if record.state != "running" or record.done != done:
                return False
            written = await write_rows(work, rows)
            _account(record, written)
            record.done = end
            record.current = rows[-1].name if rows else record.current
            await tell(work, self._id, end, record.total)
            return record.state == "running"

    async def _finish(self) -> None:
        async with self._sessions() as session:
            record = await session.get_one(DataImport, self._id)
        left_out = await self._keep_left_out(record.report.get("failures", {}))
        async with self._opened() as work:
            record = await hold(work, self._id)
            if record.state == "running":
                record.state, record.finished_at, record.current = "done", now(), ""
                add_to_report(record, left_out=left_out)
                await log(work, record, "finished")

    async def _keep_left_out(self, failures: dict[str, str]) -> str | None:
        """Keep the file of the rows that were left out, with their reasons. Returns its name."""
        rows = [_with_failure(row, failures) for row in self._result.rows]
        left_out = [row for row in rows if row.outcome is Outcome.PROBLEM]
        if not left_out:
            return None
        header, lines = left_out_rows(self._table, CheckResult(tuple(left_out), ()))
        return await self._files.put_async(await to_thread.run_sync(csv_bytes, header, lines), ".csv")

    def _opened(self) -> Any:
        return _in_name_of(self._sessions, self._id)
