"""What the orders of a case take of its claim: reserved while unanswered, then held (I-04)."""

from typing import Final

from sqlalchemy import (
    Connection,
    func,
    select,
)

from domain.case_number import CaseNumber
from domain.money import Fen
from domain.order import OrderState
from storage.orders import OrderRecord, order_of
from storage.tables.orders import holds, orders

_AWAITING_ANSWER: Final = ("PENDING_APPROVAL", "APPROVED", "SENT", "ACKNOWLEDGED", "RETURNED")


def committed_fen(
    connection: Connection, case_number: CaseNumber, *, besides: str | None = None
) -> Fen:
    """Return what the orders of a case take of its claim: reserved while unanswered, then held.

    A first hold counts in full from submission until its department answered, then with what is
    controlled; waiting counts nothing (I-04). Drafts do not reserve, and what acts on a hold adds
    nothing to it. Securities, ordered by quantity, do not count here. *besides* leaves out one order.
    """
    reserved = reserved_fen(connection, case_number, besides=besides)
    held = connection.scalar(
        select(func.sum(holds.c.controlled))
        .join(orders, orders.c.id == holds.c.order_id)
        .where(
            holds.c.case_number == case_number,
            holds.c.state == "ACTIVE",
            orders.c.amount_fen.is_not(None),
            orders.c.id != (besides or ""),
        )
    )
    return Fen(reserved + int(held or 0))


def first_holds_under_way(connection: Connection, case_number: CaseNumber) -> list[OrderRecord]:
    """Return the first holds of a case that are drafts, or that no department has answered yet."""
    statement = (
        select(orders)
        .where(
            orders.c.case_number == case_number,
            orders.c.hold_order.is_(None),
            orders.c.state.in_((OrderState.DRAFT.value, *_AWAITING_ANSWER)),
        )
        .order_by(orders.c.created_at, orders.c.id)
    )
    return [order_of(row) for row in connection.execute(statement)]


def reserved_fen(
    connection: Connection, case_number: CaseNumber, *, besides: str | None = None
) -> Fen:
    """Return what the first holds of a case ask that no department has answered yet."""
    reserved = connection.scalar(
        select(func.sum(orders.c.amount_fen)).where(
            orders.c.case_number == case_number,
            orders.c.state.in_(_AWAITING_ANSWER),
            orders.c.hold_order.is_(None),
            orders.c.id != (besides or ""),
        )
    )
    return Fen(int(reserved or 0))


def taken_from(connection: Connection, order_id: str, *, besides: str) -> int:
    """Return what deductions on their way will take from the hold of *order_id*, in fen."""
    found = connection.scalar(
        select(func.sum(orders.c.amount_fen)).where(
            orders.c.hold_order == order_id,
            orders.c.action == "DEDUCT",
            orders.c.state.in_(_AWAITING_ANSWER),
            orders.c.id != besides,
        )
    )
    return int(found or 0)
