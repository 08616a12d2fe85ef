"""
The line to one department: who may call now, how often, for how long.

Outermost first: breaker (a failing department is left alone), bulkhead (so many calls at once),
deadline (its own, or what the request has left), and for questions one more try, with jitter or
after the `Retry-After` it asked for. Orders are never tried again here.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import anyio
import stamina

from connectors.breaker import Breaker, BreakerState
from connectors.control import ControlOrder, ControlPort, Receipt
from connectors.errors import DepartmentError, DepartmentSpared, DepartmentTimeout
from connectors.metrics import DepartmentMetrics
from connectors.question import Answer
from connectors.time_left import limit_time, time_left
from domain.identity import IdNumber

T = TypeVar("T")
Answers = Mapping[IdNumber, Answer[Any]]

QUESTIONS: Final = "question"
ORDERS: Final = "order"
_AT_ONCE: Final = 32
_TRIES: Final = 2
_SHOWN: Final = {BreakerState.CLOSED: 0.0, BreakerState.HALF_OPEN: 0.5, BreakerState.OPEN: 1.0}


class Line:
    def __init__(self, department: str, deadline: float, metrics: DepartmentMetrics) -> None:
        self.department = department
        self._deadline = deadline
        self._metrics = metrics
        self._breakers = {QUESTIONS: Breaker(), ORDERS: Breaker()}
        self._bulkhead: anyio.CapacityLimiter | None = None

    def state(self, kind: str) -> BreakerState:
        return self._breakers[kind].state

    async def ask(self, put: Callable[[], Awaitable[Answers]]) -> Answers:
        """Return what *put* returns, which puts a question; it may be called twice.

        Raises:
            DepartmentError: the last try's; `DepartmentSpared` without any.
        """
        started = time.perf_counter()
        limit_time(time_left(self._deadline))
        try:
            async with self._room(QUESTIONS):
                answers = await self._tried(put)
        finally:
            self._metrics.seconds.labels(self.department).observe(time.perf_counter() - started)
        extra = sum(answer.overdelivered for answer in answers.values())
        if extra:
            self._metrics.overdelivered.labels(self.department).inc(extra)
        return answers

    async def order(self, send: Callable[[], Awaitable[T]]) -> T:
        """Return what *send* returns, which sends an order or asks after one, once."""
        async with self._room(ORDERS):
            return await send()

    async def _tried(self, put: Callable[[], Awaitable[Answers]]) -> Answers:
        context = stamina.retry_context(
            on=self._wait_for,
            attempts=_TRIES,
            timeout=time_left(self._deadline),
            wait_initial=0.02,
            wait_jitter=0.08,
        )
        async for attempt in context:
            with attempt:
                return await put()
        raise AssertionError("the last attempt raises")

    def _wait_for(self, error: Exception) -> bool | float:
        """Return whether a question may be tried again after *error*, or in how many seconds."""
        if not isinstance(error, DepartmentError) or not error.retryable:
            return False
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            return float(asked) if asked < time_left(self._deadline) else False
        return time_left(self._deadline) > 0

    @asynccontextmanager
    async def _room(self, kind: str) -> AsyncIterator[None]:
        """Hold a place on the line; note how the call ended."""
        breaker = self._breakers[kind]
        if not breaker.lets_pass():
            self._count(kind, DepartmentSpared.code)
            raise DepartmentSpared(self.department)
        if self._bulkhead is None:
            self._bulkhead = anyio.CapacityLimiter(_AT_ONCE)
        try:
            with anyio.fail_after(time_left(self._deadline)):
                await self._bulkhead.acquire()
        except TimeoutError as error:
            breaker.note(well=False)
            self._count(kind, DepartmentTimeout.code)
            raise DepartmentTimeout(self.department) from error
        except BaseException:
            breaker.forget()
            raise
        try:
            yield
        except DepartmentError as error:
            breaker.note(well=not _is_ill(error))
            self._count(kind, error.code)
            raise
        except BaseException:
            breaker.forget()
            raise
        else:
            breaker.note(well=True)
            self._count(kind, "ANSWERED")
        finally:
            self._bulkhead.release()
            self._metrics.breaker.labels(self.department, kind).set(_SHOWN[breaker.state])

    def _count(self, kind: str, status: str) -> None:
        self._metrics.calls.labels(self.department, kind, status).inc()


def _is_ill(error: DepartmentError) -> bool:
    """Whether *error* says that the department is not well, rather than that it said no."""
    return error.retryable or error.code == "OUTCOME_UNKNOWN"


class SparingPort:
    """A control port on its line: an order to a department that fails is not even begun."""

    def __init__(self, port: ControlPort, line: Line) -> None:
        self._port = port
        self._line = line

    async def control(self, order: ControlOrder) -> Receipt:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.control(order))

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        return await self._line.order(lambda: self._port.outcome_of(key))
