"""Control orders and their events: every change of an order is one event in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    func,
    insert,
    select,
    tuple_,
    update,
)

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderState
from storage.cases import lock_case
from storage.instants import instant_text, parse_instant
from storage.settled import settled
from storage.tables.orders import holds, order_events, orders, requests

_MOST_EVENTS: Final = 500  # at once
_EVENTS: Final = insert(order_events)
_AWAITING_ANSWER: Final = ("PENDING_APPROVAL", "APPROVED", "SENT", "ACKNOWLEDGED", "RETURNED")


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
class EventRecord:
    sequence: int
    order_id: str
    case_number: CaseNumber
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """What an idempotency key was first used for."""

    operation: str
    body_hash: str
    order_id: str


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


def events_of_order(connection: Connection, order_id: str) -> list[EventRecord]:
    statement = (
        select(order_events)
        .where(order_events.c.order_id == order_id)
        .order_by(order_events.c.sequence)
    )
    return [_event(row) for row in connection.execute(statement)]


def events_after(
    connection: Connection, case_number: CaseNumber, sequence: int
) -> list[EventRecord]:
    """Return events of *case_number* behind *sequence*, oldest first; the rest follows later."""
    statement = (
        select(order_events)
        .where(
            order_events.c.case_number == case_number,
            order_events.c.sequence > sequence,
            *settled(connection, order_events),
        )
        .order_by(order_events.c.sequence)
        .limit(_MOST_EVENTS)
    )
    return [_event(row) for row in connection.execute(statement)]


def events_addressed_after(
    connection: Connection, department: str, states: Collection[str], sequence: int
) -> list[EventRecord]:
    """Return the events behind *sequence* that left an order to *department* in one of *states*."""
    statement = (
        select(order_events)
        .join(orders, orders.c.id == order_events.c.order_id)
        .where(
            orders.c.department == department,
            order_events.c.to_state.in_(states),
            order_events.c.sequence > sequence,
            *settled(connection, order_events),
        )
        .order_by(order_events.c.sequence)
        .limit(_MOST_EVENTS)
    )
    return [_event(row) for row in connection.execute(statement)]


def last_sequence(connection: Connection) -> int:
    """Return the newest event's sequence, 0 without any."""
    newest = select(func.max(order_events.c.sequence)).where(*settled(connection, order_events))
    return int(connection.scalar(newest) or 0)


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


def mark_overdue(connection: Connection, order_id: str) -> None:
    connection.execute(update(orders).where(orders.c.id == order_id).values(overdue=True))


def orders_on(connection: Connection, order_id: str) -> list[OrderRecord]:
    """Return the orders that act on the hold of *order_id*, oldest first."""
    statement = (
        select(orders)
        .where(orders.c.hold_order == order_id)
        .order_by(orders.c.created_at, orders.c.id)
    )
    return [order_of(row) for row in connection.execute(statement)]


def find_request(connection: Connection, *, actor: str, key: str) -> RequestRecord | None:
    statement = select(requests).where(requests.c.actor == actor, requests.c.key == key)
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    return RequestRecord(operation=row.operation, body_hash=row.body_hash, order_id=row.order_id)


def keep_request(
    connection: Connection, request: RequestRecord, *, actor: str, key: str, at: datetime
) -> None:
    """Remember what *key* of *actor* was used for; kept in the same transaction as its effect."""
    connection.execute(
        insert(requests).values(
            actor=actor,
            key=key,
            operation=request.operation,
            body_hash=request.body_hash,
            order_id=request.order_id,
            at=instant_text(at),
        )
    )


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


def _event(row: Row[*tuple[object, ...]]) -> EventRecord:
    return EventRecord(
        sequence=row.sequence,
        order_id=row.order_id,
        case_number=CaseNumber(row.case_number),
        event=row.event,
        from_state=row.from_state,
        to_state=row.to_state,
        actor=row.actor,
        at=parse_instant(row.at),
        remark=row.remark,
    )
