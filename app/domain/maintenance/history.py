"""The history of a job, each step with a way back that takes its unit or the stock along."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Change
from app.domain.maintenance.descriptions import job_fields
from app.lib.history import changes
from app.web.change_entries import Entry, entries, stands
from app.web.permissions import MAINTENANCE_WRITE
from app.web.state import viewer_of


async def job_history(
    request: Any, reading: AsyncConnection, job_id: int, people: Sequence[tuple[int, str]]
) -> list[Entry]:
    """What was changed about a job, newest first. `people` gives the names of assignees."""
    rows, _older = await changes(reading, Change.entity == "maintenance", Change.entity_id == job_id)
    described = {"maintenance": job_fields(request, people)}
    viewer = viewer_of(request)
    found = entries(rows, viewer, described, page_of=("maintenance", job_id))
    if not viewer.can(MAINTENANCE_WRITE):
        return found
    steps = {row.id: row.operation for row in rows if row.version > 1 and stands(row)}
    return [
        replace(entry, undo_url=f"/maintenance/{job_id}/undo/{steps[entry.id]}")
        if entry.id in steps
        else entry
        for entry in found
    ]
