"""What a department's receipt means for the order."""

from collections.abc import Mapping
from typing import Final

from domain.order import OrderEvent

_EVENTS: Final[Mapping[str, OrderEvent]] = {
    "FULL": OrderEvent.REPORT_FULL,
    "PART": OrderEvent.REPORT_PART,
    "WAITING": OrderEvent.REPORT_WAITING,
    "NOTHING": OrderEvent.REPORT_NOTHING,
    "REFUSED": OrderEvent.REFUSE,
}
_NEVER: Final[Mapping[str, frozenset[OrderEvent]]] = {
    "LIFT": frozenset({OrderEvent.REPORT_PART, OrderEvent.REPORT_WAITING}),
    "DEDUCT": frozenset({OrderEvent.REPORT_WAITING}),
}
"""What an order about a hold cannot come to: a lift is whole or not at all, no money waits."""


class ImpossibleReceipt(ValueError):
    """The receipt contradicts itself (I-02); the order stays as it is."""


def outcome(*, asked: int, controlled: int, result: str, action: str | None = None) -> OrderEvent:
    """Return the event that a receipt is; amounts in fen, or shares.

    Args:
        result: ``FULL``, ``PART``, ``WAITING``, ``NOTHING`` or ``REFUSED``
            (docs/departments/README.md, "Receipt").
        action: the order's, in the words of `domain.order.OrderAction`; None if it is not known.

    Raises:
        ImpossibleReceipt: nothing was asked, not 0 ≤ controlled ≤ asked (I-02), *result* says
            otherwise than the amounts, or *action* cannot come to it.
    """
    if asked <= 0:
        raise ImpossibleReceipt("an order asks for something")
    if not 0 <= controlled <= asked:
        raise ImpossibleReceipt("controlled must lie between nothing and what was asked")
    event = _EVENTS.get(result)
    if event is None:
        raise ImpossibleReceipt("the result is none of those a receipt may have")
    if event in _NEVER.get(action or "", ()):
        raise ImpossibleReceipt("such an order cannot come to this result")
    fits = {
        OrderEvent.REPORT_FULL: controlled == asked,
        OrderEvent.REPORT_PART: 0 < controlled < asked,
    }
    if not fits.get(event, controlled == 0):
        raise ImpossibleReceipt("the result does not fit what is controlled")
    return event
