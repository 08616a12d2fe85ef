"""Guessing passwords is slow: so many failures per name and window, then wait.

An attempt counts when it begins, not when it has failed, so that many at once gain nothing; success
forgets the name.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, Protocol

ATTEMPTS: Final = 10
WINDOW: Final = 60.0  # seconds


class Throttle(Protocol):
    """Called from several worker threads at once; must be thread-safe and may block."""

    def begin(self, name: str) -> float:
        """Count one attempt; return 0, or how many seconds to wait before the next one."""

    def succeed(self, name: str) -> None:
        """Forget what was counted for *name*."""


class OwnThrottle:
    """Counts in this process, in bounded memory: the names least recently tried are forgotten first."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        attempts: int = ATTEMPTS,
        window: float = WINDOW,
        names: int = 10_000,
    ) -> None:
        """Allow *attempts* per *window* seconds of *clock* for each of the last *names* names."""
        self._clock = clock
        self._attempts = attempts
        self._window = window
        self._names = names
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str) -> float:
        """Count one attempt; return 0, or how many seconds to wait before the next one."""
        now = self._clock()
        with self._lock:
            recent = self._recent.setdefault(name, deque(maxlen=self._attempts))
            self._recent.move_to_end(name)
            if len(self._recent) > self._names:
                self._recent.popitem(last=False)
            while recent and recent[0] <= now - self._window:
                recent.popleft()
            if len(recent) >= self._attempts:
                return recent[0] + self._window - now
            recent.append(now)
            return 0.0

    def succeed(self, name: str) -> None:
        with self._lock:
            self._recent.pop(name, None)
