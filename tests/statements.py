"""What is asked of the database while something happens: a page has to cost the same whatever it shows."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

BEFORE = "before_cursor_execute"


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
    with noting(app) as statements:
        assert (await client.get(path)).status_code == 200
    return len(statements)


def _noted_in(seen: list[str]) -> Callable[..., None]:
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    return note
