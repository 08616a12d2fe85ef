"""One hold in the register, and what each event makes of it alone; `domain.waiting_queue` ranks it.

Every step goes through the table of `domain.hold`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.civil_time import civil_date
from domain.hold import LIVE, HoldEvent, HoldState, next_hold_state
from domain.hold_term import ends_on, renewed_ends_on
from domain.queue_events import Registered, TermPolicy
from domain.queue_refusals import (
    AmountNotPositive,
    DeductionTooLarge,
    ReductionTooLarge,
    TermNotStarted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold; amounts in fen or shares, days of Asia/Shanghai.

    Attributes:
        sequence: the number of its registration: earlier goes first, whatever happens later.
        asked: what the order asked for.
        need: what is still needed: *asked* less what was deducted or reduced.
        controlled: held now; 0 while it waits and after its end.
        deducted: taken to the court so far.
        starts_on: the day it took effect; None if it never did.
        ends_on: its last day; None while its term has not begun.
        satisfied: whether at one time all that it needed was held: the order is executed in full.
    """

    sequence: int
    order_id: str
    asked: int
    need: int
    months: int
    policy: TermPolicy
    registered_at: datetime
    state: HoldState
    controlled: int = 0
    deducted: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    satisfied: bool = False

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def waiting_rest(self) -> int:
        """What it needs and does not control; nothing waits after its end."""
        return self.need - self.controlled if self.live else 0

    def given(self, event: HoldEvent, controlled: int, at: datetime) -> "Hold":
        """Return the hold with *controlled*; at its first effect its term starts.

        What comes later shares the term of what came first.
        """
        starts = self.starts_on or civil_date(at)
        return replace(
            self,
            state=next_hold_state(self.state, event),
            controlled=controlled,
            starts_on=starts,
            ends_on=self.ends_on or ends_on(starts, self.months),
            satisfied=self.satisfied or controlled == self.need,
        )

    def renewed(self, months: int) -> "Hold":
        """Return the hold with its term *months* longer.

        Raises:
            TermNotStarted: it waits, and its term starts with its turn.
        """
        state = next_hold_state(self.state, HoldEvent.RENEW)
        if self.ends_on is None:
            raise TermNotStarted
        return replace(self, state=state, ends_on=renewed_ends_on(self.ends_on, months))

    def reduced(self, by: int) -> "Hold":
        """Return the hold with less to hold.

        Raises:
            AmountNotPositive, ReductionTooLarge: not 0 < *by* < need.
        """
        if by <= 0:
            raise AmountNotPositive
        if by >= self.need:
            raise ReductionTooLarge(self.need)
        need = self.need - by
        controlled = min(self.controlled, need)
        return replace(
            self,
            state=next_hold_state(self.state, HoldEvent.REDUCE),
            need=need,
            controlled=controlled,
            satisfied=self.satisfied or controlled == need,
        )

    def after_deduction(self, amount: int, event: HoldEvent) -> "Hold":
        """Return the hold after *amount* of it went to the court (I-05).

        Raises:
            HoldTransitionRefused: it waits, so nothing is held.
            AmountNotPositive, DeductionTooLarge: not 0 < *amount* ≤ controlled.
        """
        state = next_hold_state(self.state, event)
        if amount > self.controlled or self.controlled == 0:
            raise DeductionTooLarge(self.controlled)
        if amount <= 0:
            raise AmountNotPositive
        return replace(
            self,
            state=state,
            need=self.need - amount,
            controlled=self.controlled - amount if event is HoldEvent.DEDUCT_PART else 0,
            deducted=self.deducted + amount,
        )

    def ended(self, event: HoldEvent) -> "Hold":
        """Return the hold after its end; nothing is held any more."""
        return replace(self, state=next_hold_state(self.state, event), controlled=0)


def registered(event: Registered, free: int) -> tuple[HoldEvent, Hold]:
    """Return the new hold behind all others, and whether it takes effect or waits.

    Args:
        free: what no earlier hold needs.
    """
    taken = min(event.need, free)
    what = HoldEvent.TAKE_EFFECT if taken else HoldEvent.QUEUE
    day = civil_date(event.at)
    runs = taken or event.policy is TermPolicy.RUNS_FROM_REGISTRATION
    return what, Hold(
        sequence=event.sequence,
        order_id=event.order_id,
        asked=event.need,
        need=event.need,
        months=event.months,
        policy=event.policy,
        registered_at=event.at,
        state=next_hold_state(None, what),
        controlled=taken,
        starts_on=day if taken else None,
        ends_on=ends_on(day, event.months) if runs else None,
        satisfied=taken == event.need,
    )
