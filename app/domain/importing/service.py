"""Commands on imports: take a file in, decide how it is read and mapped, start it, stop it."""

from typing import Any
from uuid import uuid4

from app.db.models import DataImport, ImportMapping
from app.domain.importing import queries
from app.domain.importing.files import (
    ReadingOptions,
    read_bytes,
    read_stored,
    suffix_of,
    tidy_name,
)
from app.domain.importing.kinds import AnyKind
from app.domain.importing.mapping import (
    ColumnMapping,
    mapping_problems,
    recall,
    remember,
    signature,
    suggest_mapping,
)
from app.domain.importing.records import hold, log
from app.domain.importing.running import IMPORT_TASK
from app.jobs.queue import enqueue
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.file_store import FileStore, FileStoreError
from app.lib.tabular import Table, TableError
from app.lib.unit_of_work import UnitOfWork

STOPPABLE = ("queued", "running", "done", "failed")


async def take_in(
    work: UnitOfWork, files: FileStore, kind: AnyKind, filename: str, data: bytes
) -> DataImport:
    """Keep an uploaded file as a new import, its columns mapped as well as we can guess.

    Raises InvalidInput (field `file`) for a file that is no table; then nothing is kept.
    """
    name, options = tidy_name(filename), ReadingOptions()
    try:
        table = await read_bytes(data, name, options)
        if not table.rows:
            raise InvalidInput({"file": "There are no rows in this file."})
        file = await files.put_async(data, suffix_of(data))
    except (TableError, FileStoreError) as error:
        raise InvalidInput({"file": error.message}) from error
    record = DataImport(
        user_id=work.actor.id,
        kind=kind.name,
        filename=name,
        file=file,
        operation=uuid4(),
        total=len(table.rows),
    )
    record.reading = _reading(table, options)
    record.mapping = await _guessed(work, kind, table)
    work.session.add(record)
    await work.session.flush()
    await log(work, record, "uploaded")
    return record


async def read_otherwise(
    work: UnitOfWork, files: FileStore, kind: AnyKind, import_id: int, options: ReadingOptions
) -> DataImport:
    """Read the file another way and guess its columns anew.

    Raises InvalidInput (field `reading`) when it cannot be read that way, Conflict once it was started.
    """
    record = await _draft(work, import_id)
    try:
        table = await read_stored(files, record.file, record.filename, options)
    except (TableError, FileStoreError) as error:
        raise InvalidInput({"reading": error.message}) from error
    record.reading, record.total = _reading(table, options), len(table.rows)
    record.mapping = await _guessed(work, kind, table)
    return record


async def map_columns(
    work: UnitOfWork, kind: AnyKind, import_id: int, table: Table, mapping: ColumnMapping, *, keep: bool
) -> None:
    """Say which column becomes which field; with `keep` also for the next file with this header.

    Raises InvalidInput (field `mapping`) for a mapping that makes no sense, Conflict once it was started.
    """
    record = await _draft(work, import_id)
    problems = mapping_problems(table, mapping, kind.targets)
    if problems:
        raise InvalidInput({"mapping": " ".join(problems)})
    record.mapping = {**mapping.as_json(), "recalled": record.mapping.get("recalled")}
    if keep:
        await _keep(work, kind, record, table, mapping)


async def map_afresh(work: UnitOfWork, kind: AnyKind, import_id: int, table: Table) -> None:
    """Forget what was remembered and guess all columns from the file alone. Raises Conflict once started."""
    record = await _draft(work, import_id)
    record.mapping = suggest_mapping(table, kind.targets).as_json()


async def start(work: UnitOfWork, import_id: int, *, all_or_nothing: bool) -> None:
    """Have the import done. Starting it twice does it once. Raises NotFound."""
    record = await hold(work, import_id)
    if record.state != "mapping":
        return
    record.state, record.all_or_nothing, record.done = "queued", all_or_nothing, 0
    await _promise(work, record)


async def stop(work: UnitOfWork, import_id: int) -> None:
    """Stop the import and take back what it changed, also when it is done. Raises NotFound, Conflict."""
    record = await hold(work, import_id)
    if record.state in ("stopping", "stopped"):
        return
    if record.state not in STOPPABLE:
        raise Conflict("This import was not started yet.")
    record.state = "stopping"
    await log(work, record, "stopping")
    await _promise(work, record)


async def _promise(work: UnitOfWork, record: DataImport) -> None:
    await enqueue(work, IMPORT_TASK, {"import_id": record.id}, lock=f"import-{record.id}")


async def _draft(work: UnitOfWork, import_id: int) -> DataImport:
    record = await hold(work, import_id)
    if record.state != "mapping":
        raise Conflict("This import was started already.")
    return record


def _reading(table: Table, options: ReadingOptions) -> dict[str, Any]:
    return {"options": options.as_json(), "summary": table.summary, "sheets": list(table.sheets)}


async def _guessed(work: UnitOfWork, kind: AnyKind, table: Table) -> dict[str, object]:
    """The mapping of the most similar file that was mapped before, or a guess."""
    keys = set(_keys(table))
    best, most = None, 0
    for kept, user in await queries.remembered_mappings(work.session, kind):
        common = len(keys & set(kept.mapping.get("columns", {})))
        if common * 2 >= len(keys) and common > most:
            best, most = (kept, user), common
    if best is None:
        return suggest_mapping(table, kind.targets).as_json()
    kept, user = best
    mapping, fits = recall(table, kept.mapping, kind.targets)
    recalled = {
        "filename": kept.filename,
        "name": user.label,
        "at": kept.updated_at.isoformat(),
        "fits": fits,
    }
    return {**mapping.as_json(), "recalled": recalled}


def _keys(table: Table) -> dict[str, Any]:
    kept: Any = remember(table, ColumnMapping((None,) * len(table.header)))["columns"]
    return kept


async def _keep(
    work: UnitOfWork, kind: AnyKind, record: DataImport, table: Table, mapping: ColumnMapping
) -> None:
    kept = await queries.mapping_of(work.session, kind, signature(table))
    if kept is None:
        kept = ImportMapping(kind=kind.name, signature=signature(table))
        work.session.add(kept)
    kept.filename, kept.user_id = record.filename, record.user_id
    kept.mapping, kept.updated_at = remember(table, mapping), now()
