"""Receipts, standings, holds and burdens that lie in the attributes of XML elements, whatever a department calls them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from connectors.control import Action, PriorHold, Reason, Receipt, Result, Standing, StandingState
from connectors.forms import HoldState, Instant, utc
from connectors.records import EncumbranceRecord, HoldRecord
from connectors.xml_shape import Attributes

_OWN_WORDS: Final[Mapping[str, str]] = MappingProxyType({})


class XmlReceipts:
    """Reads what docs/departments/README.md names; every reader raises ValueError for half of it.

    Args:
        prior: tag of a prior hold in a receipt.
        words: the department's word for each of ours that it calls otherwise.
    """

    def __init__(self, prior: str, words: Mapping[str, str] = _OWN_WORDS) -> None:
        self._prior_tag = prior
        self._words = words

    def receipt(self, found: etree._Element) -> Receipt:
        """Return the receipt in *found*. ValueError if it is unreadable or contradicts itself."""
        of = self._in(found)
        asked, controlled, number = (
            of.money("asked"),
            of.money("controlled"),
            of.text("receiptNumber"),
        )
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
            rank=of.rank("rank"),
            starts_on=of.day("startsOn"),
            ends_on=of.day("endsOn"),
            prior_holds=tuple(self._prior(one) for one in found.iterchildren(self._prior_tag)),
            balance=of.money("balance"),
            handler=of.text("handler"),
            at=utc(at),
        )

    def standing(self, found: etree._Element) -> Standing:
        """Return the standing in *found*. ValueError as for `receipt`."""
        of = self._in(found)
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
            rank=of.rank("rank"),
            starts_on=of.day("startsOn"),
            ends_on=of.day("endsOn"),
        )

    def hold(self, found: etree._Element) -> HoldRecord:
        """Return a hold of a record; a column reads it."""
        of = self._in(found)
        state, rank = of.as_form("state", HoldState), of.rank("rank")
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

    def burden(self, found: etree._Element) -> EncumbranceRecord:
        """Return an encumbrance of a record; a column reads it."""
        of = self._in(found)
        return EncumbranceRecord(
            kind=of.text("kind"),
            amount=of.money("amount"),
            beneficiary=of.text("beneficiary"),
            registered_on=of.day("registeredOn"),
        )

    def _prior(self, found: etree._Element) -> PriorHold:
        of = self._in(found)
        authority = of.text("authority")
        if authority is None:
            raise ValueError("a prior hold of nobody")
        return PriorHold(
            authority=authority, amount=of.money("amount"), expires_on=of.day("expiresOn")
        )

    def _in(self, found: etree._Element) -> "_Worded":
        return _Worded(found, self._words)


class _Worded(Attributes):
    """Attributes by our names."""

    def __init__(self, element: etree._Element, words: Mapping[str, str]) -> None:
        super().__init__(element)
        self._words = words

    def text(self, name: str) -> Any:
        return super().text(self._words.get(name, name))
