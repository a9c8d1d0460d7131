"""The newest changes in memory: pages that come back are served from here and cost the database nothing."""

from collections import deque
from collections.abc import Iterable
from itertools import takewhile

from app.domain.live.positions import Position
from app.domain.live.queries import ChangeSignal

KEPT = 2000


class RecentChanges:
    """The last KEPT changes in reading order; while there were fewer, all there are."""

    def __init__(self) -> None:
        self._signals: deque[ChangeSignal] = deque(maxlen=KEPT)

    def begin(self, signals: Iterable[ChangeSignal]) -> None:
        """Forget what is kept and go on from these: the newest KEPT of the log, or all of a shorter log."""
        self._signals = deque(signals, KEPT)

    def add(self, batch: Iterable[ChangeSignal]) -> None:
        """Keep a batch, the oldest changes make room."""
        self._signals.extend(batch)

    def between(self, start: Position, end: Position) -> list[ChangeSignal] | None:
        """The changes after `start` up to `end`; None when some of them are no longer kept."""
        if len(self._signals) == KEPT and start < self._signals[0].position:
            return None
        newer = takewhile(lambda signal: signal.position > start, reversed(self._signals))
        found = [signal for signal in newer if signal.position <= end]
        found.reverse()
        return found
