"""What a change of a hold means for the order it comes from: domain.md 6.2 read into 6.1."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.hold import HoldEvent
from domain.hold_line import Change
from domain.order import OrderEvent

# A part deducted leaves the order with the rest of its hold; what a prior right takes changes no
# order by itself: 6.1 has no row for either.
_PLAIN: Final[Mapping[HoldEvent, OrderEvent]] = MappingProxyType(
    {
        HoldEvent.QUEUE: OrderEvent.REPORT_WAITING,
        HoldEvent.RENEW: OrderEvent.RENEWED,
        HoldEvent.REDUCE: OrderEvent.REDUCED,
        HoldEvent.LIFT: OrderEvent.LIFTED,
        HoldEvent.EXPIRE: OrderEvent.EXPIRE,
        HoldEvent.DEDUCT: OrderEvent.DEDUCTED,
        HoldEvent.DISPOSE: OrderEvent.DISPOSED,
        HoldEvent.VOID: OrderEvent.VOID,
    }
)


def order_events(change: Change) -> tuple[OrderEvent, ...]:
    """Return the events of the order, in order; none if the order stays as it is.

    While its hold is active an order is EXECUTED once all that it needs was held, also because it
    needs less now, and stays so: what a prior right took and later money made good is no news.
    """
    satisfied = change.after.satisfied
    if change.event is HoldEvent.TAKE_EFFECT:
        return (OrderEvent.REPORT_FULL if satisfied else OrderEvent.REPORT_PART,)
    done = (_PLAIN[change.event],) if change.event in _PLAIN else ()
    if change.before is None or change.before.satisfied:
        return done
    if satisfied:
        return (*done, OrderEvent.CONTROL_REST)
    if change.event in {HoldEvent.ACTIVATE, HoldEvent.TOP_UP}:
        return (*done, OrderEvent.CONTROL_MORE)
    return done
