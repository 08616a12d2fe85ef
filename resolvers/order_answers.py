"""
The department's side of an order: received, returned, answered; and the court's supplement.

A department acts on orders that are addressed to it and were sent; any other is not there.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.order import SHOWN_TO_ADDRESSEE, OrderAction, OrderEvent, OrderState
from domain.receipt import ImpossibleReceipt
from resolvers.answer_due import answer_due
from resolvers.order_steps import (
    Idempotency,
    OrderNotFound,
    Step,
    checked,
    digest,
    document_hash,
    own_order,
    remember,
    replay,
    take,
)
from resolvers.receiving import Answered, receive
from resolvers.refusals import BadInput
from storage.deliveries import close_parked, due_again
from storage.instants import instant_text
from storage.orders import OrderRecord, lock_order
from storage.receipts import ReceiptRecord

_LONGEST_REMARK: Final = 2000
_LONGEST_NUMBER: Final = 64
_A_HOLD: Final = frozenset({"FULL", "PART"})
_NO_TERM: Final = frozenset({OrderAction.LIFT, OrderAction.DEDUCT, OrderAction.QUERY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a department reports of an order; amounts are fen, or shares.

    Attributes:
        receipt_number: the department's own; a repeat of it changes nothing. Given by us if None.
    """

    result: str
    controlled: int
    reason: str | None
    rank: int | None
    starts_on: date | None
    ends_on: date | None
    receipt_number: str | None
    handler: str | None


def acknowledge(order_id: str, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Say that the order was received; when it was served is the event's time."""
    known = replay(connection, key, "acknowledgeOrder", digest(order_id))
    if known is not None:
        return known
    order = _addressed(connection, order_id, step)
    take(connection, order, OrderEvent.RECEIVE, step)
    return remember(connection, key, "acknowledgeOrder", digest(order_id), order_id, step)


def return_(
    order_id: str, reason: str, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Return an order whose documents have a defect, with the reason."""
    reason = checked("reason", reason, most=_LONGEST_REMARK, lines=True)
    body_hash = digest([order_id, reason])
    known = replay(connection, key, "returnOrder", body_hash)
    if known is not None:
        return known
    order = _addressed(connection, order_id, step)
    take(connection, order, OrderEvent.RETURN, step, remark=reason, overdue=False)
    return remember(connection, key, "returnOrder", body_hash, order_id, step)


def supplement(
    order_id: str, remark: str, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Send a returned order again: the same order, hash and key, with what was missing beside it.

    What its hash covers cannot be changed here; that takes a new order and a new approval.
    """
    remark = checked("remark", remark, most=_LONGEST_REMARK, lines=True)
    body_hash = digest([order_id, remark])
    known = replay(connection, key, "supplementOrder", body_hash)
    if known is not None:
        return known
    order, _ = own_order(connection, order_id, step)
    if order.document_hash != document_hash(connection, order):
        raise ImpossibleReceipt("the order is not what was approved")
    due = answer_due(OrderAction(order.action), step.now, by_hand=True)
    take(
        connection,
        order,
        OrderEvent.SUPPLEMENT,
        step,
        remark=remark,
        answer_due_at=instant_text(due),
    )
    due_again(connection, order_id, now=step.now)
    return remember(connection, key, "supplementOrder", body_hash, order_id, step)


def report(
    order_id: str, said: Report, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Take a department's answer; answers may come before the acknowledgement, late, and again.

    Raises:
        BadInput: a text cannot stand in a receipt, or the term does not fit the result.
        ImpossibleReceipt, TransitionRefused: it cannot be, or not now; nothing changes.
    """
    body_hash = digest(
        {"order": order_id, **{name: str(value) for name, value in asdict(said).items()}}
    )
    known = replay(connection, key, "reportOrder", body_hash)
    if known is not None:
        return known
    order = _addressed(connection, order_id, step)
    receipt = receipt_of(order, said, step.now)
    receive(connection, order, receipt, Answered(actor=step.caller.subject, now=step.now))
    close_parked(connection, order_id)
    return remember(connection, key, "reportOrder", body_hash, order_id, step)


def receipt_of(order: OrderRecord, said: Report, now: datetime) -> ReceiptRecord:
    """Return what was *said* of *order* as a receipt.

    Raises:
        BadInput: a text cannot stand in a receipt, or the term does not fit the result.
    """
    _check(order, said, now)
    return ReceiptRecord(
        order_id=order.id,
        number=f"r_{secrets.token_hex(8)}"
        if said.receipt_number is None
        else checked("receiptNumber", said.receipt_number, most=_LONGEST_NUMBER),
        result=said.result,
        asked=int((order.amount if order.quantity is None else order.quantity) or 0),
        controlled=said.controlled,
        reason=said.reason,
        rank=said.rank,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        prior_holds=(),
        handler=None
        if said.handler is None
        else checked("handler", said.handler, most=_LONGEST_NUMBER),
        at=now,
        received_at=now,
    )


def _addressed(connection: Connection, order_id: str, step: Step) -> OrderRecord:
    """Return an order that was sent to the caller's department."""
    order = lock_order(connection, order_id)
    if (
        order is None
        or order.department != step.caller.organisation
        or OrderState(order.state) not in SHOWN_TO_ADDRESSEE
    ):
        raise OrderNotFound
    return order


def _check(order: OrderRecord, said: Report, now: datetime) -> None:
    """The term fits the result and its cap (I-10); a refusal has a reason."""
    holds = said.result in _A_HOLD and OrderAction(order.action) not in _NO_TERM
    if holds != (said.starts_on is not None and said.ends_on is not None):
        raise BadInput("Say startsOn and endsOn of a hold that stands, and of nothing else.")
    if said.starts_on is not None and said.ends_on is not None:
        if said.starts_on > civil_date(now):
            raise BadInput("startsOn lies in the future.")
        if said.ends_on < said.starts_on:
            raise BadInput("endsOn lies before startsOn.")
    if said.result == "REFUSED" and said.reason is None:
        raise BadInput("Say the legal reason of a refusal.")
