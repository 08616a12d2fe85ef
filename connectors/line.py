"""
The line to one department: who may call now, how often, for how long.

Outermost first: breaker (a failing department is left alone), bulkhead (so many calls at once),
deadline (its own, or what the request has left), and for questions one more try, with jitter or
after the `Retry-After` it asked for. Orders are never tried again here.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, TypeVar

import anyio

from connectors.breaker import Breaker, BreakerState
from connectors.control import ControlOrder, ControlPort, Receipt, Standing
from connectors.errors import (
    DepartmentError,
    DepartmentPending,
    DepartmentSpared,
    DepartmentTimeout,
)
from connectors.metrics import DepartmentMetrics
from connectors.question import Answer
from connectors.time_left import limit_time, time_left
from domain.identity import IdNumber

T = TypeVar("T")
Answers = Mapping[IdNumber, Answer[Any]]

QUESTIONS: Final = "question"
ORDERS: Final = "order"
_AT_ONCE: Final = 32
_A_LITTLE: Final = 0.1  # seconds
_JITTER: Final = 0.08  # seconds
_SHOWN: Final = {BreakerState.CLOSED: 0.0, BreakerState.HALF_OPEN: 1.0, BreakerState.OPEN: 2.0}


class Line:
    def __init__(
        self, department: str, deadline: float, metrics: DepartmentMetrics, *, shown_as: str = ""
    ) -> None:
        """*shown_as* is the line's name in metrics, where a department has several systems."""
        self.department = department
        self._deadline = deadline
        self._metrics = metrics
        self._breakers = {QUESTIONS: Breaker(), ORDERS: Breaker()}
        self._bulkhead = asyncio.Semaphore(_AT_ONCE)
        self._seconds = metrics.seconds.labels(department)
        self._well = metrics.requests.labels(department, "ANSWERED")
        for kind in self._breakers:
            metrics.watch_breaker(shown_as or department, kind, partial(self._shown, kind))

    def state(self, kind: str) -> BreakerState:
        return self._breakers[kind].state

    async def ask(self, put: Callable[[], Awaitable[Answers]]) -> Answers:
        """Return what *put* returns, which puts a question; it may be called twice.

        Raises:
            DepartmentError: the last try's; `DepartmentSpared` without any.
        """
        started = time.perf_counter()
        left = time_left(self._deadline)
        limit_time(left)
        try:
            # A connector that splits its subjects ends its parts itself, a little earlier.
            with anyio.fail_after(left + _A_LITTLE):
                answers = await self._in_room(QUESTIONS, lambda: self._tried(put))
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        finally:
            self._seconds.observe(time.perf_counter() - started)
        extra = sum(answer.overdelivered for answer in answers.values())
        if extra:
            self._metrics.overdelivered.labels(self.department).inc(extra)
        return answers

    async def order(self, send: Callable[[], Awaitable[T]]) -> T:
        """Return what *send* returns, which sends an order or asks after one, once."""
        return await self._in_room(ORDERS, send)

    async def _tried(self, put: Callable[[], Awaitable[Answers]]) -> Answers:
        try:
            return await put()
        except DepartmentError as error:
            wait = self._wait_for(error)
            if wait is None:
                raise
        await anyio.sleep(wait)
        return await put()

    def _wait_for(self, error: DepartmentError) -> float | None:
        """Return in how many seconds a question may be tried again after *error*; None for never."""
        if not error.retryable or isinstance(error, DepartmentPending):
            return None
        asked = getattr(error, "retry_after", None)
        wait = _JITTER * (0.2 + random.random()) if asked is None else float(asked)  # noqa: S311 -- spreads
        return wait if wait < time_left(self._deadline) else None

    async def _in_room(self, kind: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do *work* in a place on the line; note how it ended."""
        breaker = self._breakers[kind]
        # With little left of the request's own time a timeout says nothing of the department.
        fair = time_left(self._deadline) >= self._deadline / 2
        turn = breaker.enter()
        if turn is None:
            self._count(DepartmentSpared.code)
            raise DepartmentSpared(self.department)
        try:
            await self._enter()
        except DepartmentTimeout as error:
            breaker.forget(turn)  # our own queue was long, which is not the department's illness
            self._count(error.code)
            raise
        except BaseException:
            breaker.forget(turn)
            raise
        try:
            done = await work()
        except DepartmentError as error:
            if isinstance(error, DepartmentTimeout) and not fair:
                breaker.forget(turn)
            else:
                breaker.note(turn, well=not _is_ill(error))
            self._count(error.code)
            raise
        except BaseException:
            breaker.forget(turn)
            raise
        else:
            breaker.note(turn, well=True)
            self._well.inc()
            return done
        finally:
            self._bulkhead.release()

    async def _enter(self) -> None:
        """Take a place in the bulkhead.

        Raises:
            DepartmentTimeout: all places were taken for as long as the request had.
        """
        if not self._bulkhead.locked():
            await self._bulkhead.acquire()  # does not wait
            return
        try:
            with anyio.fail_after(time_left(self._deadline)):
                await self._bulkhead.acquire()
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    def _count(self, outcome: str) -> None:
        self._metrics.requests.labels(self.department, outcome).inc()

    def _shown(self, kind: str) -> float:
        return _SHOWN[self.state(kind)]


def _is_ill(error: DepartmentError) -> bool:
    """Whether *error* says that the department is not well, rather than that it said no."""
    if isinstance(error, DepartmentPending):
        return False  # it took the question
    return error.retryable or error.code == "OUTCOME_UNKNOWN"


class SparingPort:
    """A control port on its line: an order to a department that fails is not even begun."""

    def __init__(self, port: ControlPort, line: Line) -> None:
        self._port = port
        self._line = line

    @property
    def answers_for_keys(self) -> bool:
        """See `connectors.control.ControlPort`."""
        return self._port.answers_for_keys

    async def control(self, order: ControlOrder) -> Receipt:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.control(order))

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.outcome_of(key))

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.standing_of(key))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.holds_since(day))
