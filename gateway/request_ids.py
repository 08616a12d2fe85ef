"""The request under way: its id, in its answer, in the record and in every line that is logged for it; its age."""

import secrets
import time
from contextvars import ContextVar
from typing import Final

import structlog

_CURRENT: Final[ContextVar[tuple[str, float] | None]] = ContextVar("request", default=None)


def begin_request() -> str:
    """Draw the id of a new request; it goes with all that this task does and starts from now on.

    A client's own id is not taken over: it could be anything, and stands in logs.
    """
    drawn = secrets.token_hex(8)
    _CURRENT.set((drawn, time.perf_counter()))
    structlog.contextvars.bind_contextvars(request=drawn)
    return drawn


def current_request() -> str:
    """Return the id of the request under way."""
    current = _CURRENT.get()
    return begin_request() if current is None else current[0]


def request_milliseconds() -> int:
    """Return how long ago the request under way began."""
    current = _CURRENT.get()
    return 0 if current is None else round((time.perf_counter() - current[1]) * 1000)
