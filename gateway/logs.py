"""
Logs are events with fields, one JSON object a line; never a token, a number or a name.

What an event may say is a list (`gateway.log_events`). A key that is not on it is left out, a value that
is not of its key's form becomes "…", an event that nobody knows becomes `event.unknown`; `withheld` in the
line says how often that was so.
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

from gateway.log_events import EVENTS, EVERYWHERE, KEYS
from gateway.settings import Settings

_WITHHELD: Final = "…"
_NOTHING: Final[frozenset[str]] = frozenset()


def configure_logs(settings: Settings, file: Path | None = None) -> None:
    """Write events to standard error, or to *file*."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    output = sys.stderr if file is None else file.open("a", encoding="utf-8")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=output),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _failed
    sys.unraisablehook = lambda failure: _failed(
        failure.exc_type, failure.exc_value, failure.exc_traceback
    )
    threading.excepthook = lambda failure: _failed(
        failure.exc_type, failure.exc_value, failure.exc_traceback
    )


def allowed(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return what of *line* may be written."""
    event = line["event"]
    known = EVENTS.get(event) if isinstance(event, str) else None
    own = _NOTHING if known is None else known
    shown: dict[str, Any] = {"event": "event.unknown" if known is None else event}
    withheld = 0 if known is not None else 1
    for key, value in line.items():
        if key == "event" or (value is None and key in own):
            continue
        if key not in own and key not in EVERYWHERE:
            withheld += 1
        elif KEYS[key](value):
            shown[key] = value
        else:
            shown[key] = _WITHHELD
            withheld += 1
    if withheld:
        shown["withheld"] = withheld
    return shown


class _Library(logging.Handler):
    """What libraries warn of, by place and type of error alone.

    Their words and tracebacks may hold a query's parameters; Authlib prints tokens at DEBUG.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        structlog.get_logger().warning(
            "library.warned",
            logger=record.name,
            severity=record.levelname,
            where=f"{record.module}:{record.lineno}",
            error=None if error is None else error.__name__,
        )


def _failed(
    kind: type[BaseException], failure: BaseException | None, trace: TracebackType | None
) -> None:
    """Say that a thread, or the process, ended with an exception: its words and frames hold data."""
    del failure
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error("process.failed", error=kind.__name__, where=place(trace))


def place(trace: TracebackType | None) -> str:
    """Return function and line where an exception was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
