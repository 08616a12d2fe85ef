"""The queue (轮候) of all holds on one asset, as a value that follows from its events.

Time is an argument. A term that ends between two events ends at its own instant, and the next
hold takes effect at that instant, however late anyone looks (I-24). Keep the events; what
`Queue.as_of` says of a later instant is a view.

Source:
    查扣冻规定 arts. 26–27; 法函〔2007〕100号; 法发〔2004〕5号 art. 20; domain.md 5.9, 6.2, I-20–I-24.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.hold_line import Change, Line
from domain.queue_events import ClockAdvanced, Opened, QueueEvent
from domain.queue_refusals import EventOutOfOrder, RankUnknown
from domain.queue_rules import Asset, line_after, line_of
from domain.registered_hold import Hold

__all__ = ["Change", "Hold", "Queue", "Standing", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A live hold and its place, counted from 1 without gaps (I-20)."""

    rank: int
    hold: Hold


def replay(events: Iterable[QueueEvent]) -> "Queue":
    """Return the queue after all *events*, given in any order (I-22, I-23).

    Raises:
        EventOutOfOrder: the first is not `Opened`, a number comes twice, or a later number has an
            earlier instant.
        HoldRefused: as `Queue.apply`.
    """
    log = sorted(events, key=_place_in_log)
    if not log or not isinstance(log[0], Opened):
        raise EventOutOfOrder("A queue begins with the asset as it was found")
    queue = Queue.opened(log[0])
    for event in log[1:]:
        queue = queue.apply(event)
    return queue


def _place_in_log(event: QueueEvent) -> tuple[datetime, bool, int]:
    if isinstance(event, ClockAdvanced):
        return event.at, True, 0
    return event.at, False, event.sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue at an instant.

    Attributes:
        at: up to when it is known.
        last: the number of the last event.
        line: the holds, what they control, and all changes so far.
    """

    at: datetime
    last: int
    asset: Asset
    line: Line

    @classmethod
    def opened(cls, event: Opened) -> "Queue":
        """Return the queue of an asset without holds.

        Raises:
            NotDivisible: an asset that is held whole has the amount 1.
            AmountNotPositive: the amount is negative.
        """
        asset = Asset(
            fungible=event.fungible, first_cap=event.first_cap, renewal_cap=event.renewal_cap
        )
        return cls(at=event.at, last=event.sequence, asset=asset, line=line_of(asset, event))

    @property
    def standings(self) -> tuple[Standing, ...]:
        """The live holds, first rank first."""
        return tuple(Standing(rank=n, hold=hold) for n, hold in enumerate(self.line.live, start=1))

    def rank(self, order_id: str) -> int:
        """Return the rank of the order's hold.

        Raises:
            RankUnknown: it has no live hold here.
        """
        for standing in self.standings:
            if standing.hold.order_id == order_id:
                return standing.rank
        raise RankUnknown

    def since(self, earlier: "Queue") -> tuple[Change, ...]:
        """Return what changed since *earlier*, which this queue came from."""
        return self.line.changes[len(earlier.line.changes) :]

    def as_of(self, at: datetime) -> "Queue":
        """Return the queue at *at*: lapses and activations done, each at its own instant.

        Raises:
            EventOutOfOrder: *at* lies before what is known; replay the events up to it instead.
        """
        if at < self.at:
            raise EventOutOfOrder("The queue is known for a later instant already")
        return replace(self, at=at, line=self.line.until(at))

    def apply(self, event: QueueEvent) -> "Queue":
        """Return the queue after *event*, which comes after all others in the log.

        Raises:
            HoldRefused: one of `domain.queue_refusals`; this queue is as good as before.
        """
        queue = self.as_of(event.at)
        if isinstance(event, ClockAdvanced):
            return queue
        if event.sequence <= self.last:
            raise EventOutOfOrder("The log has that number, or a later one, already")
        line = line_after(queue.asset, queue.line, event)
        return replace(queue, last=event.sequence, line=line)
