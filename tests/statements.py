"""What is asked of the database while something happens: a page has to cost the same whatever it shows."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event

BEFORE = "before_cursor_execute"

# the reader of the live feed asks on the same engine whenever it likes, in a task that began before
_ASKING: ContextVar[bool] = ContextVar("asking", default=False)


@contextmanager
def noting(app: Any) -> Generator[list[str]]:
    """A list that every statement of the application is added to meanwhile."""
    seen = list[str]()
    engine, note = app.app.state.runtime.engine.sync_engine, _noted_in(seen)
    event.listen(engine, BEFORE, note)
    try:
        yield seen
    finally:
        event.remove(engine, BEFORE, note)


async def noted(unit: Any) -> list[str]:
    """A list that every statement of this transaction is added to from now on."""
    seen = list[str]()
    event.listen((await unit.session.connection()).sync_connection, BEFORE, _noted_in(seen))
    return seen


async def statements_for(app: Any, client: Any, path: str) -> int:
    """How many statements it takes to show a page to somebody who has seen it before."""
    await client.get(path)
    seen = list[str]()
    engine, note = app.app.state.runtime.engine.sync_engine, _noted_in(seen)

    def note_own(*given: Any) -> None:
        if _ASKING.get():
            note(*given)

    event.listen(engine, BEFORE, note_own)
    asking = _ASKING.set(True)
    try:
        assert (await client.get(path)).status_code == 200
    finally:
        _ASKING.reset(asking)
        event.remove(engine, BEFORE, note_own)
    return len(seen)


def _noted_in(seen: list[str]) -> Callable[..., None]:
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    return note
