"""Orders, receipts, standings, holds and burdens as they lie in XML message batches: attributes."""

from typing import Final

from lxml import etree

from connectors.columns import Column
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
from connectors.forms import HoldState, Instant, Rank, utc
from connectors.records import EncumbranceRecord, HoldRecord
from connectors.xml_batches import request, tag
from connectors.xml_shape import Attributes
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


def receipt_in(found: etree._Element) -> Receipt:
    """Return the receipt in a ``Receipt``. ValueError if it is unreadable or contradicts itself."""
    of = Attributes(found)
    asked, controlled, number = of.money("asked"), of.money("controlled"), of.text("receiptNumber")
    at, result = of.as_form("at", Instant), of.as_form("result", Result)
    if asked is None or controlled is None or number is None or at is None or result is None:
        raise ValueError("half a receipt")
    return Receipt(
        receipt_number=number,
        action=of.as_form("action", Action),
        result=result,
        asked=asked,
        controlled=controlled,
        reason=of.as_form("reason", Reason),
        rank=of.as_form("rank", Rank),
        starts_on=of.day("startsOn"),
        ends_on=of.day("endsOn"),
        prior_holds=tuple(_prior(one) for one in found.iterchildren(tag("PriorHold"))),
        balance=of.money("balance"),
        handler=of.text("handler"),
        at=utc(at),
    )


def standing_in(found: etree._Element) -> Standing:
    """Return the standing in a ``Standing``. ValueError as for `receipt_in`."""
    of = Attributes(found)
    key, record, state = of.text("key"), of.text("record"), of.as_form("state", StandingState)
    limit, controlled = of.money("limit"), of.money("controlled")
    if key is None or record is None or state is None or limit is None or controlled is None:
        raise ValueError("half a standing")
    return Standing(
        key=key,
        record=record,
        limit=limit,
        controlled=controlled,
        state=state,
        rank=of.as_form("rank", Rank),
        starts_on=of.day("startsOn"),
        ends_on=of.day("endsOn"),
    )


def _prior(found: etree._Element) -> PriorHold:
    of = Attributes(found)
    authority = of.text("authority")
    if authority is None:
        raise ValueError("a prior hold of nobody")
    return PriorHold(authority=authority, amount=of.money("amount"), expires_on=of.day("expiresOn"))


def _burden(found: etree._Element) -> EncumbranceRecord:
    of = Attributes(found)
    return EncumbranceRecord(
        kind=of.text("kind"),
        amount=of.money("amount"),
        beneficiary=of.text("beneficiary"),
        registered_on=of.day("registeredOn"),
    )


def _hold(found: etree._Element) -> HoldRecord:
    of = Attributes(found)
    state, rank = of.as_form("state", HoldState), of.as_form("rank", Rank)
    if state is None or rank is None:
        raise ValueError("half a hold")
    return HoldRecord(
        authority=of.text("authority"),
        case_number=of.text("case"),
        rank=rank,
        amount=of.money("amount"),
        starts_on=of.day("startsOn"),
        ends_on=of.day("endsOn"),
        state=state,
    )


ENCUMBRANCES: Final = Column("encumbrances", "Encumbrance", read=_burden, always=True)
HOLDS: Final = Column("holds", "Hold", read=_hold, always=True)
