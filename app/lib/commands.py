"""The commands that a kind of record has where they write its own fields and nothing else.

An area gives them names of its own in its service (`edit_client = _CLIENTS.edit`). What has to hold, and what
follows, are the rules of the record (app.lib.rules); a command that does more is a function of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic

from app.lib import editing
from app.lib.editing import Edit, Record, Strategy
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Commands(Generic[Record]):
    """Commands on the records of a model. Of what is given, only the `writable` fields are written."""

    model: type[Record]
    writable: tuple[str, ...]

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the values that may be written."""
        return {name: values[name] for name in self.writable if name in values}

    async def create(self, work: UnitOfWork, values: Mapping[str, Any], **fixed: Any) -> Record:
        """Add a record; `fixed` are fields that nobody types, like its parent.

        Raises InvalidInput, Conflict.
        """
        return await editing.create(work, self.model(**fixed, **self.given(values)))

    async def edit(
        self,
        work: UnitOfWork,
        record_id: int,
        values: Mapping[str, Any],
        *,
        version: int | None,
        strategy: Strategy = Strategy.MERGE,
    ) -> Edit:
        """Change fields of a record, merging with others. Raises NotFound, EditConflict, InvalidInput."""
        record = await editing.lock(work, self.model, record_id)
        return await editing.edit(work, record, self.given(values), version=version, strategy=strategy)

    async def delete(self, work: UnitOfWork, record_id: int, *, version: int | None) -> Record:
        """Delete a record so that it can be restored. Raises NotFound, EditConflict."""
        record = await editing.lock(work, self.model, record_id)
        await editing.delete(work, record, version=version)
        return record

    async def restore(self, work: UnitOfWork, record_id: int) -> Record:
        """Take a delete back. Raises NotFound, InvalidInput, Conflict."""
        record = await editing.lock(work, self.model, record_id, deleted=True)
        await editing.restore(work, record)
        return record
