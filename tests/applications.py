"""Running applications for tests.

What takes long to put together, routes and templates, is handed on from an application that has stopped to the
next one; database, caches, limits and live feed are each one's own.
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from app.asgi import Assembly, assemble, furnish
from app.config import Settings

_idle: list[Assembly] = []


@contextlib.asynccontextmanager
async def application(settings: Settings) -> AsyncGenerator[Any]:
    """A running application of its own on an existing database."""
    assembly = _idle.pop() if _idle else assemble(settings)
    outer: Any = furnish(assembly, settings)
    try:
        async with outer.app.lifespan():
            yield outer
    finally:
        _idle.append(assembly)
