"""Who else has a record open, and who is editing it.

Heartbeats travel as NOTIFY signals, so every process knows everybody and nothing is stored.
"""

import time
from dataclasses import dataclass
from typing import Any

from app.domain.live.feed import LiveFeed, sse_event
from app.web.viewer import initials_of, tone_of

LIFETIME = 45.0


def entity_of(topic: str) -> str:
    """The kind of record a topic is about: `equipment` of `equipment-42`."""
    return topic.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Present:
    """One person on one page."""

    user_id: int
    name: str
    editing: bool
    field: str | None
    until: float


class Presence:
    """The people on each topic (`equipment-42`, `inventory`), as far as their last heartbeat reaches."""

    def __init__(self) -> None:
        self._topics: dict[str, dict[int, Present]] = {}

    def note(self, payload: dict[str, Any]) -> bool:
        """Take a heartbeat in. Returns whether it changes what others see."""
        topic, user_id = str(payload["topic"]), int(payload["user_id"])
        people = self._topics.setdefault(topic, {})
        before = people.get(user_id)
        fresh_before = before is not None and before.until > time.monotonic()
        if payload.get("left"):
            people.pop(user_id, None)
            return fresh_before
        here = Present(
            user_id,
            str(payload["name"]),
            bool(payload["editing"]),
            payload.get("field") or None,
            time.monotonic() + LIFETIME,
        )
        people[user_id] = here
        return (
            not fresh_before or before is None or (before.editing, before.field) != (here.editing, here.field)
        )

    def people(self, topic: str) -> list[dict[str, Any]]:
        """Who is on a topic, as pages show them."""
        moment = time.monotonic()
        present = {key: one for key, one in self._topics.get(topic, {}).items() if one.until > moment}
        if present:
            self._topics[topic] = present
        else:
            self._topics.pop(topic, None)
        return [
            {
                "id": one.user_id,
                "name": one.name,
                "initials": initials_of(one.name),
                "tone": tone_of(one.user_id),
                "editing": one.editing,
                "field": one.field,
            }
            for one in present.values()
        ]

    def expired(self) -> list[str]:
        """Topics on which somebody's time ran out since the last call."""
        moment = time.monotonic()
        return [
            topic
            for topic, people in self._topics.items()
            if any(one.until <= moment for one in people.values())
        ]


def publish_presence(feed: LiveFeed, presence: Presence, topic: str) -> None:
    """Tell the pages of this process that may know of it who is on a topic now."""
    event = sse_event("presence", {"topic": topic, "people": presence.people(topic)})
    feed.publish(event, about=entity_of(topic))
