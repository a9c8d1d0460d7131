"""Promising a job, in the transaction of whoever promises it."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text

from app.lib.unit_of_work import UnitOfWork

QUEUE = "default"

_DEFER = text("""
    select procrastinate_defer_jobs_v1(array[row(
      cast(:queue as varchar), cast(:task as varchar), 0, cast(:lock as text), null,
      cast(:args as jsonb), cast(:at as timestamptz))::procrastinate_job_to_defer_v1])
""")


async def enqueue(
    work: UnitOfWork,
    task_name: str,
    args: Mapping[str, object],
    *,
    lock: str | None = None,
    at: datetime | None = None,
) -> int:
    """Have the task called with `args` (JSON values) once the transaction is committed, and only then.

    Jobs with the same `lock` run one after the other; with `at` not before then. Returns the id of the job.
    """
    values = {"queue": QUEUE, "task": task_name, "lock": lock, "args": json.dumps(dict(args)), "at": at}
    return (await work.session.execute(_DEFER, values)).scalar_one()[0]
