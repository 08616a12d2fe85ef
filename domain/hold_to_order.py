"""What a change of a hold means for the order it comes from: domain.md 6.2 read into 6.1."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.hold import HoldEvent
from domain.hold_line import Change
from domain.order import OrderEvent

# None: the order stays as it is. A part deducted leaves the order with the rest of its hold; what a
# prior right takes changes no order by itself (6.1 has no row for either).
_PLAIN: Final[Mapping[HoldEvent, OrderEvent | None]] = MappingProxyType(
    {
        HoldEvent.QUEUE: OrderEvent.REPORT_WAITING,
        HoldEvent.YIELD: None,
        HoldEvent.RENEW: OrderEvent.RENEWED,
        HoldEvent.REDUCE: OrderEvent.REDUCED,
        HoldEvent.DEDUCT_PART: None,
        HoldEvent.LIFT: OrderEvent.LIFTED,
        HoldEvent.EXPIRE: OrderEvent.EXPIRE,
        HoldEvent.DEDUCT: OrderEvent.DEDUCTED,
        HoldEvent.DISPOSE: OrderEvent.DISPOSED,
        HoldEvent.VOID: OrderEvent.VOID,
    }
)


def order_event(change: Change) -> OrderEvent | None:
    """Return the event of the order; None if the order stays as it is.

    An order that was executed in full stays so: what a prior right took from it and later money
    made good is no news for it.
    """
    whole = change.after.waiting_rest == 0
    if change.event is HoldEvent.TAKE_EFFECT:
        return OrderEvent.REPORT_FULL if whole else OrderEvent.REPORT_PART
    if change.event in {HoldEvent.ACTIVATE, HoldEvent.TOP_UP}:
        if change.before is not None and change.before.satisfied:
            return None
        return OrderEvent.CONTROL_REST if whole else OrderEvent.CONTROL_MORE
    return _PLAIN[change.event]
