"""The pure rules of maintenance: which step may follow which state, and what jobs mean for their unit."""

from collections.abc import Collection

REPORTED, IN_PROGRESS, WAITING = "reported", "in_progress", "waiting"
RESOLVED, WRITTEN_OFF = "resolved", "written_off"
OPEN = (REPORTED, IN_PROGRESS, WAITING)
CLOSED = (RESOLVED, WRITTEN_OFF)

START, WAIT, RESUME, RESOLVE, WRITE_OFF = "start", "wait", "resume", "resolve", "write_off"

# reported → in progress ⇄ waiting → resolved | written off; what is fixed on the spot needs no start
_STEPS: dict[str, dict[str, str]] = {
    REPORTED: {START: IN_PROGRESS, RESOLVE: RESOLVED, WRITE_OFF: WRITTEN_OFF},
    IN_PROGRESS: {WAIT: WAITING, RESOLVE: RESOLVED, WRITE_OFF: WRITTEN_OFF},
    WAITING: {RESUME: IN_PROGRESS, RESOLVE: RESOLVED, WRITE_OFF: WRITTEN_OFF},
    RESOLVED: {},
    WRITTEN_OFF: {},
}
STEPS = (START, WAIT, RESUME, RESOLVE, WRITE_OFF)

# where a unit is while it is ours to handle; what is out, missing or gone is not moved by a job
_IN_HOUSE = frozenset({"in_stock", "returned", "quarantine", "in_repair"})
_HELD_BACK = frozenset({"quarantine", "in_repair"})
IN_USE = frozenset({"allocated", "prepped", "out"})


def steps_from(state: str) -> tuple[str, ...]:
    """The steps that may be taken in this state, in the order they are offered."""
    return tuple(_STEPS[state])


def state_after(state: str, step: str) -> str | None:
    """The state a step leads to, or None where it may not be taken."""
    return _STEPS[state].get(step)


def unit_state_after(unit_state: str, blocking: Collection[str]) -> str:
    """Where a unit belongs while jobs that block it are open in the states `blocking`.

    Work under way puts it into repair, a report into quarantine; with nothing left it is back in stock.
    """
    if unit_state not in _IN_HOUSE:
        return unit_state
    if IN_PROGRESS in blocking or WAITING in blocking:
        return "in_repair"
    if REPORTED in blocking:
        return "quarantine"
    return "in_stock" if unit_state in _HELD_BACK else unit_state
