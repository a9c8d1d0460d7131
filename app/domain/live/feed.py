"""One reader of the change log per process, fanning out to the open pages."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg
import structlog

from app.db.engine import DirectConnection
from app.domain.live.positions import Position
from app.domain.live.queries import (
    PAGE,
    ChangeSignal,
    changes_after,
    changes_up_to,
    generation_of,
    is_behind,
    newest_position,
    sessions_in_force,
)
from app.domain.live.recent import KEPT, RecentChanges
from app.web.viewer import initials_of, tone_of
from app.web.visibility import hidden_fields, needed_for

IDLE_POLL = 1.0
HORIZON_POLL = 0.015
QUEUE_SIZE = 256
START_PATIENCE = 5.0
SESSION_CHECK = 60.0

log = structlog.get_logger("app.live")


@dataclass(eq=False, slots=True)
class Subscriber:
    """One open page. None in its queue ends the stream; `check_at` is when its session is looked at next."""

    user_id: int
    session_id: int
    capabilities: frozenset[str]
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))
    ended: bool = False
    check_at: float = field(default_factory=lambda: time.monotonic() + SESSION_CHECK)

    def offer(self, event: bytes) -> None:
        """Hand over an event; a page that does not keep up is cut off and comes back by itself."""
        if self.ended:
            return
        if self.queue.full():
            self.end()
        else:
            self.queue.put_nowait(event)

    def end(self) -> None:
        """End the stream at once: what waits is replayed when the page comes back."""
        self.ended = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class LiveFeed:
    """Reads committed changes in order and hands them to every subscriber of this process."""

    def __init__(self, connect: Callable[[], Awaitable[DirectConnection]]) -> None:
        self._connect = connect
        self._wake = asyncio.Event()
        self._subscribers: set[Subscriber] = set()
        self._listeners: list[Callable[[list[ChangeSignal]], None]] = []
        self._signal_listeners: list[Callable[[str], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.recent = RecentChanges()
        self.position = Position()
        self.generation = ""
        self.started = asyncio.Event()
        self.ready = asyncio.Event()

    def on_changes(self, listener: Callable[[list[ChangeSignal]], None]) -> None:
        """Have `listener` called with every batch, before pages hear of it."""
        self._listeners.append(listener)

    def on_signal(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the payload of every passing signal (presence, progress)."""
        self._signal_listeners.append(listener)

    async def start(self) -> None:
        """Begin reading; returns once it does, or after START_PATIENCE without a database."""
        self._task = asyncio.create_task(self._run(), name="live-feed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.started.wait(), START_PATIENCE)

    async def stop(self) -> None:
        """Stop reading and end all streams."""
        self.close_streams()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def close_streams(self) -> None:
        """End every open stream, so that the server can stop; pages come back by themselves."""
        for subscriber in list(self._subscribers):
            subscriber.end()

    def subscribe(self, subscriber: Subscriber) -> Position:
        """Take a page in. Returns the position from which on it is served."""
        self._subscribers.add(subscriber)
        return self.position

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Let a page go."""
        self._subscribers.discard(subscriber)

    @property
    def stream_count(self) -> int:
        """How many pages are open."""
        return len(self._subscribers)

    def publish(self, event: bytes, *, about: str) -> None:
        """Hand a passing event (no position, not replayed) to the pages that may know of this entity."""
        needed = needed_for(about)
        for subscriber in self._subscribers:
            if needed in subscriber.capabilities:
                subscriber.offer(event)

    async def _run(self) -> None:
        delay = 0.1
        while True:
            try:
                connection = await self._connect()
                try:
                    await self._read(connection)
                finally:
                    with contextlib.suppress(Exception):
                        await connection.close(timeout=1)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("live_feed_reconnecting", error=str(error))
            except Exception:
                log.exception("live_feed_failed")
                # some of them may not have been told of the last batch: they come back and are
                self.close_streams()
            if self.ready.is_set():
                # it was reading, so this is no series of failures
                delay = 0.1
            self.ready.clear()
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)

    async def _read(self, connection: DirectConnection) -> None:
        await connection.add_listener("change", self._notified)
        await connection.add_listener("signal", self._signalled)
        generation = await generation_of(connection)
        if generation != self.generation:
            position = await newest_position(connection)
            self.recent.begin(await changes_up_to(connection, position, KEPT))
            self.generation, self.position = generation, position
        self.started.set()
        self.ready.set()
        self._wake.set()
        while not connection.is_closed():
            # wait_for would swallow a cancellation that comes together with a wake-up
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_POLL):
                    await self._wake.wait()
            self._wake.clear()
            await self._catch_up(connection)
            await self._end_expired(connection)

    async def _catch_up(self, connection: DirectConnection) -> None:
        while True:
            batch = await changes_after(connection, self.position)
            if batch:
                self._deliver(batch)
            if len(batch) == PAGE:
                continue
            if not await is_behind(connection, self.position):
                return
            await asyncio.sleep(HORIZON_POLL)

    async def _end_expired(self, connection: DirectConnection) -> None:
        """End the streams of sessions that are over by time, of which the log tells nothing."""
        moment = time.monotonic()
        due = [page for page in self._subscribers if page.check_at <= moment and not page.ended]
        if not due:
            return
        in_force = await sessions_in_force(connection, {page.session_id for page in due})
        for page in due:
            if page.session_id in in_force:
                page.check_at = moment + SESSION_CHECK
            else:
                page.end()

    def _deliver(self, batch: list[ChangeSignal]) -> None:
        self.position = batch[-1].position
        self.recent.add(batch)
        for listener in self._listeners:
            try:
                listener(batch)
            except Exception:
                log.exception("live_listener_failed")
        encoded: dict[frozenset[str], bytes] = {}
        for subscriber in list(self._subscribers):
            if _ends(subscriber, batch):
                subscriber.end()
                continue
            if subscriber.capabilities not in encoded:
                encoded[subscriber.capabilities] = encode_changes(
                    batch, self.generation, subscriber.capabilities
                )
            subscriber.offer(encoded[subscriber.capabilities])

    def _notified(self, *_: object) -> None:
        self._wake.set()

    def _signalled(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        for listener in self._signal_listeners:
            listener(str(payload))


def _ends(subscriber: Subscriber, batch: list[ChangeSignal]) -> bool:
    """Whether a batch takes the page's person or session away; the page then asks again who it is."""
    return any(
        (
            signal.entity == "user"
            and signal.entity_id == subscriber.user_id
            and not {"active", "role"}.isdisjoint(signal.fields)
        )
        or (
            signal.entity == "session"
            and signal.action == "session.ended"
            and signal.entity_id == subscriber.session_id
        )
        for signal in batch
    )


def encode_changes(batch: list[ChangeSignal], generation: str, capabilities: frozenset[str]) -> bytes:
    """One `change` event for what this audience may know of a batch; an id without data for the rest."""
    visible = [
        {
            "entity": signal.entity,
            "id": signal.entity_id,
            "version": signal.version,
            "action": signal.action,
            "parent": f"{signal.parent_entity}-{signal.parent_id}" if signal.parent_entity else None,
            "actor": {
                "id": signal.actor_id,
                "name": signal.actor_name,
                "initials": initials_of(signal.actor_name),
                "tone": tone_of(signal.actor_id or 1),
            },
            "fields": [
                name for name in signal.fields if name not in hidden_fields(signal.entity, capabilities)
            ],
        }
        for signal in batch
        if needed_for(signal.entity) in capabilities
    ]
    event_id = batch[-1].position.event_id(generation)
    if not visible:
        return f"id: {event_id}\r\n\r\n".encode()
    return sse_event("change", {"changes": visible}, event_id)


def sse_event(name: str, data: object, event_id: str | None = None) -> bytes:
    """The bytes of one named event with JSON data."""
    lines = [f"id: {event_id}"] if event_id else []
    lines += [f"event: {name}", f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
