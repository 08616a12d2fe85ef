"""`Case.cover` and `Case.expiring`: how far a case's holds reach, in amount and in time."""

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.cover import Cover, CoveringHold, CoverPolicy, cover
from resolvers.money import Money
from storage.cases import CaseRecord
from storage.committed import counted, reserved_fen
from storage.holds import HoldRecord, holds_of_case
from storage.orders import OrderRecord, find_order, find_orders

MOST_DAYS = 366

DaysArgument = Annotated[
    int, strawberry.argument(description="How many days ahead, 0 to 366. 天数")
]


@strawberry.type(
    name="Cover",
    description="How far a case's orders cover its claim (domain.md 5.4). Shares and things "
    "count by the value on their order; without one a thing counts by its limit, shares for nothing. 覆盖情况",
)
class CaseCover:
    claim: Money = strawberry.field(description="What remains to be enforced. 未履行金额")
    reserved: Money = strawberry.field(description="Asked by orders without an answer. 已预留")
    effective: Money = strawberry.field(description="What is held now. 已有效控制")
    waiting: Money = strawberry.field(
        description="What waiting holds would add; it counts nothing (I-04). 轮候"
    )
    excess: Money = strawberry.field(
        description="Held beyond the claim and its tolerance: lift it within 7 days (DL-23). 超额"
    )


def cover_of(connection: Connection, case: CaseRecord, on: date) -> Cover:
    """Return the cover of *case* as its holds stand now, of the claim as it is on that day."""
    reserved = reserved_fen(connection, case.number)
    holds = covering_holds(connection, case.number)
    return cover(case.claim_on(on).total, holds, CoverPolicy(), reserved=reserved)


def covering_holds(connection: Connection, case_number: CaseNumber) -> list[CoveringHold]:
    """Return the live holds of a case that have an amount or a value, in the order of their orders."""
    holds = holds_of_case(connection, case_number)
    known = find_orders(connection, [hold.order_id for hold in holds])
    pairs = ((hold, known[hold.order_id]) for hold in holds)
    covering = [(hold, order) for hold, order in pairs if not _counts_nothing(order)]
    covering.sort(key=lambda pair: (pair[1].created_at, pair[1].id))
    return [_covering(hold, order) for hold, order in covering]


def expiring(
    connection: Connection, case_number: CaseNumber, *, days: int, now: datetime
) -> list[OrderRecord]:
    """Return the orders whose holds end within *days* from now, the earliest first."""
    last = civil_date(now) + timedelta(days=days)
    found = (
        find_order(connection, hold.order_id)
        for hold in holds_of_case(connection, case_number)
        if hold.ends_on is not None and hold.ends_on <= last
    )
    return [order for order in found if order is not None]


def _covering(hold: HoldRecord, order: OrderRecord) -> CoveringHold:
    waits = hold.state == "WAITING"
    return CoveringHold(
        id=hold.order_id,
        asset_kind=order.asset_kind,
        record=order.record or "",
        waiting=waits,
        value=counted(order, hold.need if waits else hold.controlled),
        kept_because=order.kept_because,
    )


def _counts_nothing(order: OrderRecord) -> bool:
    return order.amount is None and order.value is None
