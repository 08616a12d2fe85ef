"""
A department's answer reaches its order: by response, by asking, or by the department's own report.

One transaction keeps the receipt, moves the order, mirrors the hold, and lets what acts on a hold
(renewal, lift, deduction) act. A receipt that is here already changes nothing (I-51); one that
cannot follow what is known is refused and changes nothing either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from domain.hold_term import within_first_cap, within_renewal_cap
from domain.money import Fen
from domain.order import IN_FORCE, OrderAction, OrderEvent, OrderState, next_state
from domain.receipt import ImpossibleReceipt, outcome
from resolvers.excess import note_excess
from storage.holds import HoldRecord, add_hold, hold_of, keep_hold
from storage.orders import OrderRecord, Transition, find_order, walk_orders
from storage.receipts import ReceiptRecord, keep_receipt
from storage.recoveries import add_recovery, recovered_by

_ON_A_HOLD: Final = frozenset(
    {OrderAction.RENEW, OrderAction.LIFT, OrderAction.DEDUCT, OrderAction.WITHHOLD}
)
_MORE: Final[Mapping[OrderEvent, OrderEvent]] = {
    OrderEvent.REPORT_PART: OrderEvent.CONTROL_MORE,
    OrderEvent.REPORT_FULL: OrderEvent.CONTROL_REST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """By whom and when an order was answered."""

    actor: str
    now: datetime


def receive(
    connection: Connection, order: OrderRecord, receipt: ReceiptRecord, by: Answered
) -> OrderRecord:
    """Return *order* after *receipt*; the same receipt again leaves it as it is.

    Raises:
        ImpossibleReceipt: it contradicts itself or the order (I-02).
        TransitionRefused: the order's state allows no such answer.
    """
    answered = outcome(
        asked=receipt.asked,
        controlled=receipt.controlled,
        result=receipt.result,
        action=order.action,
    )
    if receipt.asked != _asked(order):
        raise ImpossibleReceipt("it answers another limit than was ordered")
    _term_fits(connection, order, receipt)
    if not keep_receipt(connection, receipt):
        return order
    state = OrderState(order.state)
    known = hold_of(connection, order.id) if state in IN_FORCE else None
    steps = [answered]
    if state is OrderState.SENT:  # answers may come before the acknowledgement
        steps = [OrderEvent.RECEIVE, answered]
    elif state in IN_FORCE:
        steps = [_further(order, answered, receipt, known)]
    order = _move(connection, order, *steps, by=by, remark=receipt.reason)
    action = OrderAction(order.action)
    if action is OrderAction.QUERY:
        return order  # answered: nothing stands for it
    if action not in _ON_A_HOLD:
        _mirror(connection, order, receipt, known, by.now)
    elif receipt.controlled or receipt.result in {"FULL", "PART", "WAITING"}:
        _act(connection, order, action, receipt, by)
    if receipt.controlled:
        note_excess(connection, order.case_number, by.now)
    return order


def _asked(order: OrderRecord) -> int:
    limit = order.amount if order.quantity is None else order.quantity
    return int(limit or 0)


def _term_fits(connection: Connection, order: OrderRecord, receipt: ReceiptRecord) -> None:
    """A hold ends within the months that were ordered, a renewal within them from the old end (I-10)."""
    if receipt.starts_on is None or receipt.ends_on is None:
        return
    if OrderAction(order.action) is not OrderAction.RENEW:
        fits = within_first_cap(receipt.starts_on, receipt.ends_on, order.months)
    else:
        hold = hold_of(connection, order.hold_order or "")
        old = None if hold is None else hold.ends_on
        fits = old is not None and within_renewal_cap(old, receipt.ends_on, order.months)
    if not fits:
        raise ImpossibleReceipt("its term is longer than was ordered (I-10)")


def _further(
    order: OrderRecord, answered: OrderEvent, receipt: ReceiptRecord, known: HoldRecord | None
) -> OrderEvent:
    """Return what a later receipt is for an order that stands in the register already."""
    if order.state == OrderState.WAITING.value and answered is OrderEvent.REPORT_NOTHING:
        return OrderEvent.VOID  # disposed of by an earlier holder (法函〔2007〕100号)
    further = _MORE.get(answered)
    if further is None:
        next_state(OrderState(order.state), answered)  # says that it is refused
        raise ImpossibleReceipt(f"{receipt.result} cannot follow what was answered before")
    if known is not None and receipt.controlled <= known.controlled:
        raise ImpossibleReceipt("it holds no more than was answered before")
    return further


def _mirror(
    connection: Connection,
    order: OrderRecord,
    receipt: ReceiptRecord,
    known: HoldRecord | None,
    now: datetime,
) -> None:
    """Write what the receipt says of the hold; nothing for an order that placed none."""
    state = {"FULL": "ACTIVE", "PART": "ACTIVE", "WAITING": "WAITING"}.get(receipt.result)
    if state is None:
        if known is not None:
            keep_hold(connection, replace(known, state="VOIDED", controlled=0, rank=None), at=now)
        return
    hold = HoldRecord(
        order_id=order.id,
        case_number=order.case_number,
        state=state,
        rank=receipt.rank,
        need=receipt.asked if known is None else known.need,
        controlled=receipt.controlled,
        starts_on=receipt.starts_on,
        ends_on=receipt.ends_on,
    )
    if known is None:
        add_hold(connection, hold, at=now)
    else:
        keep_hold(connection, hold, at=now)


def _act(
    connection: Connection,
    order: OrderRecord,
    action: OrderAction,
    receipt: ReceiptRecord,
    by: Answered,
) -> None:
    """Let a renewal, lift or deduction that was carried out change the hold it acts on."""
    placed = find_order(connection, order.hold_order or "")
    hold = None if placed is None else hold_of(connection, placed.id)
    if placed is None or hold is None:
        raise LookupError("what acts on a hold has one")
    by = replace(by, actor=order.id)
    if action is OrderAction.RENEW:
        _move(connection, placed, OrderEvent.RENEWED, by=by)
        renewed = replace(
            hold, ends_on=receipt.ends_on or hold.ends_on, rank=receipt.rank or hold.rank
        )
        keep_hold(connection, replace(renewed, warned_days=None), at=by.now)
        return
    done = receipt.controlled
    if action is OrderAction.DEDUCT:
        done = _recover(connection, order, receipt)
    rest = hold.need - done
    if rest > 0:
        _move(connection, placed, OrderEvent.REDUCED, by=by)
        held = (
            hold.controlled - done if action is OrderAction.DEDUCT else min(hold.controlled, rest)
        )
        keep_hold(connection, replace(hold, need=rest, controlled=held), at=by.now)
        return
    ended = OrderEvent.DEDUCTED if action is OrderAction.DEDUCT else OrderEvent.LIFTED
    _move(connection, placed, ended, by=by)
    keep_hold(
        connection, replace(hold, state=ended.value, need=0, controlled=0, rank=None), at=by.now
    )


def _recover(connection: Connection, order: OrderRecord, receipt: ReceiptRecord) -> Fen:
    """Keep what a deduction brought in, and return it; a further receipt tells of all so far."""
    fen = Fen(receipt.controlled - recovered_by(connection, order.id))
    if fen <= 0:
        raise ImpossibleReceipt("less was deducted than was answered before")
    add_recovery(
        connection,
        order.id,
        receipt_number=receipt.number,
        case_number=order.case_number,
        fen=fen,
        received_at=receipt.received_at,
    )
    return fen


def _move(
    connection: Connection,
    order: OrderRecord,
    *events: OrderEvent,
    by: Answered,
    remark: str | None = None,
) -> OrderRecord:
    """Let *order* take the steps; the last one carries the remark."""
    state = OrderState(order.state)
    steps: list[Transition] = []
    for event in events:
        state = next_state(state, event)
        said = remark if event is events[-1] else None
        steps.append(Transition(event=event.value, to_state=state.value, remark=said))
    changes = {"overdue": False}
    walk_orders(connection, [order], steps, actor=by.actor, at=by.now, changes=changes)
    return replace(order, state=state.value, changed_at=by.now, overdue=False)
