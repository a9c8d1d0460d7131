"""From the address of an import to what its pages are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.inventory.importing import queries
from app.domain.inventory.importing.files import ReadingOptions, check, read_stored
from app.domain.inventory.importing.known import KnownCatalogue
from app.domain.inventory.importing.mapping import ColumnMapping
from app.domain.inventory.importing.pages import ImportView
from app.domain.inventory.importing.result import CheckResult
from app.lib.errors import Conflict, NotFound
from app.lib.file_store import FileStore, FileStoreError
from app.lib.tabular import Table, TableError


@dataclass(frozen=True, slots=True)
class Draft:
    """An import with its file read and the mapping that is stored."""

    view: ImportView
    reading: Mapping[str, Any]
    recalled: Mapping[str, Any] | None
    table: Table
    mapping: ColumnMapping

    @property
    def options(self) -> ReadingOptions:
        """How a person wants the file to be read."""
        return ReadingOptions.of(self.reading.get("options", {}))


async def load_view(reading: queries.Reading, import_id: int) -> ImportView:
    """One import for its page. Raises NotFound."""
    row = await queries.one_import(reading, import_id)
    if row is None:
        raise NotFound("This import does not exist.")
    return ImportView.of(row)


async def load_draft(reading: queries.Reading, files: FileStore, import_id: int) -> Draft:
    """One import with its file read. Raises NotFound, or Conflict when its file is gone."""
    row = await queries.one_import(reading, import_id)
    if row is None:
        raise NotFound("This import does not exist.")
    options = ReadingOptions.of(row.reading.get("options", {}))
    try:
        table = await read_stored(files, row.file, row.filename, options)
    except (TableError, FileStoreError) as error:
        raise Conflict(f"{row.filename} can no longer be read: {error.message}") from error
    mapping = ColumnMapping.from_json(row.mapping)
    return Draft(ImportView.of(row), row.reading, row.mapping.get("recalled"), table, mapping)


async def load_known(reading: queries.Reading, draft: Draft, mapping: ColumnMapping) -> KnownCatalogue:
    """What is there already, as far as this file can touch it."""
    return await queries.known_catalogue(reading, queries.skus_that_matter(draft.table, mapping))


async def load_check(reading: queries.Reading, draft: Draft) -> CheckResult:
    """Check the file of a draft against the inventory as it is now."""
    return await check(draft.table, draft.mapping, await load_known(reading, draft, draft.mapping))
