"""How many orders came into which state, counted without reading every event each time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from storage.settled import settled
from storage.tables.orders import order_events, orders

Steps = Mapping[tuple[str, str], int]
"""By what is commanded and the state that was come into."""


@dataclass(frozen=True, slots=True)
class OrderSteps:
    """What was counted.

    Attributes:
        settled: the event up to which *before* counts: none with a smaller number comes any more.
        since: those behind it, which are.
    """

    settled: int = 0
    before: Steps = field(default_factory=dict)
    since: Steps = field(default_factory=dict)

    def all(self) -> Steps:
        """Return all that were counted."""
        return Counter(self.before) + Counter(self.since)


def count_order_steps(connection: Connection, before: OrderSteps) -> OrderSteps:
    """Return the steps up to now, counted on from *before*."""
    number = order_events.c.sequence
    last = connection.scalar(
        select(func.max(number)).where(number > before.settled, *settled(connection, order_events))
    )
    kept, behind = before.before, before.settled
    if last is not None:
        kept = Counter(kept) + Counter(_counted(connection, behind, int(last)))
        behind = int(last)
    return OrderSteps(behind, kept, _counted(connection, behind, None))


def _counted(connection: Connection, after: int, up_to: int | None) -> Steps:
    event = order_events.c
    statement = (
        select(orders.c.action, event.to_state, func.count())
        .join(orders, orders.c.id == event.order_id)
        .where(event.sequence > after)
        .group_by(orders.c.action, event.to_state)
    )
    if up_to is not None:
        statement = statement.where(event.sequence <= up_to)
    return {(row[0], row[1]): row[2] for row in connection.execute(statement)}
