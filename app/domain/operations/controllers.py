"""For those who run the shop's server: is it alive, is it ready, what does it do."""

from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath
from prometheus_client import Gauge, generate_latest
from sqlalchemy import text

from app.lib.database_errors import translate_database_error
from app.lib.errors import NotFound
from app.web.state import runtime

STREAMS = Gauge("live_streams", "Open live pages of this process")


@get("/health/live", public=True, skip_authentication=True, include_in_schema=False)
async def health_live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", public=True, skip_authentication=True, include_in_schema=False)
async def health_ready(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Everything it depends on answers too; Redis may be away, the database may not."""
    database = await _database(request)
    checks = {"database": database, "live": "ok" if request.app.state.feed.ready.is_set() else "reconnecting"}
    here = runtime(request)
    if here.redis is not None:
        checks["redis"] = await _redis(here.redis)
    ready = database == "ok"
    return Response(
        {"status": "ok" if ready else "unavailable", "checks": checks},
        status_code=200 if ready else 503,
        headers={} if ready else {"Retry-After": "2"},
    )


@get("/metrics", public=True, skip_authentication=True, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Counters in the format of Prometheus."""
    STREAMS.set(request.app.state.feed.stream_count)
    return Response(generate_latest(), media_type=MediaType.TEXT)


async def _database(request: Request[Any, Any, Any]) -> str:
    try:
        async with runtime(request).read_engine.connect() as connection:
            await connection.execute(text("select 1"))
    except Exception as error:
        if translate_database_error(error) is None:
            raise
        return "unavailable"
    return "ok"


async def _redis(redis: Any) -> str:
    try:
        await redis.ping()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not available
        return "unavailable"
    return "ok"


@get("/{path:path}", public=True, include_in_schema=False)
async def nothing_here(path: FromPath[str]) -> None:
    """Every other address: not found, said with the navigation of whoever is signed in."""
    raise NotFound(f"There is nothing at {path}.")
