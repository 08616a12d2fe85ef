"""Drafting: a first hold, what acts on a hold, and what becomes of a draft before it is submitted."""

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from connectors.departments import CARRIED_BY
from domain import guards
from domain.action_guards import addressee
from domain.asset_look import NOT_LOOKED, AssetLook
from domain.case_number import CaseNumber, InvalidCaseNumber, parse_case_number
from domain.cover import CASH
from domain.guards import RefundRoute
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction, OrderEvent, OrderState, next_state
from domain.purpose import Purpose
from resolvers.order_grounds import AS_BEFORE, LONGEST_REASON, Grounds, stated
from resolvers.order_steps import (
    CONTROL_SCOPE,
    Idempotency,
    OrderNotFound,
    Step,
    assigned_case,
    checked,
    digest,
    facts,
    open_case,
    own_order,
    remember,
    replay,
    take,
)
from resolvers.refusals import BadInput, FieldNotAllowed
from storage.cases import CaseRecord
from storage.holds import hold_of
from storage.orders import OrderRecord, add_order, find_order

_ABOUT_A_HOLD: Final = frozenset({"RENEW", "LIFT", "DEDUCT"})
_LONGEST_RECORD: Final = 64
_LONGEST_NUMBER: Final = 128
_LATER: Final = frozenset({"refund_id", "not_exempt", "value", "kept_because"})
_PURPOSES: Final = {
    OrderAction.QUERY: Purpose.PROPERTY_INQUIRY,
    OrderAction.RENEW: Purpose.RENEWAL,
    OrderAction.LIFT: Purpose.LIFT,
    OrderAction.DEDUCT: Purpose.DEDUCTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What an order is made out with: needed to submit, not yet to draft."""

    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]
    reason: str

    def fit(self) -> "Papers":
        """Return them as documents and departments can carry them.

        Raises:
            BadInput: a text of them cannot stand in a document.
        """
        return Papers(
            ruling_number=_document("rulingNumber", self.ruling_number),
            notice_number=_document("noticeNumber", self.notice_number),
            officers=tuple(checked("officers", one, most=_LONGEST_RECORD) for one in self.officers),
            reason=checked("reason", self.reason, most=LONGEST_REASON, lines=True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A first hold to be ordered.

    Attributes:
        refund_id: the bureau's own number of a refund that is ordered at its account: *record* is
            the account's then.
        gates: conditions that a human found met (G10).
        route: whom an order on a tax refund goes to; None for other kinds.
        department: which one is ordered, where several carry it out; None for the first.
        not_exempt: why what may be exempt is not (G7).
        value: what a thing or shares count for the claim, in fen (G6); money is worth what it is.
        kept_because: why a thing worth more than the claim leaves is held all the same (G6).
    """

    case_number: CaseNumber
    id_number: IdNumber
    asset_kind: str
    action: OrderAction
    record: str
    refund_id: str | None = None
    amount: Fen | None
    quantity: int | None
    months: int | None
    papers: Papers
    gates: tuple[str, ...] = ()
    route: RefundRoute | None = None
    department: str | None = None
    not_exempt: str | None = None
    value: Fen | None = None
    kept_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHold:
    """What is to be done with the hold that *order_id* placed.

    Attributes:
        amount, quantity: how much; None for the whole hold.
        months: the new term, for a renewal.
        gates: conditions that a human found met (G10).
        floor: what a deduction leaves of the held money for living (G7); 0 is a decision.
    """

    order_id: str
    action: OrderAction
    papers: Papers
    amount: Fen | None = None
    quantity: int | None = None
    months: int | None = None
    gates: tuple[str, ...] = ()
    floor: Fen | None = None


def draft(
    draft: Draft,
    key: Idempotency,
    step: Step,
    connection: Connection,
    *,
    look: AssetLook = NOT_LOOKED,
) -> OrderRecord:
    """Write a draft, or return the one that *key* wrote before.

    Args:
        look: what its department says of the asset.

    Raises:
        BadInput: a text of it cannot stand in a document.
    """
    draft = fit(draft)
    body_hash = digest(body_of(draft))
    known = replay(connection, key, "draftOrder", body_hash)
    if known is not None:
        return known
    may_control(draft.asset_kind, step, "Mutation.draftOrder")
    _is_on(draft.asset_kind, step)
    case = open_case(connection, draft.case_number, step)
    order = valued(order_of(draft, case, drafter=step.caller.subject, now=step.now), look)
    return _write(connection, order, "draftOrder", body_hash, key, step, look=look)


def fit(draft: Draft) -> Draft:
    """Return *draft* as documents and departments can carry it.

    Raises:
        BadInput: a text cannot stand in a document, or a value is none.
    """
    if draft.value is not None and (draft.value <= 0 or draft.asset_kind in CASH):
        raise BadInput(
            "value is what shares or things count for, in fen, more than 0; money is worth what it is. "
            "参考价值须为正数，资金不另计价值"
        )
    refund_id = draft.refund_id
    if refund_id is not None:
        refund_id = checked("refundId", refund_id, most=_LONGEST_RECORD)
        if draft.route is not RefundRoute.VIA_REFUND_ACCOUNT:
            raise BadInput(
                "refundId goes with a tax refund that is ordered at its account: recordId names the "
                "account then. refundId 仅用于经退税账户控制的退税款项"
            )
    return replace(
        draft,
        record=checked("recordId", draft.record, most=_LONGEST_RECORD),
        refund_id=refund_id,
        papers=draft.papers.fit(),
        not_exempt=stated("notExempt", draft.not_exempt),
        kept_because=stated("whole", draft.kept_because),
    )


def order_of(draft: Draft, case: CaseRecord, *, drafter: str, now: datetime) -> OrderRecord:
    """Return the order that *draft* is, not written yet.

    A refund that goes by the account it is paid into is ordered of the bank. What the keeper of the
    register does not carry out goes to the first department that does.
    """
    subject = next((p for p in case.obligors if p.id_number == draft.id_number), None)
    by_account = draft.route is RefundRoute.VIA_REFUND_ACCOUNT
    kept_as = "bankDeposit" if by_account else draft.asset_kind
    return OrderRecord(
        id=_new_id(),
        case_number=draft.case_number,
        state=OrderState.DRAFT.value,
        action=draft.action.value,
        asset_kind=draft.asset_kind,
        department=draft.department or addressee(kept_as, draft.action),
        id_number=draft.id_number,
        subject_name="" if subject is None else subject.name,
        record=draft.record,
        refund_id=draft.refund_id,
        amount=draft.amount,
        quantity=draft.quantity,
        months=guards.default_months(draft.asset_kind, draft.action)
        if draft.months is None
        else draft.months,
        purpose=_PURPOSES.get(draft.action, Purpose.CONTROL).value,
        drafter=drafter,
        approver=None,
        document_hash=None,
        delivery_key=_new_key(),
        created_at=now,
        changed_at=now,
        gates=draft.gates,
        route=None if draft.route is None else draft.route.value,
        not_exempt=draft.not_exempt,
        value=draft.value,
        kept_because=draft.kept_because,
        **_papers(draft.papers),
    )


def valued(order: OrderRecord, look: AssetLook) -> OrderRecord:
    """Return *order* with the value that its department tells, where the officer named none."""
    return order if order.value is not None else replace(order, value=look.value)


def body_of(draft: Draft) -> dict[str, Any]:
    """Return what *draft* says, as a key stands for it."""
    route = None if draft.route is None else draft.route.value
    body = {**asdict(draft), "action": draft.action.value, "route": route}
    # Left out where nothing is said: keys of before stand for what they stood for.
    return {name: said for name, said in body.items() if name not in _LATER or said is not None}


def draft_on_hold(on: OnHold, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Draft the renewal or lifting of an own hold, or a deduction from it."""
    on = replace(on, papers=on.papers.fit())
    operation = {"RENEW": "renewOrder", "LIFT": "liftOrder"}.get(on.action.value, "deductOrder")
    body_hash = digest({**asdict(on), "action": on.action.value})
    known = replay(connection, key, operation, body_hash)
    if known is not None:
        return known
    placed, _ = own_order(connection, on.order_id, step)
    if on.action is not OrderAction.LIFT:
        may_control(placed.asset_kind, step, f"Mutation.{operation}")
    hold = hold_of(connection, placed.id)
    if hold is None:
        raise guards.GuardRefused(
            "G5",
            "domain.md 6.2",
            "This order has placed no hold, so there is nothing to act on. 该指令未形成控制",
        )
    whole = on.amount is None and on.quantity is None
    shares = placed.quantity is not None
    order = replace(
        placed,
        id=_new_id(),
        state=OrderState.DRAFT.value,
        action=on.action.value,
        amount=(None if shares else Fen(hold.need)) if whole else on.amount,
        quantity=(hold.need if shares else None) if whole else on.quantity,
        months=_months(on, placed),
        purpose=_PURPOSES[on.action].value,
        drafter=step.caller.subject,
        approver=None,
        document_hash=None,
        delivery_key=_new_key(),
        created_at=step.now,
        changed_at=step.now,
        hold_order=placed.id,
        gates=on.gates,
        floor=on.floor,
        not_exempt=None,
        value=None,
        kept_because=None,
        answer_due_at=None,
        overdue=False,
        **_papers(on.papers),
    )
    return _write(connection, order, operation, body_hash, key, step)


def revise(  # noqa: PLR0913 -- the parts of a step
    order_id: str,
    papers: Papers,
    key: Idempotency,
    step: Step,
    connection: Connection,
    *,
    grounds: Grounds = AS_BEFORE,
    look: AssetLook = NOT_LOOKED,
) -> OrderRecord:
    """Write other papers and grounds into an own draft; a rejected one becomes a draft again first.

    Args:
        look: what its department says of the asset now.

    Raises:
        BadInput: a text of them cannot stand in a document.
    """
    papers, grounds = papers.fit(), grounds.fit()
    # What is not said is left out: keys of before stand for what they stood for.
    body_hash = digest({"order": order_id, **asdict(papers), **grounds.said})
    known = replay(connection, key, "reviseOrder", body_hash)
    if known is not None:
        return known
    order, case = own_order(connection, order_id, step)
    is_drafter(order, step)
    if OrderState(order.state) is OrderState.REJECTED:
        take(connection, order, OrderEvent.REVISE, step, document_hash=None)
        order = _again(connection, order_id)
    revised = grounds.of(replace(order, **_papers(papers)))
    next_state(OrderState(order.state), OrderEvent.EDIT)
    guards.may_draft(*facts(connection, case, revised, step, look))
    take(
        connection,
        order,
        OrderEvent.EDIT,
        step,
        **{**_papers(papers), "officers": list(papers.officers)},
        **grounds.said,
    )
    return remember(connection, key, "reviseOrder", body_hash, order_id, step)


def cancel(order_id: str, key: Idempotency, step: Step, connection: Connection) -> OrderRecord:
    """Give up an own draft."""
    known = replay(connection, key, "cancelOrder", digest(order_id))
    if known is not None:
        return known
    order, _ = own_order(connection, order_id, step)
    is_drafter(order, step)
    take(connection, order, OrderEvent.CANCEL, step)
    return remember(connection, key, "cancelOrder", digest(order_id), order_id, step)


def _write(  # noqa: PLR0913, PLR0917 -- the parts of a step
    connection: Connection,
    order: OrderRecord,
    operation: str,
    body_hash: str,
    key: Idempotency,
    step: Step,
    *,
    look: AssetLook = NOT_LOOKED,
) -> OrderRecord:
    case = assigned_case(connection, order.case_number, step)
    guards.may_draft(*facts(connection, case, order, step, look))
    may_be_carried(order, step.inboxes)
    add_order(connection, order, event=OrderEvent.DRAFT.value)
    return remember(connection, key, operation, body_hash, order.id, step)


def _is_on(asset_kind: str, step: Step) -> None:
    """Raise `GuardRefused` if this deployment has no such assets; what stands on one is still acted on."""
    if asset_kind in step.groups_off:
        raise guards.GuardRefused(
            "G9",
            "docs/configuration.md",
            "Assets of this kind are switched off here (`groups_on`); order it on paper. "
            "本系统未启用该类财产",
        )


def may_be_carried(order: OrderRecord, inboxes: Collection[str]) -> None:
    """Raise `GuardRefused` if neither a connection takes such an order nor an inbox."""
    if order.action in _ABOUT_A_HOLD and order.hold_order is None:
        raise guards.GuardRefused(
            "G5",
            "docs/departments/README.md",
            "Freeze first; what is held is then deducted. 请先冻结，再办理扣划",
        )
    if order.department in inboxes:
        return  # what it may be ordered is G9's
    if order.action not in CARRIED_BY.get(order.department, frozenset()):
        raise guards.GuardRefused(
            "G9",
            "docs/departments/README.md",
            "No department takes this action over its connection yet; order it on paper. "
            "该措施暂不支持线上办理",
        )


def is_drafter(order: OrderRecord, step: Step) -> None:
    """Raise `OrderNotFound` for everybody but the drafter: a draft is its drafter's own."""
    if order.drafter != step.caller.subject:
        raise OrderNotFound


def _again(connection: Connection, order_id: str) -> OrderRecord:
    order = find_order(connection, order_id)
    if order is None:
        raise OrderNotFound
    return order


def may_control(asset_kind: str, step: Step, coordinate: str) -> None:
    """Raise `FieldNotAllowed` if the caller's scopes are for other kinds of assets."""
    needed = CONTROL_SCOPE[asset_kind]
    if not step.caller.may(needed):
        raise FieldNotAllowed(coordinate, [needed])


def _months(on: OnHold, placed: OrderRecord) -> int:
    if on.action is not OrderAction.RENEW:
        return 0
    if on.months is not None:
        return on.months
    return guards.default_months(placed.asset_kind, on.action)


def _papers(papers: Papers) -> dict[str, Any]:
    return {
        "ruling_number": papers.ruling_number,
        "notice_number": papers.notice_number,
        "officers": papers.officers,
        "reason": papers.reason,
    }


def _document(name: str, number: str | None) -> str | None:
    if number is None:
        return None
    text = checked(name, number, most=_LONGEST_NUMBER)
    try:
        return parse_case_number(text)
    except InvalidCaseNumber:
        return text  # G3 says what is wrong with it


def _new_id() -> str:
    return f"o_{secrets.token_hex(12)}"


def _new_key() -> str:
    return f"k_{secrets.token_hex(16)}"
