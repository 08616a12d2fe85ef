"""Refunds that are only expected: what is watched of them, for what freeze, and the end of that."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from domain import guards
from domain.asset_gates import TAX_REFUNDS
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from resolvers.order_drafts import Draft, Papers, fit, may_be_carried, may_control, order_of
from resolvers.order_steps import Step, assigned_case, checked, facts, open_case
from resolvers.refusals import CaseNotFound, Refused
from storage.cases import find_case, lock_case
from storage.orders import OrderRecord
from storage.refund_watches import (
    HEEDED,
    WatchRecord,
    add_watch,
    end_watch,
    find_watch,
    live_watch_on,
)

_LONGEST_RECORD: Final = 64
_LONGEST_REASON: Final = 2000


class WatchNotFound(Refused):
    code = "WATCH_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such watch among those of your cases. 未找到该退税监测")


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
    order = approved(order_of(draft, case, drafter=step.caller.subject, now=step.now))
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


def end(watch_id: str, reason: str, step: Step, connection: Connection) -> WatchRecord:
    """End a watch of a case that the caller works on, in whatever state; one that is over stays as it is.

    Its draft, if there is one, stays: it is given up like any other.

    Raises:
        WatchNotFound: there is none, or it is of a case of others.
        BadInput: the reason cannot stand in a document.
    """
    found = find_watch(connection, watch_id)
    if found is None:
        raise WatchNotFound
    lock_case(connection, found.case_number)
    found = find_watch(connection, watch_id)
    if found is None:
        raise WatchNotFound
    try:
        assigned_case(connection, found.case_number, step)
    except CaseNotFound:
        raise WatchNotFound from None
    may_control(found.asset_kind, step, "Mutation.endRefundWatch")
    why = checked("reason", reason, most=_LONGEST_REASON, lines=True)
    if found.state not in HEEDED:
        return found
    return end_watch(
        connection,
        found,
        ending="OFFICER",
        at=step.now,
        actor=step.caller.subject,
        reason=why,
    )


def end_without_ground(connection: Connection, watch_id: str, now: datetime) -> None:
    """End a watch if its case is not open any more, or has no such obligor: nothing may be asked then."""
    found = find_watch(connection, watch_id)
    if found is None:
        return
    lock_case(connection, found.case_number)
    found = find_watch(connection, watch_id)
    if found is None or found.state not in HEEDED:
        return
    case = find_case(connection, found.case_number)
    if case is None or case.state != "OPEN":
        end_watch(connection, found, ending="CASE_NOT_OPEN", at=now)
    elif all(party.id_number != found.id_number for party in case.obligors):
        end_watch(connection, found, ending="NOT_AN_OBLIGOR", at=now)


def approved(order: OrderRecord) -> OrderRecord:
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
        "notExempt": draft.not_exempt,
    }


def draft_of(found: WatchRecord) -> Draft:
    """Return the freeze that a watch was ordered for."""
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
        not_exempt=kept.get("notExempt"),
    )
