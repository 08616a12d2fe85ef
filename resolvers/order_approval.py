"""Four eyes: what is submitted, rejected, approved, and taken back before it was sent."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from domain import guards
from domain.asset_look import NOT_LOOKED, AssetLook
from domain.order import OrderEvent
from resolvers.order_drafts import valued
from resolvers.order_steps import (
    HashDiffers,
    Idempotency,
    OrderNotFound,
    Step,
    checked,
    digest,
    document_hash,
    facts,
    own_order,
    remember,
    replay,
    take,
)
from storage.deliveries import add_delivery, drop_delivery
from storage.orders import OrderRecord

APPROVAL_STANDS: Final = timedelta(hours=24)
"""An approval that led to nothing by then has to be given anew (domain.md 6.1)."""
_LONGEST_REASON: Final = 2000


def submit(
    order_id: str,
    key: Idempotency,
    step: Step,
    connection: Connection,
    *,
    look: AssetLook = NOT_LOOKED,
) -> OrderRecord:
    """Submit an own draft; its hash is what will be approved and delivered.

    Args:
        look: what its department says of the asset now.
    """
    known = replay(connection, key, "submitOrder", digest(order_id))
    if known is not None:
        return known
    order, case = own_order(connection, order_id, step)
    if order.drafter != step.caller.subject:
        raise OrderNotFound
    order = valued(order, look)
    guards.may_submit(*facts(connection, case, order, step, look))
    take(
        connection,
        order,
        OrderEvent.SUBMIT,
        step,
        value_fen=order.value,
        document_hash=document_hash(connection, order),
    )
    return remember(connection, key, "submitOrder", digest(order_id), order_id, step)


def approve(  # noqa: PLR0913 -- the parts of a step
    order_id: str,
    seen: str,
    key: Idempotency,
    step: Step,
    connection: Connection,
    *,
    look: AssetLook = NOT_LOOKED,
) -> OrderRecord:
    """Approve exactly what was submitted, and put it on its way in the same transaction.

    Args:
        seen: `document_hash` of the order as the approver read it.
        look: what its department says of the asset now.
    """
    body_hash = digest([order_id, seen])
    known = replay(connection, key, "approveOrder", body_hash)
    if known is not None:
        return known
    order, case = own_order(connection, order_id, step)
    guards.may_approve(
        *facts(connection, case, order, step, look),
        drafter=order.drafter,
        approver=step.caller.subject,
    )
    take(connection, order, OrderEvent.APPROVE, step, approver=step.caller.subject)
    if not order.document_hash == seen == document_hash(connection, order):
        raise HashDiffers
    add_delivery(connection, order.id, department=order.department, now=step.now)
    return remember(connection, key, "approveOrder", body_hash, order_id, step)


def reject(
    order_id: str, reason: str, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Send a submitted order back to its drafter, with the reason."""
    reason = checked("reason", reason, most=_LONGEST_REASON, lines=True)
    body_hash = digest([order_id, reason])
    known = replay(connection, key, "rejectOrder", body_hash)
    if known is not None:
        return known
    order, _ = own_order(connection, order_id, step)
    guards.approver_is_somebody_else(
        drafter=order.drafter, approver=step.caller.subject, parties=()
    )
    take(connection, order, OrderEvent.REJECT, step, remark=reason)
    return remember(connection, key, "rejectOrder", body_hash, order_id, step)


def withdraw(order_id: str, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Take an approved order back; once it was sent only a lift undoes it."""
    known = replay(connection, key, "withdrawOrder", digest(order_id))
    if known is not None:
        return known
    order, _ = own_order(connection, order_id, step)
    take(connection, order, OrderEvent.WITHDRAW, step)
    drop_delivery(connection, order_id)
    return remember(connection, key, "withdrawOrder", digest(order_id), order_id, step)
