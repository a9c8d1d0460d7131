"""The live stream, and the heartbeats of presence."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Iterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.params import FromQuery, JSONBody
from litestar.types import ASGIApp
from sqlalchemy import text
from sse_starlette import EventSourceResponse

from app.domain.live.feed import LiveFeed, Subscriber, encode_changes, sse_event
from app.domain.live.positions import Position, parse_event_id
from app.domain.live.presence import Presence, entity_of, publish_presence
from app.domain.live.queries import PAGE
from app.web.permissions import EQUIPMENT_READ, SIGNED_IN
from app.web.state import runtime, viewer_of
from app.web.viewer import Viewer
from app.web.visibility import needed_for


class Heartbeat(msgspec.Struct):
    """What a page says about its person."""

    topic: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}(-\d{1,18})?$")]
    editing: bool = False
    field: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    left: bool = False


@get("/live", capability=SIGNED_IN, include_in_schema=False)
async def live(request: Request[Any, Any, Any], since: FromQuery[str] = "") -> ASGIApp:
    """Stream what changes. Resumes after `Last-Event-ID`, or after the position the page was rendered at."""
    feed: LiveFeed = request.app.state.feed
    asked = request.headers.get("last-event-id") or since
    stream = _stream(feed, viewer_of(request), asked)
    response: Any = EventSourceResponse(
        stream,
        ping=random.uniform(20, 30),  # noqa: S311 - spread, so that pings of many pages do not fall together
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    return response


async def _stream(feed: LiveFeed, viewer: Viewer, asked: str) -> AsyncGenerator[bytes]:
    # before its first look at the log the feed has no position to serve a page from
    await feed.started.wait()
    subscriber = Subscriber(viewer.id, viewer.session_id, viewer.capabilities)
    joined = feed.subscribe(subscriber)
    try:
        for event in _missed(feed, viewer, asked, joined):
            yield event
            # many pages come back at once: others get their turn
            await asyncio.sleep(0)
        while (event := await subscriber.queue.get()) is not None:
            yield event
    finally:
        feed.unsubscribe(subscriber)


def _missed(feed: LiveFeed, viewer: Viewer, asked: str, joined: Position) -> Iterator[bytes]:
    """Replay what was committed between the position asked for and the one the page joined at."""
    start = parse_event_id(asked, feed.generation) if asked else joined
    here = joined.event_id(feed.generation)
    # another database, one that was restored to an earlier state, or too far behind: load everything anew
    missed = None if start is None or start > joined else feed.recent.between(start, joined)
    if missed is None:
        yield sse_event("resync", {}, here)
        return
    for first in range(0, len(missed), PAGE):
        yield encode_changes(missed[first : first + PAGE], feed.generation, viewer.capabilities)
    yield f"id: {here}\r\n\r\n".encode()


@post("/presence", capability=EQUIPMENT_READ, status_code=200, include_in_schema=False)
async def presence(request: Request[Any, Any, Any], data: JSONBody[Heartbeat]) -> Response[dict[str, Any]]:
    """Say that the viewer is on a page, and hear who else is."""
    viewer = viewer_of(request)
    payload = {"kind": "presence", "user_id": viewer.id, "name": viewer.name, **msgspec.to_builtins(data)}
    here: Presence = request.app.state.presence
    if here.note(payload):
        publish_presence(request.app.state.feed, here, data.topic)
    await notify(request, payload)
    people = here.people(data.topic) if viewer.can(needed_for(entity_of(data.topic))) else []
    return Response({"topic": data.topic, "people": people}, media_type=MediaType.JSON)


async def notify(request: Request[Any, Any, Any], payload: dict[str, Any]) -> None:
    """Send a passing signal to every process."""
    async with runtime(request).read_engine.connect() as connection:
        await connection.execute(
            text("select pg_notify('signal', :payload)"), {"payload": json.dumps(payload)}
        )
