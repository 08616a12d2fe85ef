"""What the orders tell about cases and people afterwards: for the person's view and the auditor."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    Connection,
    func,
    select,
)

from domain.identity import IdNumber
from storage.instants import parse_instant
from storage.tables.orders import order_events, orders


def last_orders(connection: Connection, numbers: Collection[str]) -> Mapping[str, datetime]:
    """Return, for those of *numbers* that have orders, when the last one was drafted."""
    found: dict[str, datetime] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 500):
        statement = (
            select(orders.c.case_number, func.max(orders.c.created_at))
            .where(orders.c.case_number.in_(wanted[start : start + 500]))
            .group_by(orders.c.case_number)
        )
        found |= {number: parse_instant(at) for number, at in connection.execute(statement)}
    return found


def first_holds(
    connection: Connection, numbers: Collection[str], held: IdNumber
) -> Mapping[str, datetime]:
    """Return, for those of *numbers* in which a hold on *held* was executed, when the first one was."""
    statement = (
        select(order_events.c.case_number, func.min(order_events.c.at))
        .join(orders, orders.c.id == order_events.c.order_id)
        .where(orders.c.id_number == held)
        .where(order_events.c.case_number.in_(sorted(numbers)))
        .where(order_events.c.to_state.in_(("EXECUTED", "PARTIALLY_EXECUTED")))
        .group_by(order_events.c.case_number)
    )
    return {number: parse_instant(at) for number, at in connection.execute(statement)}


def pairs_of_eyes(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (drafter, approver, orders), the most frequent pair first; 1,000 pairs at most."""
    count = func.count()
    statement = (
        select(orders.c.drafter, orders.c.approver, count)
        .where(orders.c.approver.is_not(None))
        .group_by(orders.c.drafter, orders.c.approver)
        .order_by(count.desc(), orders.c.drafter, orders.c.approver)
        .limit(1_000)
    )
    return [(drafter, approver, many) for drafter, approver, many in connection.execute(statement)]
