"""The id of the request under way: in its answer, in the record, and in every line that is logged for it."""

import secrets
from contextvars import ContextVar
from typing import Final

import structlog

_CURRENT: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)


def begin_request() -> str:
    """Draw the id of a new request; it goes with all that this task does and starts from now on.

    A client's own id is not taken over: it could be anything, and stands in logs.
    """
    drawn = secrets.token_hex(8)
    _CURRENT.set(drawn)
    structlog.contextvars.bind_contextvars(request=drawn)
    return drawn


def current_request() -> str:
    """Return the id of the request under way."""
    return _CURRENT.get() or begin_request()
