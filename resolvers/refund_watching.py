"""
Refunds that are only expected: watched, and drafted as a freeze once the bureau says that they are approved.

A machine makes no more of it than a draft: an officer submits it, another one approves it (law 6).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from connectors.tax_refunds import RefundEvent
from domain import guards
from domain.asset_gates import TAX_REFUNDS
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction, OrderEvent
from resolvers.order_drafts import Draft, Papers, fit, may_be_carried, may_control, order_of
from resolvers.order_steps import Step, checked, facts, open_case
from storage.cases import CaseRecord, find_case, lock_case
from storage.orders import OrderRecord, add_order
from storage.refund_watches import (
    WatchRecord,
    add_watch,
    change_watch,
    find_watch,
    heed_up_to,
    heeded_in_turn,
    live_watch_on,
)

_LONGEST_RECORD: Final = 64
_REACHED: Final = frozenset({"APPROVED", "SENT_TO_TREASURY"})
_PAID: Final = "PAID"
_REJECTED: Final = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """When the clock, and no caller, takes a step."""

    now: datetime
    documents_required: bool = False


def watch(draft: Draft, refund: str, step: Step, connection: Connection) -> WatchRecord:
    """Watch *refund* for *draft*, a freeze that could be drafted if the refund were approved.

    Args:
        refund: the bureau's own number of it.

    Returns:
        The watch that the case has on it already, if it has one.

    Raises:
        GuardRefused: such a freeze could not be drafted even then.
    """
    if draft.asset_kind not in TAX_REFUNDS:
        raise guards.GuardRefused(
            "G5", "domain.md 5.3", "Only tax refunds are watched. 仅退税款项可登记监测"
        )
    refund, draft = checked("refundId", refund, most=_LONGEST_RECORD), fit(draft)
    may_control(draft.asset_kind, step, "Mutation.watchRefund")
    case = open_case(connection, draft.case_number, step)
    known = live_watch_on(connection, draft.case_number, refund)
    if known is not None:
        return known
    order = _approved(order_of(draft, case, drafter=step.caller.subject, now=step.now))
    guards.may_draft(*facts(connection, case, order, step))
    may_be_carried(order, step.inboxes)
    made = WatchRecord(
        id=f"w_{secrets.token_hex(12)}",
        case_number=draft.case_number,
        state="ORDERED",
        asset_kind=draft.asset_kind,
        record=refund,
        id_number=draft.id_number,
        officer=step.caller.subject,
        draft=_kept(draft),
        created_at=step.now,
        changed_at=step.now,
    )
    add_watch(connection, made)
    return made


def heed(
    connection: Connection, department: str, events: Sequence[RefundEvent], now: datetime
) -> list[str]:
    """Do what *events* bring about, and remember how far they were heeded; return the new drafts.

    One transaction: an event that was heeded is never heeded again, and none is passed over; also if a
    gateway that was relieved goes on.
    """
    drafted: list[str] = []
    known = heeded_in_turn(connection, department)
    events = [event for event in events if event.cursor > known]
    for event in events:
        found = find_watch(connection, event.watch)
        if found is None or found.record != event.record:
            continue  # nobody's here
        lock_case(connection, found.case_number)
        found = find_watch(connection, event.watch)
        if found is None or found.state not in {"ORDERED", "WATCHING"}:
            continue
        order_id = _heed_one(connection, found, event.status, now)
        if order_id is not None:
            drafted.append(order_id)
    if events:
        heed_up_to(connection, department, events[-1].cursor)
    return drafted


def _heed_one(connection: Connection, found: WatchRecord, status: str, now: datetime) -> str | None:
    draft = _draft(found)
    reachable = status in _REACHED or (
        status == _PAID and draft.route is guards.RefundRoute.VIA_REFUND_ACCOUNT
    )
    if not reachable:
        over = status in {_PAID, _REJECTED}
        state = "ENDED" if over else found.state
        event = "END" if over else "HEAR"
        change_watch(
            connection, found, event=event, at=now, remark=status, status=status, state=state
        )
        return None
    case = find_case(connection, found.case_number)
    if case is None:
        raise LookupError("a watch always has its case")
    try:
        order = _drafted(connection, case, found, draft, now)
    except guards.GuardRefused as refused:
        change_watch(
            connection,
            found,
            event="HOLD_BACK",
            at=now,
            remark=refused.guard,
            status=status,
            state="HELD_BACK",
            guard=refused.guard,
        )
        return None
    change_watch(
        connection,
        found,
        event="DRAFT",
        at=now,
        remark=order.id,
        status=status,
        state="DRAFTED",
        order_id=order.id,
    )
    return order.id


def _drafted(
    connection: Connection, case: CaseRecord, found: WatchRecord, draft: Draft, now: datetime
) -> OrderRecord:
    """Write the draft; it belongs to who ordered the watch, or to who handles the case by now."""
    handlers = [one.officer.id for one in case.officers if one.capacity == "HANDLER"]
    officer = found.officer if found.officer in handlers or not handlers else handlers[0]
    order = _approved(order_of(draft, case, drafter=officer, now=now))
    guards.may_draft(*facts(connection, case, order, _Moment(now=now)))
    may_be_carried(order, ())
    add_order(connection, order, event=OrderEvent.DRAFT.value)
    return order


def _approved(order: OrderRecord) -> OrderRecord:
    """Return *order* with what the bureau itself told: the refund is approved."""
    gates = {*order.gates, guards.Gate.REFUND_APPROVED.value}
    return replace(order, gates=tuple(sorted(gates)))


def _kept(draft: Draft) -> Mapping[str, Any]:
    return {
        "record": draft.record,
        "amount": draft.amount,
        "months": draft.months,
        "route": None if draft.route is None else draft.route.value,
        "gates": list(draft.gates),
        "ruling": draft.papers.ruling_number,
        "notice": draft.papers.notice_number,
        "officers": list(draft.papers.officers),
        "reason": draft.papers.reason,
    }


def _draft(found: WatchRecord) -> Draft:
    kept = found.draft
    by_account = kept["route"] == guards.RefundRoute.VIA_REFUND_ACCOUNT.value
    return Draft(
        case_number=CaseNumber(found.case_number),
        id_number=IdNumber(found.id_number),
        asset_kind=found.asset_kind,
        action=OrderAction.FREEZE,
        record=kept["record"],
        amount=None if kept["amount"] is None else Fen(kept["amount"]),
        quantity=None,
        months=kept["months"],
        papers=Papers(
            ruling_number=kept["ruling"],
            notice_number=kept["notice"],
            officers=tuple(kept["officers"]),
            reason=kept["reason"],
        ),
        gates=tuple(kept["gates"]),
        route=None if kept["route"] is None else guards.RefundRoute(kept["route"]),
        refund_id=found.record if by_account else None,
    )
