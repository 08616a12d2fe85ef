"""
The court's mirror of holds beside a department's own statement of them.

A hold whose turn came, or that holds more now, moves its order on: the queue moved (domain.md 5.9).
Whatever else differs is a discrepancy for a person: nothing of ours is corrected by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from connectors.control import Standing
from domain.civil_time import civil_date
from domain.order import OrderEvent, OrderState, next_state
from resolvers.excess import note_excess
from storage.discrepancies import Difference, settle_differences
from storage.holds import HoldRecord, hold_of, keep_hold, live_holds_at
from storage.orders import OrderRecord, find_order, find_order_by_key, lock_order, move_order
from storage.reconciliations import ReconciliationRecord, keep_reconciliation

_A_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What comparing did: holds compared, orders moved on, differences that stand, those new."""

    compared: int
    moved: int
    differences: int
    new: int


def reconcile(
    department: str, statement: Sequence[Standing], now: datetime, connection: Connection
) -> Reconciled:
    """Compare *statement*, all that *department* holds for us, with the mirror; keep what came out.

    Args:
        now: before it was asked for. Orders that moved since are left for the next time.
    """
    by_key = {one.key: one for one in statement}
    differences: list[Difference] = []
    compared = moved = 0
    for order, hold in _live(connection, department):
        if order.changed_at > now:
            by_key.pop(order.delivery_key, None)
            continue
        compared += 1
        standing = by_key.pop(order.delivery_key, None)
        if standing is None:
            differences.append(_difference(order, "MISSING", hold.state, "-"))
            continue
        difference = _compare(order, hold, standing, civil_date(now))
        if difference is not None:
            differences.append(difference)
        elif _follow(connection, order, hold, standing, now):
            moved += 1
    extra = _extra(connection, department, by_key, now)
    differences += extra
    new = settle_differences(connection, department, differences, at=now)
    done = ReconciliationRecord(
        department=department,
        at=now,
        compared=compared + len(extra),
        moved=moved,
        differing=len(differences),
    )
    keep_reconciliation(connection, done)
    return Reconciled(compared=done.compared, moved=moved, differences=len(differences), new=new)


def _live(connection: Connection, department: str) -> Sequence[tuple[OrderRecord, HoldRecord]]:
    found: list[tuple[OrderRecord, HoldRecord]] = []
    after = ""
    while page := live_holds_at(connection, department, after=after, most=_A_PAGE):
        for hold in page:
            order = find_order(connection, hold.order_id)
            if order is not None:
                found.append((order, hold))
        after = page[-1].order_id
    return found


def _compare(
    order: OrderRecord, hold: HoldRecord, standing: Standing, today: date
) -> Difference | None:
    """Return what differs for the worse, or in a way that time alone does not explain."""
    if standing.state == "ENDED":
        lapsed = hold.ends_on is not None and hold.ends_on < today
        return None if lapsed else _difference(order, "ENDED", hold.state, "ENDED")
    if standing.limit != hold.need:
        return _difference(order, "AMOUNT", f"limit {hold.need}", f"limit {standing.limit}")
    if standing.controlled < hold.controlled:
        return _difference(order, "AMOUNT", str(hold.controlled), str(standing.controlled))
    if hold.ends_on is not None and standing.ends_on != hold.ends_on:
        return _difference(order, "TERM", str(hold.ends_on), str(standing.ends_on))
    if hold.rank is not None and standing.rank is not None and standing.rank > hold.rank:
        return _difference(order, "RANK", f"rank {hold.rank}", f"rank {standing.rank}")
    return None


def _follow(
    connection: Connection, order: OrderRecord, hold: HoldRecord, standing: Standing, now: datetime
) -> bool:
    """Take over what moved on by itself: rank, what is held, the term once it runs."""
    if standing.state == "ENDED":
        return False  # it lapsed there; the clock says so here
    locked = lock_order(connection, order.id)
    if locked != order or hold_of(connection, order.id) != hold:
        return False  # it moved meanwhile; the next time
    seen = replace(
        hold,
        state=standing.state,
        rank=standing.rank,
        controlled=standing.controlled,
        starts_on=standing.starts_on,
        ends_on=standing.ends_on,
    )
    if seen == hold:
        return False
    if standing.controlled > hold.controlled:
        rest = standing.controlled == hold.need
        event = OrderEvent.CONTROL_REST if rest else OrderEvent.CONTROL_MORE
        move_order(
            connection,
            order,
            event=event.value,
            to_state=next_state(OrderState(order.state), event).value,
            actor=order.department,
            at=now,
        )
    keep_hold(connection, seen, at=now)
    note_excess(connection, order.case_number, now)
    return standing.controlled > hold.controlled


def _extra(
    connection: Connection, department: str, left: Mapping[str, Standing], now: datetime
) -> list[Difference]:
    """Return live holds there of which the court knows nothing, or that have ended here."""
    found: list[Difference] = []
    for key, standing in left.items():
        order = find_order_by_key(connection, key)
        if standing.state == "ENDED" or (order is not None and _may_still_come(order, now)):
            continue
        hold = None if order is None else hold_of(connection, order.id)
        found.append(
            Difference(
                department=department,
                delivery_key=key,
                order_id=None if order is None else order.id,
                kind="EXTRA",
                ours="-" if hold is None else hold.state,
                theirs=standing.state,
            )
        )
    return found


def _may_still_come(order: OrderRecord, now: datetime) -> bool:
    """Whether its receipt is still on the way, or came while the statement was made."""
    return order.changed_at > now or order.state in {
        OrderState.APPROVED.value,
        OrderState.SENT.value,
        OrderState.ACKNOWLEDGED.value,
    }


def _difference(order: OrderRecord, kind: str, ours: str, theirs: str) -> Difference:
    return Difference(
        department=order.department,
        delivery_key=order.delivery_key,
        order_id=order.id,
        kind=kind,
        ours=ours,
        theirs=theirs,
    )
