"""A control order on a JSON wire, in the names of docs/departments/README.md."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connectors.control import ControlOrder
from connectors.receipts import Amount
from connectors.receipts import fen as fen_of
from connectors.receipts import shares as shares_of
from domain.money import yuan_text


@dataclass(frozen=True, slots=True)
class Unit:
    """What a department limits holds by.

    Attributes:
        word: under which an order says its limit.
        read: an amount of a receipt, as fen or shares. ValueError if it is in another unit.
    """

    word: str
    read: Callable[[Amount], int]

    def limit_of(self, order: ControlOrder) -> object:
        """Return the limit as the wire has it. ValueError if the order has one in another unit."""
        by_amount = self.word == "amount"
        if by_amount and order.amount_fen is not None:
            return yuan_text(order.amount_fen)
        if by_amount or order.quantity is None:
            raise ValueError(f"the order is not limited by {self.word}")
        return order.quantity


YUAN: Final = Unit("amount", fen_of)
SHARES: Final = Unit("quantity", shares_of)


def order_words(order: ControlOrder, unit: Unit) -> dict[str, object]:
    """Return *order* as JSON has it, its key left out: that is where the order lies."""
    marked = {"pledgeMarked": True} if order.pledge_marked else {}
    return {
        "case": order.case_number,
        "action": order.action,
        "holdKey": order.hold_key,
        "subject": order.subject,
        "subjectName": order.subject_name,
        "record": order.record,
        unit.word: unit.limit_of(order),
        "months": order.months,
        "ruling": order.ruling,
        "notice": order.notice,
        "documentHash": order.document_hash,
        "officers": order.officers,
        "court": order.court,
        **marked,
    }
