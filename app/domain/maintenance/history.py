"""The history of a job, each step with a way back that takes its unit or the stock along."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Change
from app.domain.maintenance.descriptions import job_fields
from app.lib.history import changes
from app.web.change_entries import Entry, entries
from app.web.state import viewer_of

_MOVES_THE_UNIT = {"state", "blocks", "deleted_at"}


async def job_history(
    request: Any, reading: AsyncConnection, job_id: int, people: Sequence[tuple[int, str]]
) -> list[Entry]:
    """What was changed about a job, newest first. `people` gives the names of assignees."""
    rows, _older = await changes(reading, Change.entity == "maintenance", Change.entity_id == job_id)
    described = {"maintenance": job_fields(request, people)}
    found = entries(rows, viewer_of(request), described, page_of=("maintenance", job_id))
    operations = {row.id: row.operation for row in rows if _MOVES_THE_UNIT & set(row.fields)}
    return [
        replace(entry, undo_url=f"/maintenance/{job_id}/undo/{operations[entry.id]}")
        if entry.undo_url and entry.id in operations
        else entry
        for entry in found
    ]
