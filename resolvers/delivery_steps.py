"""What a supervisor does about a delivery that stopped: lets it begin again, or says how it ended."""

from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection

from domain import guards
from domain.order import OrderEvent, OrderState, next_state
from resolvers.order_answers import Report, receipt_of
from resolvers.order_steps import (
    Idempotency,
    OrderNotFound,
    Step,
    checked,
    digest,
    remember,
    replay,
)
from resolvers.receiving import Answered, receive
from resolvers.refusals import Refused
from storage.deliveries import OUTCOME_UNKNOWN, close_parked, delivery_of, due_again
from storage.orders import OrderRecord, find_order, lock_order, move_order

_LONGEST_REASON: Final = 2000


class NotStopped(Refused):
    code = "STEP_REFUSED"

    def __init__(self) -> None:
        super().__init__("This delivery is not parked; see deliveries. 该指令的送达未处于停滞状态")


class OutcomeNotKnown(Refused):
    code = "OUTCOME_UNKNOWN"

    def __init__(self) -> None:
        super().__init__(
            "It may stand there, and the department cannot be asked: find out, then resolveOutcome. "
            "该单位不支持查询办理结果，请人工核实"
        )


class OutcomeKnown(Refused):
    code = "STEP_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "The department can be asked what became of it: retryDelivery. 该单位可自动查询办理结果"
        )


def retry(
    order_id: str, reason: str, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Let a parked delivery begin again; it asks after its key first, as always."""
    reason = checked("reason", reason, most=_LONGEST_REASON, lines=True)
    body_hash = digest([order_id, reason])
    known = replay(connection, key, "retryDelivery", body_hash, oversees=True)
    if known is not None:
        return known
    begin_again(connection, order_id, reason, _overseer(step))
    return remember(connection, key, "retryDelivery", body_hash, order_id, step)


def resolve_outcome(  # noqa: PLR0913, PLR0917 -- a step has these parts
    order_id: str,
    report: Report | None,
    reason: str,
    key: Idempotency,
    step: Step,
    connection: Connection,
) -> OrderRecord:
    """Say what became of an order that the department cannot be asked about.

    Args:
        report: what the department did; None if it never heard of the order, which is sent then.

    Raises:
        GuardRefused: whoever drafted an order does not say how it ended (G4).
        ImpossibleReceipt: *report* cannot be an answer to it.
    """
    reason = checked("reason", reason, most=_LONGEST_REASON, lines=True)
    said = None if report is None else {name: str(value) for name, value in asdict(report).items()}
    body_hash = digest([order_id, said, reason])
    known = replay(connection, key, "resolveOutcome", body_hash, oversees=True)
    if known is not None:
        return known
    by = _overseer(step)
    order, error = _stopped(connection, order_id)
    if error != OUTCOME_UNKNOWN:
        raise OutcomeKnown
    guards.approver_is_somebody_else(drafter=order.drafter, approver=by.actor, parties=())
    _note(connection, order, OrderEvent.RESOLVE, reason, by)
    if report is None:
        due_again(connection, order_id, now=step.now, states=("PARKED",))
    else:
        order = _found(connection, order_id)
        receive(connection, order, receipt_of(order, report, step.now), by)
        close_parked(connection, order_id)
    return remember(connection, key, "resolveOutcome", body_hash, order_id, step)


def begin_again(connection: Connection, order_id: str, reason: str, by: Answered) -> None:
    """Make a parked delivery due, and note who wanted that and why.

    Raises:
        NotStopped: it is not parked.
        OutcomeNotKnown: it may have been heard, and nobody can be asked.
        TransitionRefused: its order is not on its way: taken back, or answered meanwhile.
    """
    order, error = _stopped(connection, order_id)
    if error == OUTCOME_UNKNOWN:
        raise OutcomeNotKnown
    _note(connection, order, OrderEvent.RETRY, reason, by)
    due_again(connection, order_id, now=by.now, states=("PARKED",))


def _overseer(step: Step) -> Answered:
    """Return who oversees, and when; for anybody else there is no such order."""
    if step.caller.organisation != "court" or not step.caller.may("command:read"):
        raise OrderNotFound
    return Answered(actor=step.caller.subject, now=step.now)


def _stopped(connection: Connection, order_id: str) -> tuple[OrderRecord, str | None]:
    """Return an order whose delivery is parked, locked, and why it is."""
    order = lock_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    delivery = delivery_of(connection, order_id)
    if delivery is None or delivery.state != "PARKED":
        raise NotStopped
    return order, delivery.last_error


def _note(
    connection: Connection, order: OrderRecord, event: OrderEvent, reason: str, by: Answered
) -> None:
    move_order(
        connection,
        order,
        event=event.value,
        to_state=next_state(OrderState(order.state), event).value,
        actor=by.actor,
        at=by.now,
        remark=reason,
    )


def _found(connection: Connection, order_id: str) -> OrderRecord:
    order = find_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    return order
