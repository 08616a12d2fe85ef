"""The line of holds on one asset: who controls how much, and what changed at which instant."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.allocation import allocate
from domain.civil_time import civil_date, end_of_day
from domain.hold import HoldEvent, HoldState
from domain.queue_refusals import RankUnknown
from domain.registered_hold import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one hold at one instant.

    Attributes:
        before: None if *event* registered the hold.
    """

    at: datetime
    event: HoldEvent
    before: Hold | None
    after: Hold

    @property
    def order_id(self) -> str:
        return self.after.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All holds ever registered, in that order; amounts in fen or shares.

    Attributes:
        amount: what there is to hold.
        changes: all of them since the asset was found, in the order they came about.
    """

    amount: int
    holds: tuple[Hold, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def live(self) -> tuple[Hold, ...]:
        """The holds that have a rank; the first one has rank 1."""
        return tuple(hold for hold in self.holds if hold.live)

    @property
    def controlled(self) -> int:
        return sum(hold.controlled for hold in self.holds)

    @property
    def free(self) -> int:
        """What nobody needs (I-03: never negative)."""
        return self.amount - self.controlled

    @property
    def next_lapse(self) -> datetime | None:
        """24:00 of the last day that comes first, in UTC; None if no term runs."""
        days = [hold.ends_on for hold in self.holds if hold.live and hold.ends_on is not None]
        return end_of_day(min(days)) if days else None

    def hold(self, order_id: str) -> Hold:
        """Return the order's hold, live or ended.

        Raises:
            RankUnknown: it never had one here.
        """
        for hold in self.holds:
            if hold.order_id == order_id:
                return hold
        raise RankUnknown

    def joined(self, at: datetime, event: HoldEvent, hold: Hold) -> "Line":
        """Return the line with *hold* behind all others."""
        change = Change(at=at, event=event, before=None, after=hold)
        return replace(self, holds=(*self.holds, hold), changes=(*self.changes, change))

    def changed(self, at: datetime, event: HoldEvent, after: Hold) -> "Line":
        """Return the line with *after* in its old place; what it frees is not passed on yet."""
        before = self.hold(after.order_id)
        return replace(
            self,
            holds=tuple(after if hold is before else hold for hold in self.holds),
            changes=(*self.changes, Change(at=at, event=event, before=before, after=after)),
        )

    def ended(self, at: datetime, event: HoldEvent, holds: Iterable[Hold]) -> "Line":
        """Return the line after *holds* ended; what they free is not passed on yet."""
        line = self
        for hold in holds:
            line = line.changed(at, event, hold.ended(event))
        return line

    def settled(self, at: datetime) -> "Line":
        """Return the line with the whole amount given out, first come first served (5.9)."""
        line, live = self, self.live
        given = allocate(self.amount, (hold.need for hold in live))
        for hold, controlled in zip(live, given, strict=True):
            if controlled == hold.controlled:
                continue
            if hold.state is HoldState.WAITING:
                event = HoldEvent.ACTIVATE
            elif controlled > hold.controlled:
                event = HoldEvent.TOP_UP
            else:
                event = HoldEvent.YIELD
            line = line.changed(at, event, hold.given(event, controlled, at))
        return line

    def until(self, at: datetime) -> "Line":
        """Return the line at *at*, every lapse since then done at its own instant (I-24).

        Terms that end together lapse together, before anyone's turn comes: a waiting hold whose
        term is over as well never takes effect (I-22).
        """
        line = self
        while (lapse := line.next_lapse) is not None and lapse <= at:
            today = civil_date(lapse)
            over = [hold for hold in line.live if hold.ends_on and hold.ends_on < today]
            line = line.ended(lapse, HoldEvent.EXPIRE, over).settled(lapse)
        return line
