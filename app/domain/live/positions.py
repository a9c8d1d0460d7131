"""Where a reader of the change log is.

Ids are handed out before the order of commits is decided, so "id greater than the last" skips rows that
commit late. Readers go by (transaction id, id) instead, and only as far as no transaction below is still
open; nothing can appear behind such a position. The generation names the database cluster: after a
restore into another one, old positions mean nothing and the page loads everything anew.
"""

import re
from dataclasses import dataclass

_EVENT_ID = re.compile(r"([0-9]{1,20})-([0-9]{1,19})-([0-9]{1,19})")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log: everything up to and including it has been read."""

    xid: int = 0
    id: int = 0

    def event_id(self, generation: str) -> str:
        """The id of a live event, which a browser sends back to resume."""
        return f"{generation}-{self.xid}-{self.id}"


def parse_event_id(text: str, generation: str) -> Position | None:
    """The position in an event id; None when it is of another generation or no event id at all."""
    match = _EVENT_ID.fullmatch(text)
    if match is None or match[1] != generation:
        return None
    position = Position(int(match[2]), int(match[3]))
    return position if max(position.xid, position.id) <= _LARGEST else None
