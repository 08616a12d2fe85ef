"""A circuit breaker: a department that fails is left alone for a while, then tried with one call."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class BreakerState(Enum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRule:
    """When a breaker opens, and for how long.

    Attributes:
        window: seconds of calls that are looked at.
        volume: calls in the window below which nothing is concluded.
        share: of them that must have failed.
        rest: seconds the department is left alone.
    """

    window: float = 10.0
    volume: int = 10
    share: float = 0.5
    rest: float = 5.0


class Breaker:
    """For one department and one kind of call."""

    def __init__(
        self, rule: BreakerRule | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rule = rule or BreakerRule()
        self._clock = clock
        self._calls: deque[tuple[float, bool]] = deque()
        self._failed = 0  # of them
        self._opened: float | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        if self._opened is None:
            return BreakerState.CLOSED
        rested = self._clock() - self._opened >= self._rule.rest
        return BreakerState.HALF_OPEN if rested else BreakerState.OPEN

    def lets_pass(self) -> bool:
        """Whether a call may go out; half open, one at a time. Every call that may must `note`."""
        state = self.state
        if state is BreakerState.HALF_OPEN and not self._probing:
            self._probing = True
            return True
        return state is BreakerState.CLOSED

    def note(self, *, well: bool) -> None:
        """Note how a call ended; one that was given up half-way says nothing: `forget` it."""
        now = self._clock()
        if self._opened is not None:
            self._probing = False
            self._opened = None if well else now
            self._forget_calls()
            return
        self._calls.append((now, well))
        self._failed += not well
        while self._calls[0][0] <= now - self._rule.window:
            _, was_well = self._calls.popleft()
            self._failed -= not was_well
        enough = len(self._calls) >= self._rule.volume
        if enough and self._failed >= self._rule.share * len(self._calls):
            self._opened = now
            self._forget_calls()

    def _forget_calls(self) -> None:
        self._calls.clear()
        self._failed = 0

    def forget(self) -> None:
        """Let another call probe: this one was cancelled and proved nothing."""
        self._probing = False
