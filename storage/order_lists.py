"""Orders by case, person, department, state and due time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    select,
    tuple_,
)

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.order import OrderState
from storage.instants import instant_text
from storage.orders import OrderRecord, order_of
from storage.tables.orders import orders


def departments_under_approval(
    connection: Connection, numbers: Collection[CaseNumber]
) -> dict[str, dict[IdNumber, frozenset[str]]]:
    """Return, by case and debtor, the departments of the orders that are submitted for approval."""
    rows = connection.execute(
        select(orders.c.case_number, orders.c.id_number, orders.c.department)
        .where(
            orders.c.case_number.in_(numbers), orders.c.state == OrderState.PENDING_APPROVAL.value
        )
        .distinct()
    )
    found: dict[str, dict[IdNumber, frozenset[str]]] = {}
    for row in rows:
        of_case = found.setdefault(row.case_number, {})
        number = IdNumber(row.id_number)
        of_case[number] = of_case.get(number, frozenset()) | {row.department}
    return found


def orders_of_case(
    connection: Connection,
    case_number: CaseNumber,
    *,
    first: int,
    after: tuple[datetime, str] | None = None,
) -> list[OrderRecord]:
    """Return up to *first* orders, oldest first, behind the (created at, id) of *after*."""
    return _page(
        connection, select(orders).where(orders.c.case_number == case_number), first, after
    )


def orders_of_person(
    connection: Connection, number: IdNumber, states: Collection[str], *, most: int
) -> list[OrderRecord]:
    """Return up to *most* orders about one person or organization in *states*, the newest first."""
    statement = (
        select(orders)
        .where(orders.c.id_number == number, orders.c.state.in_(states))
        .order_by(orders.c.created_at.desc(), orders.c.id)
        .limit(most)
    )
    return [order_of(row) for row in connection.execute(statement)]


def orders_addressed_to(
    connection: Connection,
    department: str,
    *,
    states: Collection[str],
    first: int,
    after: tuple[datetime, str] | None = None,
) -> list[OrderRecord]:
    """Return up to *first* orders to *department* in *states*, oldest first; see `orders_of_case`."""
    statement = select(orders).where(orders.c.department == department, orders.c.state.in_(states))
    return _page(connection, statement, first, after)


def orders_in(
    connection: Connection, states: Collection[str], *, changed_before: datetime, most: int
) -> list[OrderRecord]:
    """Return up to *most* orders in *states* that nothing happened to since, the longest first."""
    statement = (
        select(orders)
        .where(orders.c.state.in_(states), orders.c.changed_at < instant_text(changed_before))
        .order_by(orders.c.changed_at, orders.c.id)
        .limit(most)
    )
    return [order_of(row) for row in connection.execute(statement)]


def orders_overdue(connection: Connection, *, now: datetime, most: int) -> list[OrderRecord]:
    """Return up to *most* unanswered orders whose answer was due and that are not flagged yet."""
    statement = (
        select(orders)
        .where(
            orders.c.state.in_(("SENT", "ACKNOWLEDGED")),
            orders.c.answer_due_at < instant_text(now),
            orders.c.overdue.is_(False),
        )
        .order_by(orders.c.answer_due_at, orders.c.id)
        .limit(most)
    )
    return [order_of(row) for row in connection.execute(statement)]


def orders_unanswered(
    connection: Connection, case_number: CaseNumber, *, now: datetime
) -> list[OrderRecord]:
    """Return the orders of a case whose answer was due before *now*, the longest due first."""
    statement = (
        select(orders)
        .where(
            orders.c.case_number == case_number,
            orders.c.state.in_(("SENT", "ACKNOWLEDGED")),
            orders.c.answer_due_at < instant_text(now),
        )
        .order_by(orders.c.answer_due_at, orders.c.id)
    )
    return [order_of(row) for row in connection.execute(statement)]


def orders_on(connection: Connection, order_id: str) -> list[OrderRecord]:
    """Return the orders that act on the hold of *order_id*, oldest first."""
    statement = (
        select(orders)
        .where(orders.c.hold_order == order_id)
        .order_by(orders.c.created_at, orders.c.id)
    )
    return [order_of(row) for row in connection.execute(statement)]


def _page(
    connection: Connection,
    statement: Select[Any],
    first: int,
    after: tuple[datetime, str] | None,
) -> list[OrderRecord]:
    if after is not None:
        key = tuple_(orders.c.created_at, orders.c.id)
        statement = statement.where(key > (instant_text(after[0]), after[1]))
    statement = statement.order_by(orders.c.created_at, orders.c.id).limit(first)
    return [order_of(row) for row in connection.execute(statement)]
