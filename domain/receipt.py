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


class ImpossibleReceipt(ValueError):
    """The receipt contradicts itself (I-02); the order stays as it is."""


def outcome(*, asked: int, controlled: int, result: str) -> OrderEvent:
    """Return the event that a receipt is, amounts in fen or shares.

    Raises:
        ImpossibleReceipt: not 0 ≤ controlled ≤ asked (I-02), or *result* says otherwise.
    """
    if not 0 <= controlled <= asked:
        raise ImpossibleReceipt("controlled must lie between nothing and what was asked")
    fits = {"FULL": controlled == asked, "PART": 0 < controlled < asked}
    if result not in _EVENTS or not fits.get(result, controlled == 0):
        raise ImpossibleReceipt("the result does not fit what is controlled")
    return _EVENTS[result]
