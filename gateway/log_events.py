"""
What may be logged: every event with its keys, every key with the form of its values.

A key is added here and in docs/operations.md, or it never reaches a line. A test reads the log calls of
the whole tree and holds them against this table.
"""

from collections.abc import Mapping
from typing import Final

from connectors.value_forms import (
    DASHED,
    DIGEST,
    DOTTED,
    DRAWN,
    INSTANT,
    PLACE,
    REQUEST,
    ROUTE,
    TRACE,
    WORD,
    Form,
    count,
    seconds,
    words_by_department,
)

EVERYWHERE: Final = frozenset({"event", "level", "timestamp", "request", "trace"})
"""Keys of every line; the last two of those that a request caused."""

KEYS: Final[Mapping[str, Form]] = {
    "attempt": count,
    "bytes": count,
    "cost": count,
    "days": count,
    "days_left": count,
    "department": DASHED,
    "departments": words_by_department,
    "entry": DRAWN,
    "error": WORD,
    "errors": count,
    "found": count,
    "id": DRAWN,
    "kind": WORD,
    "level": WORD,
    "logger": DOTTED,
    "method": WORD,
    "order": DRAWN,
    "port": count,
    "question": WORD,
    "request": REQUEST,
    "result": WORD,
    "route": ROUTE,
    "seconds": seconds,
    "severity": WORD,
    "sha256": DIGEST,
    "since": INSTANT,
    "size": count,
    "snapshot": DRAWN,
    "status": count,
    "subjects": count,
    "target": DRAWN,
    "timestamp": INSTANT,
    "trace": TRACE,
    "unit": DASHED,
    "webhook": DRAWN,
    "where": PLACE,
}

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    event: frozenset(keys.split())
    for event, keys in {
        "bell.not_heard": "error",
        "cache.away": "error seconds",
        "case.exceeds": "order days_left",
        "clock.turn_failed": "error",
        "delivery.failed": "order error",
        "delivery.lease_lost": "order",
        "delivery.not_settled": "error",
        "delivery.parked": "order error",
        "delivery.postponed": "order error seconds",
        "delivery.round_failed": "error",
        "delivery.unknown": "order error",
        "department.question_failed": "department question error",
        "department.stranger": "department subjects",
        "document.shown": "order kind sha256",
        "document.uploaded": "sha256 size",
        "entry.closed": "entry",
        "entry.term_over": "id",
        "hit.overdue": "id",
        "hit.retention_over": "id",
        "hold.ending": "order days",
        "hold.lapsed": "order",
        "holds.differ": "department found",
        "holds.not_stated": "department error",
        "http.answered": "method route status seconds",
        "library.warned": "logger severity where error",
        "list.not_read": "error",
        "list.reminded": "target",
        "metrics.listening": "port",
        "order.delivered": "order department result attempt",
        "order.overdue": "order",
        "plan.unusual": "error",
        "process.failed": "error where",
        "ranges.not_read": "error",
        "record.available": "since",
        "record.still_unavailable": "error",
        "record.turn_failed": "error",
        "record.unavailable": "error",
        "request.answered": "cost errors departments",
        "request.field_failed": "error where",
        "snapshot.made": "snapshot bytes seconds",
        "snapshot.not_cleared": "error",
        "snapshot.not_made": "error",
        "snapshot.served": "snapshot unit",
        "webhook.address_refused": "webhook unit",
        "webhook.failed": "webhook error",
        "webhook.lease_lost": "webhook",
        "webhook.parked": "webhook unit",
        "webhook.postponed": "webhook unit seconds",
        "webhooks.round_failed": "error",
    }.items()
}
