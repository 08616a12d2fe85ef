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
        self._turn = (
            0  # rises whenever it opens, tries or closes: calls of earlier turns are old news
        )

    @property
    def state(self) -> BreakerState:
        if self._opened is None:
            return BreakerState.CLOSED
        rested = self._clock() - self._opened >= self._rule.rest
        return BreakerState.HALF_OPEN if rested else BreakerState.OPEN

    def enter(self) -> int | None:
        """Return the turn of a call that may go out, None if none may; half open, one at a time.

        Every call that entered must `note` or `forget` its turn.
        """
        state = self.state
        if state is BreakerState.HALF_OPEN and not self._probing:
            self._probing = True
            self._turn += 1
            return self._turn
        return self._turn if state is BreakerState.CLOSED else None

    def note(self, turn: int, *, well: bool) -> None:
        """Note how a call ended; one that began before the breaker opened decides nothing."""
        if turn != self._turn:
            return
        now = self._clock()
        if self._opened is not None:  # the one that tried
            self._probing = False
            self._turns_to(None if well else now)
            return
        self._calls.append((now, well))
        self._failed += not well
        while self._calls[0][0] <= now - self._rule.window:
            _, was_well = self._calls.popleft()
            self._failed -= not was_well
        enough = len(self._calls) >= self._rule.volume
        if enough and self._failed >= self._rule.share * len(self._calls):
            self._turns_to(now)

    def forget(self, turn: int) -> None:
        """Let another call try: this one was cancelled and proved nothing."""
        if turn == self._turn:
            self._probing = False

    def _turns_to(self, opened: float | None) -> None:
        self._opened = opened
        self._turn += 1
        self._calls.clear()
        self._failed = 0
