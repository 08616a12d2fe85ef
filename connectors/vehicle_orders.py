"""A vehicle's control order and its receipt, in the traffic police's words."""

from lxml import etree

from connectors.control import (
    Action,
    ControlOrder,
    PriorHold,
    Reason,
    Receipt,
    Result,
    Standing,
    StandingState,
)
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
        action=of.as_form("CSLX", Action),
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


def standing_of(found: etree._Element) -> Standing:
    """Return the standing in a ``v:CFZT``.

    Raises:
        ValueError: unreadable, or it contradicts itself.
    """
    of = Attributes(found)
    key, record, limit, controlled = (
        of.text("WJBH"),
        of.text("JLBH"),
        of.money("XE"),
        of.money("KZ"),
    )
    state = of.as_form("ZT", StandingState)
    if key is None or record is None or limit is None or controlled is None or state is None:
        raise ValueError("half a standing")
    return Standing(
        key=key,
        record=record,
        limit=limit,
        controlled=controlled,
        state=state,
        rank=of.as_form("SX", Rank),
        starts_on=of.day("QSRQ"),
        ends_on=of.day("JZRQ"),
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
