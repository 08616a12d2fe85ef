"""What each event makes of the line of holds: one rule a function (domain.md 5.9, 6.2)."""

from dataclasses import dataclass, replace
from typing import Final

from domain.hold import HoldEvent, HoldState
from domain.hold_line import Line
from domain.queue_events import (
    CapacityChanged,
    Deducted,
    Disposed,
    Entry,
    Lifted,
    Opened,
    Reduced,
    Registered,
    Renewed,
)
from domain.queue_refusals import (
    AmountNotPositive,
    AssetDisposed,
    DisposalTooLarge,
    EventOutOfOrder,
    HoldEnded,
    HoldLapsed,
    NotDivisible,
    NotTheFirstHold,
    OrderAlreadyRegistered,
    OutflowTooLarge,
    TermTooLong,
)
from domain.registered_hold import Hold, registered

WHOLE: Final = 1
"""The amount of an asset that is held whole, and what every hold on it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What never changes about the asset; caps in months (domain.md 5.3)."""

    fungible: bool
    first_cap: int
    renewal_cap: int


def line_of(asset: Asset, event: Opened) -> Line:
    """Return the empty line.

    Raises:
        NotDivisible: an asset that is held whole has the amount 1.
        AmountNotPositive: the amount is negative.
    """
    if event.amount < 0:
        raise AmountNotPositive
    if not asset.fungible and event.amount != WHOLE:
        raise NotDivisible
    return Line(amount=event.amount)


def line_after(asset: Asset, line: Line, event: Entry) -> Line:
    """Return *line*, known up to the instant of *event*, after it.

    Raises:
        HoldRefused: one of `domain.queue_refusals`.
    """
    if not asset.fungible and isinstance(event, Reduced | Deducted | CapacityChanged):
        raise NotDivisible
    match event:
        case Registered():
            after = _registered(asset, line, event)
        case Renewed():
            after = _renewed(asset, line, event)
        case Reduced():
            smaller = _live(line, event.order_id).reduced(event.by)
            after = line.changed(event.at, HoldEvent.REDUCE, smaller)
        case Lifted():
            after = line.ended(event.at, HoldEvent.LIFT, [_live(line, event.order_id)])
        case Deducted():
            after = _deducted(line, event)
        case Disposed():
            after = _disposed(asset, line, event)
        case CapacityChanged():
            after = _resized(line, event)
        case _:
            raise EventOutOfOrder("The asset was found before")
    return after.settled(event.at)


def _live(line: Line, order_id: str) -> Hold:
    hold = line.hold(order_id)
    if hold.state is HoldState.EXPIRED and hold.ends_on is not None:
        raise HoldLapsed(hold.ends_on)
    if not hold.live:
        raise HoldEnded(hold.state)
    return hold


def _registered(asset: Asset, line: Line, event: Registered) -> Line:
    if any(hold.order_id == event.order_id for hold in line.holds):
        raise OrderAlreadyRegistered
    if not asset.fungible and line.amount == 0:
        raise AssetDisposed
    if event.need <= 0:
        raise AmountNotPositive
    if not asset.fungible and event.need != WHOLE:
        raise NotDivisible
    if not 1 <= event.months <= asset.first_cap:
        raise TermTooLong(asset.first_cap)
    return line.joined(event.at, *registered(event, line.free))


def _renewed(asset: Asset, line: Line, event: Renewed) -> Line:
    before = _live(line, event.order_id)
    if not 1 <= event.months <= asset.renewal_cap:
        raise TermTooLong(asset.renewal_cap)
    return line.changed(event.at, HoldEvent.RENEW, before.renewed(event.months))


def _deducted(line: Line, event: Deducted) -> Line:
    hold = _live(line, event.order_id)
    amount = hold.controlled if event.amount is None else event.amount
    whole = event.amount is None or amount == hold.need
    what = HoldEvent.DEDUCT if whole else HoldEvent.DEDUCT_PART
    after = line.changed(event.at, what, hold.after_deduction(amount, what))
    return replace(after, amount=line.amount - amount)


def _resized(line: Line, event: CapacityChanged) -> Line:
    if event.by == 0:
        raise AmountNotPositive
    available = line.amount if event.by_prior_right else line.free
    if event.by < -available:
        raise OutflowTooLarge(available)
    return replace(line, amount=line.amount + event.by)


def _disposed(asset: Asset, line: Line, event: Disposed) -> Line:
    """What is sold in part is the hold's own; the rest passes to the next (法发〔2004〕5号 art. 20)."""
    hold = _live(line, event.order_id)
    after = line.ended(event.at, HoldEvent.DISPOSE, [hold])
    sold = line.amount - event.rest
    if asset.fungible and sold <= 0:
        raise AmountNotPositive
    if event.rest == 0:
        return _wholly_disposed(line, event, hold)
    if event.rest < 0 or sold > hold.controlled or not (asset.fungible or event.rest == WHOLE):
        raise DisposalTooLarge(hold.controlled)
    return replace(after, amount=event.rest)


def _wholly_disposed(line: Line, event: Disposed, by: Hold) -> Line:
    """What had effect is disposed of; what waited never had any (法函〔2007〕100号; I-23).

    Holds behind the first that control a part lose it with the asset (domain.md 5.3).
    """
    live = line.live
    if by is not live[0]:
        raise NotTheFirstHold(live.index(by) + 1)
    active = [hold for hold in live if hold.state is HoldState.ACTIVE]
    waiting = [hold for hold in live if hold.state is HoldState.WAITING]
    after = line.ended(event.at, HoldEvent.DISPOSE, active)
    return replace(after.ended(event.at, HoldEvent.VOID, waiting), amount=0)
