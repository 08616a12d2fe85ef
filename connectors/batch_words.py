"""Orders, receipts, standings, holds and burdens as they lie in XML message batches: attributes."""

from typing import Final

from lxml import etree

from connectors.columns import Column
from connectors.control import ControlOrder
from connectors.xml_batches import request, tag
from connectors.xml_receipts import XmlReceipts
from domain.money import yuan_text


def order_request(order: ControlOrder) -> etree._Element:
    """Return *order* as one request of a batch. ValueError if XML cannot carry it."""
    if order.amount_fen is None:
        raise ValueError("money is held up to an amount")
    return request(
        "Order",
        key=order.key,
        case=order.case_number,
        action=order.action,
        holdKey=order.hold_key,
        subject=order.subject,
        subjectName=order.subject_name,
        record=order.record,
        amount=yuan_text(order.amount_fen),
        months=str(order.months),
        ruling=order.ruling,
        notice=order.notice,
        documentHash=order.document_hash,
        officer1=order.officers[0],
        officer2=order.officers[1],
        court=order.court,
    )


RECEIPTS: Final = XmlReceipts(tag("PriorHold"))
ENCUMBRANCES: Final = Column("encumbrances", "Encumbrance", read=RECEIPTS.burden, always=True)
HOLDS: Final = Column("holds", "Hold", read=RECEIPTS.hold, always=True)
