"""The law of queues told once more, as simply as it can be: one midnight after the other.

Everything is changed in place and given out anew from the formula of domain.md 5.9; nothing is
shared with the code it judges but the dates of `domain.hold_term`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil_time import SHANGHAI
from domain.hold_term import ends_on, renewed_ends_on
from domain.queue_events import (
    CapacityChanged,
    ClockAdvanced,
    Deducted,
    Disposed,
    Lifted,
    Opened,
    QueueEvent,
    Reduced,
    Registered,
    Renewed,
    TermPolicy,
)


@dataclass
class Told:
    """A hold as the oracle tells it."""

    order_id: str
    need: int
    months: int
    state: str = "WAITING"
    deducted: int = 0
    starts_on: date | None = None
    ends_on: date | None = None


class Oracle:
    def __init__(self, opened: Opened) -> None:
        self.asset = opened
        self.amount = opened.amount
        self.today = opened.at.astimezone(SHANGHAI).date()
        self.holds: list[Told] = []

    @property
    def live(self) -> list[Told]:
        return [one for one in self.holds if one.state in {"ACTIVE", "WAITING"}]

    def controlled(self, order_id: str) -> int:
        """``min(need_i, amount − Σ_{j<i} alloc_j)``, from the first hold on."""
        allocated: dict[str, int] = {}
        for one in self.live:
            allocated[one.order_id] = min(one.need, self.amount - sum(allocated.values()))
        return allocated.get(order_id, 0)

    @property
    def free(self) -> int:
        return self.amount - sum(self.controlled(one.order_id) for one in self.live)

    def advance(self, at: datetime) -> None:
        """Let every midnight up to *at* pass, one by one."""
        while self.today < at.astimezone(SHANGHAI).date():
            self.today += timedelta(days=1)
            for one in self.live:
                if one.ends_on is not None and one.ends_on < self.today:
                    one.state = "EXPIRED"
            self._activate()

    def _activate(self) -> None:
        for one in self.live:
            if one.state == "WAITING" and self.controlled(one.order_id) > 0:
                one.state = "ACTIVE"
                one.starts_on = self.today
                one.ends_on = one.ends_on or ends_on(self.today, one.months)

    def refuses(self, event: QueueEvent) -> str | None:
        """Return the code of the refusal; None if the law allows *event* now."""
        if isinstance(event, ClockAdvanced | Opened):
            return None
        whole = not self.asset.fungible
        if whole and isinstance(event, Reduced | Deducted | CapacityChanged):
            return "NOT_DIVISIBLE"
        if isinstance(event, CapacityChanged):
            return self._refuses_flow(event)
        known = {one.order_id: one for one in self.holds}
        if isinstance(event, Registered):
            if event.order_id in known:
                return "ORDER_ALREADY_REGISTERED"
            if whole and self.amount == 0:
                return "ASSET_DISPOSED"
            return None if event.months <= self.asset.first_cap else "TERM_TOO_LONG"
        one = known.get(event.order_id)
        if one is None:
            return "RANK_UNKNOWN"
        if one not in self.live:
            return "HOLD_LAPSED" if one.state == "EXPIRED" else "HOLD_ENDED"
        return self._refuses_on(one, event)

    def _refuses_flow(self, event: CapacityChanged) -> str | None:
        if event.by == 0:
            return "AMOUNT_NOT_POSITIVE"
        least = self.amount if event.by_prior_right else self.free
        return "OUTFLOW_TOO_LARGE" if -event.by > least else None

    def _refuses_on(
        self, one: Told, event: Renewed | Reduced | Lifted | Deducted | Disposed
    ) -> str | None:
        controlled = self.controlled(one.order_id)
        match event:
            case Renewed():
                if event.months > self.asset.renewal_cap:
                    return "TERM_TOO_LONG"
                return "TERM_NOT_STARTED" if one.ends_on is None else None
            case Reduced():
                return "REDUCTION_TOO_LARGE" if event.by >= one.need else None
            case Lifted():
                return None
            case _ if one.state == "WAITING":
                return "HOLD_TRANSITION_REFUSED"
            case Deducted():
                asked = controlled if event.amount is None else event.amount
                return "DEDUCTION_TOO_LARGE" if not 0 < asked <= controlled else None
        sold = self.amount - event.rest
        if self.asset.fungible and sold <= 0:
            return "AMOUNT_NOT_POSITIVE"
        if event.rest == 0:
            return None if one is self.live[0] else "NOT_THE_FIRST_HOLD"
        return "DISPOSAL_TOO_LARGE" if sold > controlled else None

    def take(self, event: QueueEvent) -> None:
        """Do what *event* says; the law allows it."""
        if isinstance(event, CapacityChanged):
            self.amount += event.by
        elif isinstance(event, Registered):
            one = Told(event.order_id, event.need, event.months)
            if event.policy is TermPolicy.RUNS_FROM_REGISTRATION:
                one.ends_on = ends_on(self.today, event.months)
            self.holds.append(one)
        elif not isinstance(event, ClockAdvanced | Opened):
            one = next(one for one in self.holds if one.order_id == event.order_id)
            self._change(one, event)
        self._activate()

    def _change(self, one: Told, event: Renewed | Reduced | Lifted | Deducted | Disposed) -> None:
        match event:
            case Renewed():
                assert one.ends_on is not None
                one.ends_on = renewed_ends_on(one.ends_on, event.months)
            case Reduced():
                one.need -= event.by
            case Lifted():
                one.state = "LIFTED"
            case Deducted():
                amount = self.controlled(one.order_id) if event.amount is None else event.amount
                one.need -= amount
                one.deducted += amount
                self.amount -= amount
                if event.amount is None or one.need == 0:
                    one.state = "DEDUCTED"
            case Disposed():
                one.state = "DISPOSED"
                self.amount = event.rest
                for other in self.live if event.rest == 0 else []:
                    other.state = "DISPOSED" if other.state == "ACTIVE" else "VOIDED"
