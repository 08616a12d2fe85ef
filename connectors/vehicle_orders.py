"""A vehicle's control order and its receipt, in the traffic police's words."""

from lxml import etree

from connectors.control import ControlOrder, PriorHold, Reason, Receipt, Result
from connectors.forms import Instant, Rank, utc
from connectors.soap import element
from connectors.xml_shape import Attributes
from domain.money import yuan_text


def order_words(order: ControlOrder) -> str:
    if order.amount_fen is None:
        raise ValueError("a vehicle is sealed up to an amount")
    return "".join(
        element(tag, text)
        for tag, text in (
            ("WJBH", order.key),
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
    )


def receipt_of(found: etree._Element) -> Receipt:
    """Return the receipt in a ``v:HZ``.

    Raises:
        ValueError: unreadable, or it contradicts itself.
    """
    of = Attributes(found)
    asked, controlled, number = of.money("YQ"), of.money("KZ"), of.text("HZBH")
    at, result = of.as_form("SJ", Instant), of.as_form("JG", Result)
    if asked is None or controlled is None or number is None or at is None or result is None:
        raise ValueError("half a receipt")
    return Receipt(
        receipt_number=number,
        result=result,
        asked=asked,
        controlled=controlled,
        reason=of.as_form("YY", Reason),
        rank=of.as_form("SX", Rank),
        starts_on=of.day("QSRQ"),
        ends_on=of.day("JZRQ"),
        prior_holds=tuple(_prior(hold) for hold in found.iterchildren("{*}ZQ")),
        handler=of.text("JBR"),
        at=utc(at),
    )


def _prior(hold: etree._Element) -> PriorHold:
    of = Attributes(hold)
    authority = of.text("JG")
    if authority is None:
        raise ValueError("a prior hold of nobody")
    return PriorHold(
        authority=authority,
        amount=of.money("JE"),
        expires_on=of.day("JZRQ"),
    )
