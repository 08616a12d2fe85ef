"""Receipts on JSON wires: the names of docs/departments/README.md, in yuan text or in shares."""

from collections.abc import Callable
from datetime import date
from typing import Final

import msgspec

from connectors.control import (
    CARRIED_ACTIONS,
    Action,
    ControlOrder,
    PriorHold,
    Reason,
    Receipt,
    Result,
)
from connectors.errors import DepartmentContractBroken
from connectors.forms import Count, Instant, Rank, Yuan, utc
from connectors.json_shape import decoded
from domain.money import fen_from_yuan

Amount = Count | Yuan


class _PriorHold(msgspec.Struct, rename="camel"):
    authority: str
    expires_on: date | None = None
    amount: Yuan | None = None
    quantity: Count | None = None


class _Receipt(msgspec.Struct, rename="camel"):
    receipt_number: str
    result: Result
    asked: Amount
    controlled: Amount
    at: Instant
    action: Action | None = None
    reason: str | None = None
    rank: Rank | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    prior_holds: list[_PriorHold] = []
    balance: Amount | None = None
    handler: str | None = None


_RECEIPT: Final = msgspec.json.Decoder(_Receipt)


def shares(amount: Amount) -> int:
    """Return *amount*, which must be a whole number on the wire."""
    if not isinstance(amount, int):
        raise ValueError("not a number of shares")  # noqa: TRY004 -- a value of the wire
    return amount


def fen(amount: Amount) -> int:
    """Return *amount* in fen, which must be yuan text on the wire."""
    if not isinstance(amount, str):
        raise ValueError("not yuan text")  # noqa: TRY004 -- a value of the wire
    return fen_from_yuan(amount)


def receipt_of(
    department: str, body: bytes | msgspec.Raw, unit: Callable[[Amount], int]
) -> Receipt:
    """Return the receipt in *body*, whose amounts are *unit*.

    Raises:
        DepartmentContractBroken: unreadable, or it contradicts itself.
    """
    wire = decoded(department, _RECEIPT, body)
    try:
        return Receipt(
            receipt_number=wire.receipt_number,
            action=wire.action,
            result=wire.result,
            asked=unit(wire.asked),
            controlled=unit(wire.controlled),
            reason=msgspec.convert(wire.reason or None, Reason | None),
            rank=wire.rank,
            starts_on=wire.starts_on,
            ends_on=wire.ends_on,
            prior_holds=tuple(_prior(hold, unit) for hold in wire.prior_holds),
            balance=None if wire.balance is None else unit(wire.balance),
            handler=wire.handler,
            at=utc(wire.at),
        )
    except ValueError:  # its message may quote the receipt
        raise DepartmentContractBroken(department, "the receipt contradicts itself") from None


def fitting(department: str, order: ControlOrder, receipt: Receipt) -> Receipt:
    """Return *receipt* if it answers *order*.

    Raises:
        DepartmentContractBroken: it speaks of another amount than was asked, or of another action.
    """
    asked = order.quantity if order.amount_fen is None else order.amount_fen
    if receipt.asked != asked:
        raise DepartmentContractBroken(department, "the receipt is for another amount")
    unsaid = receipt.action is None and order.action in CARRIED_ACTIONS
    if receipt.action != order.action and not unsaid:
        raise DepartmentContractBroken(department, "the receipt is for another action")
    return receipt


def _prior(hold: _PriorHold, unit: Callable[[Amount], int]) -> PriorHold:
    amount = hold.quantity if hold.amount is None else hold.amount
    return PriorHold(
        authority=hold.authority,
        amount=None if amount is None else unit(amount),
        expires_on=hold.expires_on,
    )
