"""
What time alone does to orders: holds lapse, answers become overdue, ends are announced, files go.

Each step is one small transaction, found by what is written, not by a timer: after days of being
down it does what was to be done, with the instants at which it was due (I-24).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.civil_time import civil_date, end_of_day
from domain.hold_term import WARNING_DAYS, has_lapsed, warning
from domain.order import OrderEvent, OrderState, next_state
from storage.documents import drop_unattached
from storage.holds import hold_of, holds_ending, keep_hold, mark_warned
from storage.order_lists import orders_overdue
from storage.orders import OrderRecord, lock_order, mark_overdue, move_order

MOST_AT_ONCE: Final = 100  # in one transaction; the rest is found again
DOCUMENTS_WAIT: Final = timedelta(days=1)
"""An uploaded file that no order has for its document by then goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A hold that ends soon: *days* before its last day it was announced."""

    order_id: str
    days: int


def lapse(connection: Connection, now: datetime) -> list[str]:
    """Let holds end whose last day is over; return their orders.

    Source:
        查扣冻规定 art. 27; domain.md 6.1, 6.2.
    """
    yesterday = civil_date(now) - timedelta(days=1)
    ended: list[str] = []
    for seen in holds_ending(connection, by=yesterday, most=MOST_AT_ONCE):
        order = lock_order(connection, seen.order_id)
        hold = hold_of(connection, seen.order_id)  # it may have been renewed meanwhile
        if order is None or hold is None or not hold.is_live or hold.ends_on is None:
            continue
        if not has_lapsed(hold.ends_on, now):
            continue
        at = end_of_day(hold.ends_on)
        _move(connection, order, OrderEvent.EXPIRE, at)
        keep_hold(connection, replace(hold, state="EXPIRED", controlled=0, rank=None), at=at)
        ended.append(order.id)
    return ended


def flag_overdue(connection: Connection, now: datetime) -> list[str]:
    """Flag orders that no answer came to in time (DL-33); return them.

    What was not even received has an event of its own (domain.md 6.1).
    """
    late = orders_overdue(connection, now=now, most=MOST_AT_ONCE)
    for seen in late:
        order = lock_order(connection, seen.id)
        if order is None or order.state != seen.state:
            continue  # answered meanwhile
        if OrderState(order.state) is OrderState.SENT:
            _move(connection, order, OrderEvent.TIMEOUT, order.answer_due_at or now, overdue=True)
        else:
            mark_overdue(connection, order.id)
    return [order.id for order in late]


def announce_endings(connection: Connection, now: datetime) -> list[Ending]:
    """Note the holds that reached a day of warning (60, 30, 15, 7), each once; return them.

    Source:
        财产保全规定 art. 18; DL-25.
    """
    last = civil_date(now) + timedelta(days=max(WARNING_DAYS))
    found: list[Ending] = []
    for hold in holds_ending(connection, by=last, most=10 * MOST_AT_ONCE):
        if hold.ends_on is None or has_lapsed(hold.ends_on, now):
            continue
        days = warning(hold.ends_on, now)
        if days is None or (hold.warned_days is not None and hold.warned_days <= days):
            continue
        mark_warned(connection, hold.order_id, days)
        found.append(Ending(order_id=hold.order_id, days=days))
    return found


def drop_forgotten(connection: Connection, now: datetime) -> int:
    """Drop files that were uploaded and never attached; return how many."""
    return drop_unattached(connection, uploaded_before=now - DOCUMENTS_WAIT, most=MOST_AT_ONCE)


def _move(
    connection: Connection, order: OrderRecord, event: OrderEvent, at: datetime, **changes: object
) -> None:
    move_order(
        connection,
        order,
        event=event.value,
        to_state=next_state(OrderState(order.state), event).value,
        actor="clock",
        at=at,
        changes=changes,
    )
