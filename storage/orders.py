"""Control orders and their events: every change of an order is one event in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Connection,
    Row,
    insert,
    select,
    update,
)

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from storage.cases import lock_case
from storage.instants import instant_text, parse_instant
from storage.tables.orders import order_events, orders

_EVENTS: Final = insert(order_events)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    id: str
    case_number: CaseNumber
    state: str
    action: str
    asset_kind: str
    department: str
    id_number: IdNumber
    subject_name: str
    record: str | None
    refund_id: str | None = None  # the bureau's number of a refund that is ordered at its account
    amount: Fen | None
    quantity: int | None
    months: int
    purpose: str
    reason: str
    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]  # credential numbers
    drafter: str
    approver: str | None
    document_hash: str | None
    delivery_key: str
    created_at: datetime
    changed_at: datetime
    hold_order: str | None = None  # whose hold this one renews, lifts or deducts from
    gates: tuple[str, ...] = ()
    floor: Fen | None = None  # what a deduction leaves for living
    route: str | None = None  # of an order on a tax refund
    answer_due_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an order: what happened, and the state it left the order in."""

    event: str
    to_state: str
    remark: str | None = None


class OrderMoved(Exception):
    """The order is no longer in the state the caller saw; read it again."""


def add_order(connection: Connection, order: OrderRecord, *, event: str) -> None:
    """Insert *order* with its first event."""
    values = {
        "id": order.id,
        "case_number": order.case_number,
        "state": order.state,
        "action": order.action,
        "asset_kind": order.asset_kind,
        "department": order.department,
        "id_number": order.id_number,
        "subject_name": order.subject_name,
        "record": order.record,
        "refund_id": order.refund_id,
        "amount_fen": order.amount,
        "quantity": order.quantity,
        "months": order.months,
        "purpose": order.purpose,
        "reason": order.reason,
        "ruling_number": order.ruling_number,
        "notice_number": order.notice_number,
        "officers": list(order.officers),
        "drafter": order.drafter,
        "approver": order.approver,
        "document_hash": order.document_hash,
        "delivery_key": order.delivery_key,
        "created_at": instant_text(order.created_at),
        "changed_at": instant_text(order.changed_at),
        "hold_order": order.hold_order,
        "gates": list(order.gates),
        "floor_fen": order.floor,
        "route": order.route,
    }
    connection.execute(insert(orders).values(values))
    first = Transition(event=event, to_state=order.state)
    _append(connection, [replace(order, state="")], [first], order.drafter, order.created_at)


def move_order(  # noqa: PLR0913 -- a transition has these parts
    connection: Connection,
    order: OrderRecord,
    *,
    event: str,
    to_state: str,
    actor: str,
    at: datetime,
    remark: str | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Move *order* from the state it was read in to *to_state* and write the event.

    Raises:
        OrderMoved: somebody else moved it first; nothing was written.
    """
    step = Transition(event=event, to_state=to_state, remark=remark)
    walk_orders(connection, [order], [step], actor=actor, at=at, changes=changes)


def walk_orders(  # noqa: PLR0913 -- see move_order
    connection: Connection,
    walking: Sequence[OrderRecord],
    steps: Sequence[Transition],
    *,
    actor: str,
    at: datetime,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Let the orders take the same *steps*, one after the other: two statements for all of it.

    Args:
        walking: at least one, all in the same state.

    Raises:
        OrderMoved: somebody else moved one of them first; nothing was written.
    """
    moved = connection.execute(
        update(orders)
        .where(orders.c.id.in_([order.id for order in walking]))
        .where(orders.c.state == walking[0].state)
        .values(state=steps[-1].to_state, changed_at=instant_text(at), **(changes or {}))
    )
    if moved.rowcount != len(walking):
        raise OrderMoved(walking[0].id)
    _append(connection, walking, steps, actor, at)


def find_order(connection: Connection, order_id: str) -> OrderRecord | None:
    if not (order_id.isascii() and order_id.isprintable()):
        return None  # nobody's; and PostgreSQL knows no NUL
    row = connection.execute(select(orders).where(orders.c.id == order_id)).one_or_none()
    return None if row is None else order_of(row)


def lock_order(
    connection: Connection, order_id: str, case_number: CaseNumber | None = None
) -> OrderRecord | None:
    """Return the order with its case locked: nobody else changes either until we are through.

    Args:
        case_number: the order's case, where it is known already; it never changes.
    """
    if case_number is None:
        seen = find_order(connection, order_id)
        if seen is None:
            return None
        case_number = seen.case_number
    lock_case(connection, case_number)
    return find_order(connection, order_id)


def find_order_by_key(connection: Connection, delivery_key: str) -> OrderRecord | None:
    """Return the order that a department knows by *delivery_key*."""
    row = connection.execute(
        select(orders).where(orders.c.delivery_key == delivery_key)
    ).one_or_none()
    return None if row is None else order_of(row)


def find_orders(connection: Connection, ids: Collection[str]) -> Mapping[str, OrderRecord]:
    """Return the orders among *ids* that are there, by id."""
    rows = connection.execute(select(orders).where(orders.c.id.in_(ids)))
    return {row.id: order_of(row) for row in rows}


def mark_overdue(connection: Connection, order_id: str) -> None:
    connection.execute(update(orders).where(orders.c.id == order_id).values(overdue=True))


def _append(
    connection: Connection,
    walking: Sequence[OrderRecord],
    steps: Sequence[Transition],
    actor: str,
    at: datetime,
) -> None:
    rows = [
        {
            "order_id": order.id,
            "case_number": order.case_number,
            "event": step.event,
            "from_state": from_state or None,  # a new order comes from none
            "to_state": step.to_state,
            "actor": actor,
            "at": instant_text(at),
            "remark": step.remark,
        }
        for order in walking
        for from_state, step in zip(
            (order.state, *(step.to_state for step in steps)), steps, strict=False
        )
    ]
    connection.execute(_EVENTS, rows)


def order_of(row: Row[*tuple[object, ...]]) -> OrderRecord:
    return OrderRecord(
        id=row.id,
        case_number=CaseNumber(row.case_number),
        state=row.state,
        action=row.action,
        asset_kind=row.asset_kind,
        department=row.department,
        id_number=IdNumber(row.id_number),
        subject_name=row.subject_name,
        record=row.record,
        refund_id=row.refund_id,
        amount=None if row.amount_fen is None else Fen(row.amount_fen),
        quantity=row.quantity,
        months=row.months,
        purpose=row.purpose,
        reason=row.reason,
        ruling_number=row.ruling_number,
        notice_number=row.notice_number,
        officers=tuple(row.officers),
        drafter=row.drafter,
        approver=row.approver,
        document_hash=row.document_hash,
        delivery_key=row.delivery_key,
        created_at=parse_instant(row.created_at),
        changed_at=parse_instant(row.changed_at),
        hold_order=row.hold_order,
        gates=tuple(row.gates),
        floor=None if row.floor_fen is None else Fen(row.floor_fen),
        route=row.route,
        answer_due_at=None if row.answer_due_at is None else parse_instant(row.answer_due_at),
        overdue=row.overdue,
    )
