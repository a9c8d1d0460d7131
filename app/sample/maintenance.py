"""Jobs in the workshop, read from `maintenance.toml` beside this file: done, under way, waiting and due."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from app.sample.moments import on_day, on_workday

JobKind = Literal["preventive", "repair", "inspection"]
JobState = Literal["reported", "in_progress", "waiting", "resolved"]

_MOMENTS: Final = ("reported_at", "started_at", "due_at", "expected_back", "resolved_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleJob:
    """Work on the `unit`-th unit (from 1) of serialized gear, or on `quantity` pieces of bulk gear.

    `blocks` says that the gear cannot be hired out meanwhile. `cost` is in euros, None while unknown.
    People are named by username, instants are in UTC.
    """

    sku: str
    unit: int | None = None
    quantity: int = 1
    title: str
    description: str
    kind: JobKind
    state: JobState
    blocks: bool = True
    reported_by: str = "technician"
    assignee: str | None = None
    cost: Decimal | None = None
    reported_at: datetime
    started_at: datetime | None = None
    due_at: datetime | None = None
    expected_back: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""


def maintenance_jobs(now: datetime) -> tuple[SampleJob, ...]:
    """All jobs as they stand at `now`, by the time they were reported.

    Raises ValueError when `now` is naive.
    """
    return tuple(sorted((_job(row, now) for row in _read_rows()), key=lambda job: job.reported_at))


@cache
def _read_rows() -> tuple[Mapping[str, Any], ...]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["job"])


def _job(row: Mapping[str, Any], now: datetime) -> SampleJob:
    cells = dict(row)
    for name in _MOMENTS:
        if name in cells:
            cells[name] = _moment(cells[name], now)
    if "cost" in cells:
        cells["cost"] = Decimal(cells["cost"])
    return SampleJob(**cells)


def _moment(text: str, now: datetime) -> datetime:
    place = on_workday if text.startswith("workday ") else on_day
    days, clock = text.removeprefix("workday ").split()
    return place(now, int(days), clock)
