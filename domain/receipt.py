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
    "QUERY": frozenset({OrderEvent.REPORT_WAITING}),
}
"""What an order cannot come to: a lift is whole or not at all; no money and no answer waits."""
_ANSWERS: Final[Mapping[OrderEvent, OrderEvent]] = {
    OrderEvent.REPORT_FULL: OrderEvent.ANSWER_FULL,
    OrderEvent.REPORT_PART: OrderEvent.ANSWER_PART,
}
"""A query is answered in full or in part; it controls nothing (I-02)."""


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
    queried = action == "QUERY"
    if asked < 0 or (asked == 0) != queried:
        raise ImpossibleReceipt("an order asks for something; a query for nothing to be held")
    if not 0 <= controlled <= asked:
        raise ImpossibleReceipt("controlled must lie between nothing and what was asked")
    event = _EVENTS.get(result)
    if event is None:
        raise ImpossibleReceipt("the result is none of those a receipt may have")
    if event in _NEVER.get(action or "", ()):
        raise ImpossibleReceipt("such an order cannot come to this result")
    if queried:
        return _ANSWERS.get(event, event)
    fits = {
        OrderEvent.REPORT_FULL: controlled == asked,
        OrderEvent.REPORT_PART: 0 < controlled < asked,
    }
    if not fits.get(event, controlled == 0):
        raise ImpossibleReceipt("the result does not fit what is controlled")
    return event
