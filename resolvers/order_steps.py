"""
The steps of an order, each as one transaction: read, guard, move, remember the key.

What decides is in `domain.guards` and `domain.order`; here the facts are brought together. A key
that was used before returns what it did then; used for something else, it is a conflict.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from auth.caller import Caller
from connectors.control import CARRIED_ACTIONS
from domain import catalogue, guards
from domain.case_number import CaseNumber, InvalidCaseNumber, parse_case_number
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction, OrderEvent, OrderState, next_state
from domain.plain_text import UnfitText, plain_text
from domain.purpose import Purpose
from resolvers.binding import bind
from resolvers.refusals import BadInput, CaseNotFound, FieldNotAllowed, Refused
from storage.cases import CaseRecord, find_case, find_officers
from storage.deliveries import add_delivery
from storage.orders import (
    OrderRecord,
    RequestRecord,
    add_order,
    committed_fen,
    find_order,
    find_request,
    keep_request,
    move_order,
)

_LONGEST_KEY: Final = 128
_LONGEST_RECORD: Final = 64
_LONGEST_NUMBER: Final = 128
_LONGEST_REASON: Final = 2000
_CONTROL_SCOPE: Final = {
    "vehicle": "vehicles:control",
    "housingFund": "housing-fund:control",
    "securities": "securities:control",
}


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
    """By whom and when a step is taken."""

    caller: Caller
    now: datetime
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    actor: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    case_number: CaseNumber
    id_number: IdNumber
    asset_kind: str
    action: OrderAction
    record: str
    amount: Fen | None
    quantity: int | None
    months: int | None
    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]
    reason: str


def draft(draft: Draft, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Write a draft, or return the one that *key* wrote before.

    Raises:
        BadInput: a text of it cannot stand in a document.
    """
    draft = _fit(draft)
    body_hash = _hash(draft_text(draft))
    known = _replay(connection, key, "draftOrder", body_hash)
    if known is not None:
        return known
    needed = _CONTROL_SCOPE[draft.asset_kind]
    if not step.caller.may(needed):
        raise FieldNotAllowed("Mutation.draftOrder", [needed])
    case = _bound(connection, draft.case_number, step)
    subject = next((p for p in case.obligors if p.id_number == draft.id_number), None)
    kind = catalogue.asset_kinds()[draft.asset_kind]
    order = OrderRecord(
        id=f"o_{secrets.token_hex(12)}",
        case_number=draft.case_number,
        state=OrderState.DRAFT.value,
        action=draft.action.value,
        asset_kind=draft.asset_kind,
        department=kind.holders[0],
        id_number=draft.id_number,
        subject_name="" if subject is None else subject.name,
        record=draft.record,
        amount=draft.amount,
        quantity=draft.quantity,
        months=draft.months
        if draft.months is not None
        else guards.default_months(draft.asset_kind, draft.action),
        purpose=Purpose.CONTROL.value,
        reason=draft.reason,
        ruling_number=draft.ruling_number,
        notice_number=draft.notice_number,
        officers=draft.officers,
        drafter=step.caller.subject,
        approver=None,
        document_hash=None,
        delivery_key=f"k_{secrets.token_hex(16)}",
        created_at=step.now,
        changed_at=step.now,
    )
    guards.may_draft(*_facts(connection, case, order))
    if draft.action.value not in CARRIED_ACTIONS:
        raise guards.GuardRefused(
            "G9",
            "docs/departments/README.md",
            "No department takes this action over its connection yet; order it on paper. "
            "该措施暂不支持线上办理",
        )
    add_order(connection, order, event=OrderEvent.DRAFT.value)
    return _remember(connection, key, "draftOrder", body_hash, order.id, step)


def submit(order_id: str, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Submit an own draft; its hash is what will be approved and delivered."""
    known = _replay(connection, key, "submitOrder", _hash(order_id))
    if known is not None:
        return known
    order, case = _own(connection, order_id, step)
    if order.drafter != step.caller.subject:
        raise OrderNotFound
    to_state = next_state(OrderState(order.state), OrderEvent.SUBMIT)
    guards.may_submit(*_facts(connection, case, order))
    _move(connection, order, OrderEvent.SUBMIT, to_state, step, document_hash=_document_hash(order))
    return _remember(connection, key, "submitOrder", _hash(order_id), order_id, step)


def approve(
    order_id: str, document_hash: str, key: Idempotency, step: Step, connection: Connection
) -> OrderRecord:
    """Approve exactly what was submitted, and put it on its way in the same transaction."""
    body_hash = _hash(f"{order_id} {document_hash}")
    known = _replay(connection, key, "approveOrder", body_hash)
    if known is not None:
        return known
    order, case = _own(connection, order_id, step)
    to_state = next_state(OrderState(order.state), OrderEvent.APPROVE)
    guards.may_approve(
        *_facts(connection, case, order), drafter=order.drafter, approver=step.caller.subject
    )
    if not order.document_hash == document_hash == _document_hash(order):
        raise HashDiffers
    _move(connection, order, OrderEvent.APPROVE, to_state, step, approver=step.caller.subject)
    add_delivery(connection, order.id, department=order.department, due_at=step.now)
    return _remember(connection, key, "approveOrder", body_hash, order_id, step)


def _fit(draft: Draft) -> Draft:
    """Return *draft* with its texts as documents and departments can carry them."""

    def document(name: str, number: str | None) -> str | None:
        if number is None:
            return None
        text = _checked(name, number, most=_LONGEST_NUMBER)
        try:
            return parse_case_number(text)
        except InvalidCaseNumber:
            return text  # G3 says what is wrong with it

    return replace(
        draft,
        record=_checked("recordId", draft.record, most=_LONGEST_RECORD),
        reason=_checked("reason", draft.reason, most=_LONGEST_REASON, lines=True),
        ruling_number=document("rulingNumber", draft.ruling_number),
        notice_number=document("noticeNumber", draft.notice_number),
        officers=tuple(_checked("officers", one, most=_LONGEST_RECORD) for one in draft.officers),
    )


def draft_text(draft: Draft) -> str:
    """Return the canonical text of a draft."""
    return json.dumps(
        {
            "caseNumber": draft.case_number,
            "idNumber": draft.id_number,
            "assetKind": draft.asset_kind,
            "action": draft.action.value,
            "record": draft.record,
            "amount": draft.amount,
            "quantity": draft.quantity,
            "months": draft.months,
            "ruling": draft.ruling_number,
            "notice": draft.notice_number,
            "officers": list(draft.officers),
            "reason": draft.reason,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _document_hash(order: OrderRecord) -> str:
    text = json.dumps(
        {
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
        },
        ensure_ascii=False,
        sort_keys=True,
    )
    return _hash(text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bound(connection: Connection, number: CaseNumber, step: Step) -> CaseRecord:
    case = find_case(connection, number)
    bind(
        case,
        caller=step.caller,
        purpose=Purpose.CONTROL,
        fields={},
        request_id=step.request_id,
    )
    if case is None:
        raise CaseNotFound
    return case


def _own(connection: Connection, order_id: str, step: Step) -> tuple[OrderRecord, CaseRecord]:
    """Return an order of a case that the caller works on; any other is not there."""
    order = find_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    try:
        return order, _bound(connection, order.case_number, step)
    except CaseNotFound:
        raise OrderNotFound from None


def _facts(
    connection: Connection, case: CaseRecord, order: OrderRecord
) -> tuple[guards.CaseFacts, guards.OrderFacts]:
    return (
        guards.CaseFacts(
            number=case.number,
            state=case.state,
            obligors=frozenset(party.id_number for party in case.obligors),
            claim=case.claim,
            recovered=case.recovered,
            committed=committed_fen(connection, case.number, besides=order.id),
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
        ),
    )


def _move(
    connection: Connection,
    order: OrderRecord,
    event: OrderEvent,
    to_state: OrderState,
    step: Step,
    **changes: object,
) -> None:
    move_order(
        connection,
        order,
        event=event.value,
        to_state=to_state.value,
        actor=step.caller.subject,
        at=step.now,
        changes=changes,
    )


def _replay(
    connection: Connection, key: Idempotency, operation: str, body_hash: str
) -> OrderRecord | None:
    """Return the order that *key* led to before.

    Raises:
        KeyConflict: the key stands for another request.
        BadInput: the key is empty or too long.
    """
    _checked("idempotencyKey", key.key, most=_LONGEST_KEY)
    known = find_request(connection, actor=key.actor, key=key.key)
    if known is None:
        return None
    if (known.operation, known.body_hash) != (operation, body_hash):
        raise KeyConflict
    order = find_order(connection, known.order_id)
    if order is None or not _handles(connection, order, key.actor):
        raise OrderNotFound  # the case may be somebody else's by now
    return order


def _handles(connection: Connection, order: OrderRecord, officer: str) -> bool:
    case = find_case(connection, order.case_number)
    return case is not None and any(entry.officer.id == officer for entry in case.officers)


def _checked(name: str, text: str, *, most: int, lines: bool = False) -> str:
    try:
        return plain_text(text, most=most, lines=lines)
    except UnfitText as error:
        raise BadInput(f"{name} {error}.") from error


def _remember(
    connection: Connection,
    key: Idempotency,
    operation: str,
    body_hash: str,
    order_id: str,
    step: Step,
) -> OrderRecord:
    request = RequestRecord(operation=operation, body_hash=body_hash, order_id=order_id)
    keep_request(connection, request, actor=key.actor, key=key.key, at=step.now)
    order = find_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    return order
