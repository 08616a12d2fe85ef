"""Who may see an order: one rule for the graph, for its documents and for its forms."""

from typing import Final

from sqlalchemy import Connection

from auth.caller import Caller
from domain.order import SHOWN_TO_ADDRESSEE, OrderState
from storage.cases import find_case
from storage.orders import OrderRecord, find_order

ORDER_READERS: Final = ("orders:read", "assist:ack")
"""Either of these scopes reads orders: a court's person, or a department's system."""


def seen_order(connection: Connection, caller: Caller, order_id: str) -> OrderRecord | None:
    """Return the order; None if there is none of that id, or none that *caller* may see."""
    order = find_order(connection, order_id)
    return order if order is not None and _sees(connection, caller, order) else None


def _sees(connection: Connection, caller: Caller, order: OrderRecord) -> bool:
    """Whether *order* is addressed to the caller's department, or its case assigned to the caller."""
    if caller.organisation != "court":
        addressed = OrderState(order.state) in SHOWN_TO_ADDRESSEE
        return order.department == caller.organisation and addressed and caller.may("assist:ack")
    if caller.may("command:read"):
        return True
    case = find_case(connection, order.case_number)
    return case is not None and any(o.officer.id == caller.subject for o in case.officers)
