"""Logs are events with fields, one JSON object a line; never a token, a number or a name."""

import logging
import sys
from pathlib import Path

import structlog

from gateway.settings import Settings


def configure_logs(settings: Settings, file: Path | None = None) -> None:
    """Write events to standard error, or to *file*."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    output = sys.stderr if file is None else file.open("a", encoding="utf-8")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=output),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)


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
