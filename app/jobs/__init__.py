"""Work behind the scenes: jobs in the database the application writes to, and the workers that do them.

`enqueue` promises a job within the transaction of a unit of work, so a job exists exactly when that
transaction was committed. Jobs may run more than once (a worker can be killed at any moment), so every
one of them goes on where it was or finds nothing left to do.
"""

from app.jobs.queue import enqueue

__all__ = ["enqueue"]
