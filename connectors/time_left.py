"""How long a request may still take: a budget that shrinks on its way to the departments."""

import time
from contextvars import ContextVar
from typing import Final

_UNTIL: Final[ContextVar[float | None]] = ContextVar("request_deadline", default=None)


def limit_time(seconds: float) -> None:
    """Say that whatever this task starts from now on has *seconds* in all."""
    _UNTIL.set(time.monotonic() + seconds)


def time_left(most: float) -> float:
    """Return the seconds that a call may take: *most*, or what its request has left."""
    until = _UNTIL.get()
    return most if until is None else max(0.0, min(most, until - time.monotonic()))
