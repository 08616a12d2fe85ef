"""Logs of one asset, written shortly: every event a minute after the last, numbers by themselves."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.civil_time import SHANGHAI
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
from domain.waiting_queue import Change, Hold, replay

START = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
FROM_REGISTRATION = TermPolicy.RUNS_FROM_REGISTRATION


def of_money(amount: int) -> "Log":
    """Return the log of an account; every term up to 12 months."""
    return Log(_found(amount, fungible=True))


def of_a_thing() -> "Log":
    return Log(_found(1, fungible=False))


def _found(amount: int, *, fungible: bool) -> Opened:
    return Opened(
        sequence=1, at=START, amount=amount, fungible=fungible, first_cap=12, renewal_cap=12
    )


class Log:
    def __init__(self, first: Opened) -> None:
        self.events: list[QueueEvent] = [first]
        self.queue = replay(self.events)
        self.last: tuple[Change, ...] = ()
        self._then: datetime | None = None

    def add(self, event: QueueEvent) -> "Log":
        """Apply *event* with its own instant and the next number; refusals leave the log alone."""
        if not isinstance(event, ClockAdvanced):
            event = replace(event, sequence=self.queue.last + 1)
        before = self.queue
        self.queue = before.apply(event)
        self.events.append(event)
        self.last = self.queue.since(before)
        return self

    def at(self, at: datetime) -> "Log":
        return self.add(ClockAdvanced(at=at))

    def register(
        self,
        order_id: str,
        need: int = 1,
        months: int = 6,
        policy: TermPolicy = TermPolicy.STARTS_ON_ACTIVATION,
    ) -> "Log":
        return self.add(
            Registered(
                sequence=0,
                at=self.soon(),
                order_id=order_id,
                need=need,
                months=months,
                policy=policy,
            )
        )

    def renew(self, order_id: str, months: int = 6) -> "Log":
        return self.add(Renewed(sequence=0, at=self.soon(), order_id=order_id, months=months))

    def reduce(self, order_id: str, by: int) -> "Log":
        return self.add(Reduced(sequence=0, at=self.soon(), order_id=order_id, by=by))

    def lift(self, order_id: str) -> "Log":
        return self.add(Lifted(sequence=0, at=self.soon(), order_id=order_id))

    def deduct(self, order_id: str, amount: int | None) -> "Log":
        return self.add(Deducted(sequence=0, at=self.soon(), order_id=order_id, amount=amount))

    def dispose(self, order_id: str, rest: int) -> "Log":
        return self.add(Disposed(sequence=0, at=self.soon(), order_id=order_id, rest=rest))

    def flow(self, by: int, *, by_prior_right: bool = False) -> "Log":
        return self.add(
            CapacityChanged(sequence=0, at=self.soon(), by=by, by_prior_right=by_prior_right)
        )

    def then(self, at: datetime) -> "Log":
        """Let the next event happen at *at*."""
        self._then = at
        return self

    def soon(self) -> datetime:
        at, self._then = self._then, None
        return at or self.queue.at + timedelta(minutes=1)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The last changes: order and event."""
        return [(change.order_id, change.event.value) for change in self.last]

    def hold(self, order_id: str) -> Hold:
        return self.queue.line.hold(order_id)

    @property
    def shown(self) -> list[tuple[int, str, str, int, int]]:
        """The live holds: rank, order, state, controlled, waiting rest."""
        return [
            (
                one.rank,
                one.hold.order_id,
                one.hold.state.value,
                one.hold.controlled,
                one.hold.waiting_rest,
            )
            for one in self.queue.standings
        ]
