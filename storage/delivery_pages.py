"""Deliveries as a page lists them, for those who look after them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from domain.case_number import CaseNumber
from storage.deliveries import StandingDelivery, standing_delivery
from storage.instants import instant_text
from storage.orders import OrderRecord, find_orders
from storage.tables.cases import case_officers
from storage.tables.orders import deliveries, orders


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    delivery: StandingDelivery
    order: OrderRecord


def deliveries_page(  # noqa: PLR0913 -- a page has these parts
    connection: Connection,
    *,
    states: Collection[str],
    first: int,
    after: tuple[datetime, str] | None = None,
    department: str | None = None,
    case_number: CaseNumber | None = None,
    officer: str | None = None,
) -> list[ListedDelivery]:
    """Return up to *first* deliveries in *states*, by (due at, order), behind that of *after*.

    Args:
        officer: of orders in cases assigned to this officer only; None for all.
    """
    statement = select(deliveries).where(deliveries.c.state.in_(states))
    if department is not None:
        statement = statement.where(deliveries.c.department == department)
    if case_number is not None:
        of_case = select(orders.c.id).where(orders.c.case_number == case_number)
        statement = statement.where(deliveries.c.order_id.in_(of_case))
    if officer is not None:
        assigned = (
            select(orders.c.id)
            .join(case_officers, case_officers.c.case_number == orders.c.case_number)
            .where(case_officers.c.officer_id == officer)
        )
        statement = statement.where(deliveries.c.order_id.in_(assigned))
    if after is not None:
        place = tuple_(deliveries.c.due_at, deliveries.c.order_id)
        statement = statement.where(place > (instant_text(after[0]), after[1]))
    ordered = statement.order_by(deliveries.c.due_at, deliveries.c.order_id).limit(first)
    found = [standing_delivery(row) for row in connection.execute(ordered)]
    known = find_orders(connection, [one.order_id for one in found])
    return [ListedDelivery(delivery=one, order=known[one.order_id]) for one in found]
