"""
What every step of an order does: one transaction that reads, guards, moves, remembers the key.

What decides is in `domain.guards` and `domain.order`; here the facts are brought together. A key
that was used before returns what it did then; used for something else, it is a conflict.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from auth.caller import Caller
from domain import catalogue, guards
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.money import Fen
from domain.order import OrderAction, OrderEvent, OrderState, next_state
from domain.order_documents import APPROVED_DOCUMENTS, DocumentKind
from domain.plain_text import UnfitText, plain_text
from domain.purpose import Purpose
from resolvers.binding import bind
from resolvers.refusals import BadInput, CaseNotFound, Refused
from storage.cases import CaseRecord, find_case, find_officers, lock_case
from storage.committed import committed_fen, taken_from
from storage.documents import attachments_of
from storage.holds import hold_of
from storage.idempotency_keys import RequestRecord, find_request, keep_request
from storage.objections import objected_records
from storage.orders import OrderRecord, find_order, lock_order, move_order

CONTROL_SCOPE: Final = {
    kind.id: f"{kind.scope_prefix}:control" for kind in catalogue.asset_kinds().values()
}
DRAFTERS: Final = tuple(dict.fromkeys(CONTROL_SCOPE.values()))
"""Whoever may draft an order against some kind of asset; the step asks for the scope of its kind."""
_LONGEST_KEY: Final = 128


class KeyConflict(Refused):
    """The idempotency key was used for something else."""

    code = "KEY_CONFLICT"

    def __init__(self) -> None:
        super().__init__(
            "This idempotency key was used for another request; take a new one. 幂等键已用于其他请求"
        )


class OrderNotFound(Refused):
    code = "ORDER_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such order among those of your cases. 未找到该指令")


class HashDiffers(Refused):
    code = "DOCUMENT_HASH_DIFFERS"

    def __init__(self) -> None:
        super().__init__(
            "What you name is not what was submitted; read the order again. 指令内容与所审批摘要不一致"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """By whom and when a step is taken.

    Attributes:
        documents_required: whether ruling and notice must be there as files to submit (G3), not by
            their numbers alone.
        inboxes: departments that read their orders here: they take whatever they carry out.
        groups_off: kinds of assets that this deployment does not have.
    """

    caller: Caller
    now: datetime
    request_id: str
    documents_required: bool = False
    inboxes: frozenset[str] = frozenset()
    groups_off: Collection[str] = frozenset()


class Dated(Protocol):
    """What `facts` need of a step: when it is taken, and whether papers must be there as files."""

    @property
    def now(self) -> datetime: ...

    @property
    def documents_required(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    actor: str
    key: str


def actor_of(caller: Caller) -> str:
    """Return whose keys *caller* uses: nobody replays another's."""
    if caller.organisation == "court":
        return caller.subject
    return f"{caller.organisation}:{caller.subject}"


def own_order(connection: Connection, order_id: str, step: Step) -> tuple[OrderRecord, CaseRecord]:
    """Return an order of a case that the caller works on; any other is not there."""
    order = lock_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    try:
        return order, assigned_case(connection, order.case_number, step)
    except CaseNotFound:
        raise OrderNotFound from None


def open_case(connection: Connection, number: CaseNumber, step: Step) -> CaseRecord:
    """Return a case that the caller works on and that is open.

    Raises:
        CaseNotFound, CaseNotOpen: as `resolvers.binding.bind`.
    """
    lock_case(connection, number)
    case = find_case(connection, number)
    bind(case, caller=step.caller, purpose=Purpose.CONTROL, fields={}, request_id=step.request_id)
    if case is None:
        raise CaseNotFound
    return case


def assigned_case(connection: Connection, number: CaseNumber, step: Step) -> CaseRecord:
    """Return a case that the caller works on, in whatever state: a hold is lifted in any (G1)."""
    case = find_case(connection, number)
    if (
        case is None
        or step.caller.organisation != "court"
        or not _handles(case, step.caller.subject)
    ):
        raise CaseNotFound
    return case


def facts(
    connection: Connection, case: CaseRecord, order: OrderRecord, step: Dated
) -> tuple[guards.CaseFacts, guards.OrderFacts]:
    """Return what the guards need to know, as this transaction sees it."""
    today = civil_date(step.now)
    claim = case.claim_on(today)
    hold = _own_hold(connection, order)
    return (
        guards.CaseFacts(
            number=case.number,
            state=case.state,
            obligors=frozenset(party.id_number for party in case.obligors),
            claim=claim.accrued,
            recovered=claim.recovered,
            committed=committed_fen(connection, case.number, besides=order.id),
            on=today,
            bankrupt=frozenset(party.id_number for party in case.obligors if party.bankrupt),
        ),
        guards.OrderFacts(
            id_number=order.id_number,
            asset_kind=order.asset_kind,
            action=OrderAction(order.action),
            department=order.department,
            record=order.record,
            amount=order.amount,
            quantity=order.quantity,
            months=order.months,
            ruling_number=order.ruling_number,
            notice_number=order.notice_number,
            officers=order.officers,
            registered=frozenset(find_officers(connection, order.officers)),
            reason=order.reason,
            purpose=Purpose(order.purpose),
            hold=hold,
            balance=None if hold is None else Fen(hold.active),
            floor=order.floor,
            blocked_by_objection=order.record
            in objected_records(connection, case.number, on=today),
            gates=tuple(guards.Gate(gate) for gate in order.gates),
            route=None if order.route is None else guards.RefundRoute(order.route),
            attached=_attached(connection, order.id) if step.documents_required else None,
        ),
    )


def _attached(connection: Connection, order_id: str) -> frozenset[DocumentKind]:
    return frozenset(DocumentKind(one.kind) for one in attachments_of(connection, order_id))


def _own_hold(connection: Connection, order: OrderRecord) -> guards.OwnHold | None:
    """Return the hold that *order* acts on, as the court knows it.

    What other orders on their way will take of it is not there any more.
    """
    if order.hold_order is None:
        return None
    placed = find_order(connection, order.hold_order)
    hold = hold_of(connection, order.hold_order)
    if placed is None or hold is None:
        return None
    return guards.OwnHold(
        case_number=placed.case_number,
        id_number=placed.id_number,
        asset_kind=placed.asset_kind,
        department=placed.department,
        record=placed.record or "",
        ruling_number=placed.ruling_number or "",
        state=hold.state,
        limit=hold.need,
        active=hold.controlled - taken_from(connection, placed.id, besides=order.id),
        ends_on=hold.ends_on,
    )


def take(
    connection: Connection, order: OrderRecord, event: OrderEvent, step: Step, **changes: Any
) -> None:
    """Move *order* by *event*; *remark* among *changes* goes into the event.

    Raises:
        TransitionRefused: its state does not allow that.
        OrderMoved: somebody else moved it first.
    """
    remark = changes.pop("remark", None)
    move_order(
        connection,
        order,
        event=event.value,
        to_state=next_state(OrderState(order.state), event).value,
        actor=step.caller.subject,
        at=step.now,
        remark=remark,
        changes=changes,
    )


def replay(
    connection: Connection,
    key: Idempotency,
    operation: str,
    body_hash: str,
    *,
    oversees: bool = False,
) -> OrderRecord | None:
    """Return the order that *key* led to before.

    Args:
        oversees: whose key it is takes steps in any case.

    Raises:
        KeyConflict: the key stands for another request.
        BadInput: the key is empty or too long.
    """
    known = find_request(connection, actor=key.actor, key=checked_key(key))
    if known is None:
        return None
    if (known.operation, known.body_hash) != (operation, body_hash):
        raise KeyConflict
    order = find_order(connection, known.order_id)
    if order is None or not (oversees or _is_of(connection, order, key.actor)):
        raise OrderNotFound  # the case may be somebody else's by now
    return order


def remember(
    connection: Connection,
    key: Idempotency,
    operation: str,
    body_hash: str,
    order_id: str,
    step: Step,
) -> OrderRecord:
    """Keep what *key* did, and return the order as it is now."""
    request = RequestRecord(operation=operation, body_hash=body_hash, order_id=order_id)
    keep_request(connection, request, actor=key.actor, key=key.key, at=step.now)
    order = find_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    return order


def checked(name: str, text: str, *, most: int, lines: bool = False) -> str:
    """Return *text* as documents and departments can carry it.

    Raises:
        BadInput: empty, too long, or with characters that mean something to machines.
    """
    try:
        return plain_text(text, most=most, lines=lines)
    except UnfitText as error:
        raise BadInput(f"{name} {error}.") from error


def checked_key(key: Idempotency) -> str:
    """Return the caller's own word of *key*.

    Raises:
        BadInput: it is empty or too long.
    """
    return checked("idempotencyKey", key.key, most=_LONGEST_KEY)


def document_hash(connection: Connection, order: OrderRecord) -> str:
    """Return the SHA-256 of what is submitted, approved and delivered: the order, its ruling, its notice."""
    values: dict[str, object] = {
        "id": order.id,
        "caseNumber": order.case_number,
        "action": order.action,
        "assetKind": order.asset_kind,
        "department": order.department,
        "idNumber": order.id_number,
        "subjectName": order.subject_name,
        "record": order.record,
        "amount": order.amount,
        "quantity": order.quantity,
        "months": order.months,
        "reason": order.reason,
        "ruling": order.ruling_number,
        "notice": order.notice_number,
        "officers": list(order.officers),
        "drafter": order.drafter,
    }
    if order.refund_id is not None:
        values["refund"] = order.refund_id
    if order.hold_order is not None:
        values |= {
            "holdOrder": order.hold_order,
            "gates": list(order.gates),
            "floor": order.floor,
        }
    if order.route is not None:
        values |= {"route": order.route, "gates": list(order.gates)}
    documents = sorted(
        [one.kind, one.sha256]
        for one in attachments_of(connection, order.id)
        if DocumentKind(one.kind) in APPROVED_DOCUMENTS
    )
    if documents:
        values["documents"] = documents
    return digest(values)


def digest(values: object) -> str:
    """Return the SHA-256, hex, of *values* in one canonical text."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _handles(case: CaseRecord, officer: str) -> bool:
    return any(entry.officer.id == officer for entry in case.officers)


def _is_of(connection: Connection, order: OrderRecord, actor: str) -> bool:
    """Whether *actor* is an officer of the order's case, or the department it is addressed to."""
    case = find_case(connection, order.case_number)
    return (case is not None and _handles(case, actor)) or actor.startswith(f"{order.department}:")
