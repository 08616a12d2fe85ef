"""
What an order does to the queue of holds, and the receipt that says so: amounts are fen or shares.

Source:
    docs/departments/README.md, "What every control order carries" and "Orders about a hold that
    stands".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sandbox.holds import Change, Hold, Log, Standing, balance_after, standings
from sandbox.orders import ABOUT_A_HOLD, FIRST_HOLDS, Asset, Order

Receipt = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """*entry* goes to the log of the asset; None where nothing was done."""

    receipt: Receipt
    entry: Hold | Change | None = None


def decide(
    order: Order, asset: Asset | str, log: Log, today: date, *, shown: bool = True
) -> Decision:
    """Return what *order* does; its receipt lacks number, handler and instant.

    Args:
        asset: or why there is none (a `reason` of the contract).
        log: all holds and changes on the asset.
        shown: whether a hold takes part as soon as it is registered.
    """
    if isinstance(asset, str):
        return Decision(receipt=_receipt(order) | {"reason": asset})
    if asset.refusal and order.action in FIRST_HOLDS:
        return Decision(receipt=_receipt(order) | {"result": "REFUSED", "reason": asset.refusal})
    if order.action == "QUERY":
        decision = Decision(receipt=_receipt(order) | _told(asset, log, today))
    elif order.action in ABOUT_A_HOLD:
        decision = _amend(order, asset, log, today)
    else:
        decision = _place(order, asset, log, today, shown=shown)
    if asset.balance is None:
        return decision
    after = log if decision.entry is None else (*log, decision.entry)
    balance = {"balance": balance_after(asset.balance, after)}
    return replace(decision, receipt=decision.receipt | balance)


def _place(order: Order, asset: Asset, log: Log, today: date, *, shown: bool) -> Decision:
    if asset.capacity is not None and not balance_after(asset.capacity, log):
        return Decision(receipt=_receipt(order) | {"reason": "ZERO_BALANCE"})
    hold = Hold(
        key=order.key,
        authority=order.court,
        case=order.case,
        amount=order.limit,
        months=order.months,
        registered_on=today,
        ruling=order.ruling,
        shown=shown,
    )
    live = standings(asset.capacity, (*log, hold), today)
    return Decision(receipt=_receipt(order) | _held(order, live, hold.key), entry=hold)


def _amend(order: Order, asset: Asset, log: Log, today: date) -> Decision:
    live = standings(asset.capacity, log, today)
    own = next((one for one in live if one.hold.key == order.hold_key), None)
    if own is None or (own.hold.authority, own.hold.case) != (order.court, order.case):
        return Decision(receipt=_receipt(order) | {"reason": "NO_ASSET"})
    if order.action == "DEDUCT":
        return _deduct(order, asset, log, today, own)
    whole = order.action == "RENEW" or asset.capacity is None
    if order.limit > own.limit or (whole and order.limit != own.limit):
        return Decision(receipt=_receipt(order) | {"result": "REFUSED", "reason": "OTHER"})
    if order.action == "LIFT":
        return _taken_off(order, asset, log, today, order.limit)
    entry = _change(order, 0, today)
    live = standings(asset.capacity, (*log, entry), today)
    return Decision(receipt=_receipt(order) | _held(order, live, order.hold_key), entry=entry)


def _deduct(order: Order, asset: Asset, log: Log, today: date, own: Standing) -> Decision:
    if order.ruling == own.hold.ruling:
        return Decision(
            receipt=_receipt(order) | {"result": "REFUSED", "reason": "DOCUMENT_DEFECT"}
        )
    if own.held:
        return _taken_off(order, asset, log, today, min(order.limit, own.held))
    left = balance_after(asset.capacity or 0, log)
    reason = "PRIOR_HOLD_COVERS_ALL" if left else "ZERO_BALANCE"
    return Decision(receipt=_receipt(order) | {"reason": reason})


def _taken_off(order: Order, asset: Asset, log: Log, today: date, amount: int) -> Decision:
    """Take *amount* off the hold's limit: it is lifted or deducted."""
    entry = _change(order, amount, today)
    live = standings(asset.capacity, (*log, entry), today)
    full = amount == order.limit
    receipt = _receipt(order) | {
        "result": "FULL" if full else "PART",
        "controlled": amount,
        "reason": "" if full else "PRIOR_HOLD_COVERS_ALL" if _waits(live, order) else "OTHER",
        "rank": next((one.rank for one in live if one.hold.key == order.hold_key), None),
    }
    return Decision(receipt=receipt, entry=entry)


def _waits(live: Sequence[Standing], order: Order) -> bool:
    """Whether the rest of the hold waits for earlier ones."""
    return any(
        one.hold.key == order.hold_key and one.held < one.limit and one.rank != 1 for one in live
    )


def _change(order: Order, amount: int, today: date) -> Change:
    return Change(
        kind=order.action,  # type: ignore[arg-type]  # one of those about a hold
        key=order.hold_key or "",
        amount=amount,
        months=order.months,
        on=today,
    )


def _receipt(order: Order) -> Receipt:
    """Return the receipt where nothing is done."""
    return {
        "action": order.action,
        "result": "NOTHING",
        "asked": order.limit,
        "controlled": 0,
        "reason": "",
        "rank": None,
        "startsOn": None,
        "endsOn": None,
        "priorHolds": [],
        "balance": None,
    }


def _told(asset: Asset, log: Log, today: date) -> Receipt:
    """Return what a query is answered: which holds stand on the asset; nothing changes."""
    return {
        "result": "FULL",
        "priorHolds": [
            {
                "authority": one.hold.authority,
                "amount": one.amount,
                "expiresOn": day_text(one.ends_on),
            }
            for one in standings(asset.capacity, log, today)
            if one.rank is not None
        ],
    }


def _held(order: Order, live: Sequence[Standing], key: str | None) -> Receipt:
    """Return what the receipt says of the hold with *key*."""
    place = next(place for place, one in enumerate(live) if one.hold.key == key)
    prior, own = [one for one in live[:place] if one.rank is not None], live[place]
    result = "FULL" if own.held == order.limit else "PART" if own.held else "WAITING"
    return {
        "result": result,
        "controlled": own.held,
        "reason": ""
        if result == "FULL"
        else "PRIOR_HOLD_COVERS_ALL"
        if prior and own.rank is not None
        else "OTHER",
        "rank": own.rank,
        "startsOn": day_text(own.starts_on) if own.held else None,
        "endsOn": day_text(own.ends_on) if own.held else None,
        "priorHolds": [
            {
                "authority": one.hold.authority,
                "amount": one.amount,
                "expiresOn": day_text(one.ends_on),
            }
            for one in prior
        ],
    }


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
