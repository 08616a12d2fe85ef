"""A vehicle's control order, its receipt and its holds, in the traffic police's words."""

from typing import Final

from connectors.control import ControlOrder
from connectors.soap import element
from connectors.xml_receipts import XmlReceipts
from domain.money import yuan_text


def order_words(order: ControlOrder) -> str:
    if order.amount_fen is None:
        raise ValueError("a vehicle is sealed up to an amount")
    return "".join(
        element(tag, text)
        for tag, text in (
            ("WJBH", order.key),
            ("YWJBH", order.hold_key),
            ("AJBH", order.case_number),
            ("CSLX", order.action),
            ("ZJHM", order.subject),
            ("XM", order.subject_name),
            ("JLBH", order.record),
            ("JE", yuan_text(order.amount_fen)),
            ("YS", str(order.months)),
            ("CDSH", order.ruling),
            ("TZSH", order.notice),
            ("WJZY", order.document_hash),
            ("ZFRY", order.officers[0]),
            ("ZFRY", order.officers[1]),
            ("FY", order.court),
        )
        if text is not None
    )


RECEIPTS: Final = XmlReceipts(
    "{*}ZQ",
    {
        "receiptNumber": "HZBH",
        "action": "CSLX",
        "result": "JG",
        "asked": "YQ",
        "controlled": "KZ",
        "reason": "YY",
        "rank": "SX",
        "startsOn": "QSRQ",
        "endsOn": "JZRQ",
        "handler": "JBR",
        "at": "SJ",
        "key": "WJBH",
        "record": "JLBH",
        "limit": "XE",
        "state": "ZT",
        "authority": "JG",
        "case": "AJBH",
        "amount": "JE",
        "expiresOn": "JZRQ",
        "kind": "LX",
        "beneficiary": "QLR",
        "registeredOn": "DJRQ",
    },
)
"""Of a receipt ``JG`` is the result, of a hold the authority."""
