"""What the orders of a case take of its claim: reserved while unanswered, then held (I-04)."""

from typing import Final

from sqlalchemy import (
    Connection,
    Row,
    and_,
    case,
    func,
    or_,
    select,
)

from domain.case_number import CaseNumber
from domain.money import Fen
from domain.order import OrderState
from domain.order_worth import counted_fen
from storage.orders import OrderRecord, order_of
from storage.tables.orders import holds, orders

_WORTH: Final = (
    orders.c.amount_fen,
    orders.c.quantity,
    orders.c.value_fen,
    orders.c.kept_because,
)
_AWAITING_ANSWER: Final = ("PENDING_APPROVAL", "APPROVED", "SENT", "ACKNOWLEDGED", "RETURNED")


def committed_fen(
    connection: Connection, case_number: CaseNumber, *, besides: str | None = None
) -> Fen:
    """Return what the orders of a case take of its claim: reserved while unanswered, then held.

    A first hold counts in full from submission until its department answered, then with what is
    controlled; waiting counts nothing (I-04). Drafts do not reserve, and what acts on a hold adds
    nothing to it. Shares and things count by the value on their order. *besides* leaves out one order.
    """
    reserved = reserved_fen(connection, case_number, besides=besides)
    held = connection.execute(
        select(holds.c.controlled, *_WORTH)
        .join(orders, orders.c.id == holds.c.order_id)
        .where(
            holds.c.case_number == case_number,
            holds.c.state == "ACTIVE",
            orders.c.id != (besides or ""),
        )
    )
    return Fen(reserved + sum(_counted(row) for row in held))


def counted(order: OrderRecord, part: int | None = None) -> Fen:
    """Return what *order*, or a *part* of its limit, counts for the claim; see `domain.order_worth`."""
    limit = order.quantity if order.amount is None else order.amount
    return counted_fen(
        part=(limit or 0) if part is None else part,
        amount=order.amount,
        quantity=order.quantity,
        value=order.value,
        kept=order.kept_because is not None,
    )


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
    by_limit = or_(orders.c.value_fen.is_(None), orders.c.kept_because.is_not(None))
    worth = case(
        (and_(orders.c.amount_fen.is_not(None), by_limit), orders.c.amount_fen),
        else_=orders.c.value_fen,
    )
    reserved = connection.scalar(
        select(func.sum(worth)).where(
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


def _counted(row: Row[*tuple[object, ...]]) -> Fen:
    return counted_fen(
        part=row.controlled,
        amount=row.amount_fen,
        quantity=row.quantity,
        value=row.value_fen,
        kept=row.kept_because is not None,
    )
