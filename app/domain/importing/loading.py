"""From the address of an import to what its pages are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.importing import queries
from app.domain.importing.files import ReadingOptions, check, read_stored
from app.domain.importing.kinds import AnyKind, Connected
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.pages import ImportView
from app.domain.importing.result import CheckedRow, CheckResult
from app.lib.errors import Conflict, NotFound
from app.lib.file_store import FileStore, FileStoreError
from app.lib.tabular import Table, TableError


@dataclass(frozen=True, slots=True)
class Draft:
    """An import with its file read and the mapping that is stored."""

    kind: AnyKind
    view: ImportView
    reading: Mapping[str, Any]
    recalled: Mapping[str, Any] | None
    table: Table
    mapping: ColumnMapping

    @property
    def options(self) -> ReadingOptions:
        """How a person wants the file to be read."""
        return ReadingOptions.of(self.reading.get("options", {}))


async def load_view(reading: Connected, kind: AnyKind, import_id: int) -> ImportView:
    """One import of a kind for its page. Raises NotFound."""
    row = await queries.one_import(reading, kind, import_id)
    if row is None:
        raise NotFound("This import does not exist.")
    return ImportView.of(row)


async def load_draft(reading: Connected, files: FileStore, kind: AnyKind, import_id: int) -> Draft:
    """One import of a kind with its file read. Raises NotFound, or Conflict when its file is gone."""
    row = await queries.one_import(reading, kind, import_id)
    if row is None:
        raise NotFound("This import does not exist.")
    options = ReadingOptions.of(row.reading.get("options", {}))
    try:
        table = await read_stored(files, row.file, row.filename, options)
    except (TableError, FileStoreError) as error:
        raise Conflict(f"{row.filename} can no longer be read: {error.message}") from error
    mapping = ColumnMapping.from_json(row.mapping, kind.targets.fields)
    return Draft(kind, ImportView.of(row), row.reading, row.mapping.get("recalled"), table, mapping)


async def load_known(reading: Connected, draft: Draft, mapping: ColumnMapping) -> Any:
    """What is there already, as far as this file can touch it."""
    return await draft.kind.load_known(reading, draft.table, mapping)


async def load_check(reading: Connected, draft: Draft) -> CheckResult[CheckedRow]:
    """Check the file of a draft against what is there now."""
    known = await load_known(reading, draft, draft.mapping)
    return await check(draft.kind, draft.table, draft.mapping, known)
