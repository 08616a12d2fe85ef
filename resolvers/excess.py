"""
Whether a case holds more than is owed, across all its departments; since when, and what goes first.

The instant is written in the transaction that brings the excess about: the deadline of DL-23 runs
from there, whoever is awake to see it.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from domain.calendar import working_calendar
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.cover import CoverPolicy
from domain.deadline import Due
from domain.excess import Releases, excess_due, releases
from domain.order import OrderEvent, OrderState, next_state
from resolvers.cover import cover_of, covering_holds
from storage.cases import CaseRecord, find_case, lock_case
from storage.excesses import (
    ExcessRecord,
    begin_excess,
    end_excess,
    is_to_be_weighed,
    standing_excess,
)
from storage.orders import find_order, move_order

_HOLDING: Final = (OrderState.EXECUTED.value, OrderState.PARTIALLY_EXECUTED.value)


def note_excess(connection: Connection, case_number: CaseNumber, now: datetime) -> bool:
    """Write down that a case came to hold too much, or does not any more; whether either is so.

    That it does is an event of the order whose hold is the first to go: who watches the case is
    told. The case must be locked.
    """
    if not is_to_be_weighed(connection, case_number):
        return False
    case = find_case(connection, case_number)
    if case is None:
        return False
    today = civil_date(now)
    excess = cover_of(connection, case, today).excess
    standing = standing_excess(connection, case_number)
    if bool(excess) == (standing is not None):
        return False
    if standing is not None:
        end_excess(connection, standing, at=now)
        return True
    first = _first_to_go(connection, case, today)
    begin_excess(connection, ExcessRecord(case_number=case_number, arose_at=now, order_id=first))
    _announce(connection, first, now)
    return True


def weigh(connection: Connection, case_number: CaseNumber, now: datetime) -> bool:
    """As `note_excess`, for who has not locked the case yet."""
    lock_case(connection, case_number)
    return note_excess(connection, case_number, now)


def releases_of(connection: Connection, case: CaseRecord, on: date) -> Releases:
    """Return what to lift so that *case* holds no more than is owed on that day."""
    holds = covering_holds(connection, case.number)
    return releases(case.claim_on(on).total, holds, CoverPolicy())


def release_due(arose_at: datetime) -> Due:
    """Return by when an excess must be lifted (DL-23)."""
    return excess_due(civil_date(arose_at), working_calendar())


def _first_to_go(connection: Connection, case: CaseRecord, on: date) -> str:
    """Return the order whose hold goes first; the latest of all where only a person can say."""
    for release in releases_of(connection, case, on).of:
        return release.hold_ids[0]
    standing = [one for one in covering_holds(connection, case.number) if not one.waiting]
    return standing[-1].id


def _announce(connection: Connection, order_id: str, now: datetime) -> None:
    order = find_order(connection, order_id)
    if order is None or order.state not in _HOLDING:
        return  # what came in is kept, whatever may be told of it
    move_order(
        connection,
        order,
        event=OrderEvent.EXCESS.value,
        to_state=next_state(OrderState(order.state), OrderEvent.EXCESS).value,
        actor="clock",
        at=now,
    )
