"""
What a bureau tells of a watched refund: heeded once, and drafted as a freeze when the refund is approved.

A machine makes no more of it than a draft: an officer submits it, another one approves it (law 6).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from connectors.tax_refunds import RefundEvent
from domain import guards
from domain.order import OrderEvent
from resolvers.order_drafts import may_be_carried, order_of
from resolvers.order_steps import facts
from resolvers.refund_watching import approved, draft_of
from storage.cases import find_case, lock_case
from storage.orders import OrderRecord, add_order
from storage.refund_watches import HEEDED, WatchRecord, change_watch, end_watch, find_watch
from storage.watches_due import heed_up_to, heeded_in_turn

_REACHED: Final = frozenset({"APPROVED", "SENT_TO_TREASURY"})
_PAID: Final = "PAID"
_LAST: Final = frozenset({_PAID, "REJECTED"})
"""After these a bureau has nothing more to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """When the clock, and no caller, takes a step."""

    now: datetime
    documents_required: bool = False


def heed(
    connection: Connection,
    department: str,
    events: Sequence[RefundEvent],
    now: datetime,
    inboxes: Collection[str] = (),
) -> list[str]:
    """Do what *events* bring about, and remember how far they were heeded; return the new drafts.

    One transaction: an event that was heeded is never heeded again, and none is passed over; also if a
    gateway that was relieved goes on.

    Args:
        inboxes: departments that read their orders here.
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
        if found is None or found.state not in HEEDED:
            continue
        drafted += _heed_one(connection, found, event.status, now, inboxes)
    if events:
        heed_up_to(connection, department, events[-1].cursor)
    return drafted


def try_again(
    connection: Connection, watch_id: str, now: datetime, inboxes: Collection[str] = ()
) -> list[str]:
    """Draft what a guard held back, if none does any more; return the draft. If one does, nothing changes."""
    found = find_watch(connection, watch_id)
    if found is None:
        return []
    lock_case(connection, found.case_number)
    found = find_watch(connection, watch_id)
    if found is None or found.state != "HELD_BACK" or found.status is None:
        return []
    return _heed_one(connection, found, found.status, now, inboxes)


def _heed_one(
    connection: Connection,
    found: WatchRecord,
    status: str,
    now: datetime,
    inboxes: Collection[str],
) -> list[str]:
    """Keep what a refund has become, and draft its freeze if it can be held so; return the draft."""
    drafted: list[str] = []
    if found.state != "DRAFTED" and _can_be_held(found, status):
        found = _draft_or_hold_back(connection, found, status, now, inboxes)
        if found.state == "HELD_BACK":
            return []
        drafted = [] if found.order_id is None else [found.order_id]
    elif status not in _LAST and status != found.status:
        change_watch(connection, found, event="HEAR", at=now, remark=status, status=status)
    if status in _LAST:
        end_watch(connection, found, ending=status, at=now, status=status)
    return drafted


def _can_be_held(found: WatchRecord, status: str) -> bool:
    """What is paid is only reached at the bank."""
    by_account = draft_of(found).route is guards.RefundRoute.VIA_REFUND_ACCOUNT
    return status in _REACHED or (status == _PAID and by_account)


def _draft_or_hold_back(
    connection: Connection,
    found: WatchRecord,
    status: str,
    now: datetime,
    inboxes: Collection[str],
) -> WatchRecord:
    """Write the draft, or which guard is against it; the same guard again is no event."""
    try:
        order = _order_of(connection, found, now, inboxes)
    except guards.GuardRefused as refused:
        known = (found.state, found.guard) == ("HELD_BACK", refused.guard)
        if known and found.status == status:
            return found
        return change_watch(
            connection,
            found,
            event="HEAR" if known else "HOLD_BACK",
            at=now,
            remark=status if known else refused.guard,
            status=status,
            state="HELD_BACK",
            guard=refused.guard,
        )
    add_order(connection, order, event=OrderEvent.DRAFT.value)
    return change_watch(
        connection,
        found,
        event="DRAFT",
        at=now,
        remark=order.id,
        status=status,
        state="DRAFTED",
        guard=None,
        order_id=order.id,
    )


def _order_of(
    connection: Connection, found: WatchRecord, now: datetime, inboxes: Collection[str]
) -> OrderRecord:
    """Return the draft; it belongs to who ordered the watch, or to who handles the case by now.

    Raises:
        GuardRefused: it cannot be drafted.
    """
    case = find_case(connection, found.case_number)
    if case is None:
        raise LookupError("a watch always has its case")
    handlers = [one.officer.id for one in case.officers if one.capacity == "HANDLER"]
    officer = found.officer if found.officer in handlers or not handlers else handlers[0]
    order = approved(order_of(draft_of(found), case, drafter=officer, now=now))
    guards.may_draft(*facts(connection, case, order, _Moment(now=now)))
    may_be_carried(order, inboxes)
    return order
