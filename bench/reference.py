"""What the inventory page is measured against: its query over plain asyncpg, its template, nothing else.

The context is built once at the start by the application's own code. A request fetches the rows and
renders the whole page: no sign-in, no guards, no further statements; compressed like the application.
"""

from collections import namedtuple
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Litestar, MediaType, Request, Response, get
from litestar.config.compression import CompressionConfig
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from app.asgi import create_app
from app.config import load_settings
from app.db.engine import connect_directly
from app.domain.inventory import list_queries
from app.domain.inventory.listing import PAGE_SIZE, Direction, Listing
from app.domain.inventory.table_page import table_context
from app.domain.inventory.table_view import table_rows
from app.web import formatting
from app.web.permissions import CAPABILITIES
from app.web.render import _base_context as base_context
from app.web.viewer import Viewer

MANAGER = Viewer(
    id=2, name="Jonas Lindqvist", username="manager", role="manager", role_label="Manager", theme="",
    time_zone="", locale="", shortcuts=True, avatar=None, must_change_password=False, notifications_seen=0,
    session_id=1, session_kind="browser", capabilities=CAPABILITIES["manager"],
)  # fmt: skip


def create_reference() -> Litestar:
    """The reference as an application."""
    return Litestar(
        [inventory],
        lifespan=[_lifespan],
        compression_config=CompressionConfig(backend="brotli", brotli_quality=4, minimum_size=800),
        openapi_config=None,
        logging_config=None,
    )


@get("/inventory")
async def inventory(request: Request[Any, Any, Any]) -> Response[str]:
    """Fetch and render."""
    state = request.app.state
    formatting.reader.set(state.reader)
    fetched = await state.statement.fetch(PAGE_SIZE + 1)
    rows = table_rows([state.row(*record) for record in fetched[:PAGE_SIZE]])
    return Response(state.template.render({**state.context, "rows": rows}), media_type=MediaType.HTML)


@asynccontextmanager
async def _lifespan(reference: Litestar) -> AsyncGenerator[None]:
    real: Any = create_app(load_settings()).app  # type: ignore[attr-defined]
    async with real.lifespan():
        runtime = real.state.runtime
        request: Any = Request({
            "type": "http", "app": real, "litestar_app": real, "user": MANAGER, "method": "GET",
            "path": "/inventory", "query_string": b"", "headers": [],
            "state": {"csrf_anchor": "reference", "cookies": {}},
        })  # type: ignore[typeddict-item]  # fmt: skip
        async with runtime.read_engine.connect() as reading:
            context = await table_context(request, reading, Listing())
        reference.state.context = {**base_context(request, runtime), **context}
        reference.state.template = runtime.templates.get_template("inventory/index.html")
        reference.state.reader = (ZoneInfo(runtime.company.time_zone), runtime.company.locale)
    connection = await connect_directly(load_settings().database_url or "")
    reference.state.statement = await connection.prepare(page_query())
    names = [attribute.name for attribute in reference.state.statement.get_attributes()]
    reference.state.row = namedtuple("Row", names)  # noqa: PYI024 - its columns are those of the query
    yield
    await connection.close()


def page_query() -> str:
    """The statement of the first page by name, as the application sends it."""
    names = frozenset(list_queries.parameters(Listing()))
    return str(list_queries._page(names, "name", Direction.ASCENDING, "valued").compile(dialect=dialect()))  # noqa: SLF001
