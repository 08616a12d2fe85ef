"""
Holds on one asset and what each of them takes today: the queue (轮候), told from its log.

Earlier registration goes first; of holds that are shown to the public later, the earlier showing.
When a hold ends, the next in the queue takes effect by itself: at once where it was lifted, the day
after where its term was over; its own term starts then. The log alone decides: looking late gives
the same as looking every day.

Source:
    查扣冻规定 arts. 26-27; docs/departments/README.md, "What every control order carries" and
    "What a hold is worth now".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sandbox.dates import add_months, last_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold as it was registered.

    Attributes:
        key: of the order that placed it; None for another court's hold.
        case: None for another court's hold.
        amount: the limit: fen, or shares.
        starts_on, ends_on: None while it waits.
        ruling: the number of the ruling it was placed with; empty if it is not known.
        shown: whether it takes part as soon as it is registered; if not, from its SHOW.
    """

    authority: str
    case: str | None
    amount: int
    months: int
    registered_on: date
    starts_on: date | None = None
    ends_on: date | None = None
    key: str | None = None
    ruling: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to a hold later, or to the asset.

    Attributes:
        key: of the hold; empty for an INFLOW, which is the asset's.
        amount: what was lifted, deducted or came in; 0 for RENEW and SHOW.
        months: the new term, for RENEW.
    """

    kind: Literal["RENEW", "LIFT", "DEDUCT", "INFLOW", "SHOW"]
    key: str
    amount: int
    months: int
    on: date


Log = Sequence[Hold | Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What *hold* is worth on a day.

    Attributes:
        rank: None for a hold that ended, or is not shown yet.
        limit: what is left of the order's limit.
        takes: of a fungible asset; 1 or 0 of an asset that is held whole.
        amount: what is held; of a hold that waits, and on a whole asset, the limit.
        held: what is held; of a hold that waits nothing, on a whole asset the limit.
        starts_on, ends_on: of a hold that ended, the days it stood.
        ended_on: its last day, also of a hold that never took effect; None while it lives.
    """

    hold: Hold
    rank: int | None
    limit: int
    takes: int
    amount: int
    held: int
    starts_on: date | None
    ends_on: date | None
    ended_on: date | None

    @property
    def state(self) -> str:
        if self.ended_on is not None:
            return "ENDED"
        return "WAITING" if self.starts_on is None else "ACTIVE"


def standings(capacity: int | None, log: Log, today: date) -> list[Standing]:
    """Return the live holds of *log*, in order of rank; last those that are not shown yet.

    Args:
        capacity: fen or shares that could be held before the changes in *log*; None for an asset
            that is held whole.
        log: in order of registration.
    """
    live = [one for one in every_standing(capacity, log, today) if one.ended_on is None]
    return sorted(live, key=lambda one: one.rank is None)


def every_standing(capacity: int | None, log: Log, today: date) -> list[Standing]:
    """As `standings`, with the holds that ended."""
    queue = _Queue(capacity)
    for entry in log:
        queue.enter(entry)
    queue.advance(today)
    return queue.standings()


def balance_after(balance: int, log: Log) -> int:
    """Return what is left of *balance* after what came in and was deducted."""
    flows = {"INFLOW": 1, "DEDUCT": -1}
    return balance + sum(
        flows.get(entry.kind, 0) * entry.amount for entry in log if isinstance(entry, Change)
    )


@dataclass(slots=True)
class _Place:
    """A hold's place in the queue while the log is told."""

    hold: Hold
    limit: int
    months: int
    starts_on: date | None
    ends_on: date | None
    shown: bool = True
    takes: int = 0
    ended_on: date | None = None


class _Queue:
    def __init__(self, capacity: int | None) -> None:
        self._capacity = capacity
        self._places: list[_Place] = []

    def enter(self, entry: Hold | Change) -> None:
        if isinstance(entry, Hold):
            self.advance(entry.registered_on)
            self._places.append(
                _Place(
                    entry, entry.amount, entry.months, entry.starts_on, entry.ends_on, entry.shown
                )
            )
            self._allocate(entry.registered_on)
        else:
            self.advance(entry.on)
            self._change(entry)
            self._allocate(entry.on)

    def advance(self, day: date) -> None:
        """Let end what is over before *day*, each on its own day."""
        while True:
            ends = [one.ends_on for one in self._live() if one.ends_on is not None]
            last = min(ends, default=day)
            if last >= day:
                return
            for one in self._live():
                one.ended_on = last if one.ends_on == last else None
            self._allocate(last + _DAY)

    def standings(self) -> list[Standing]:
        ranks = {id(one): rank for rank, one in enumerate(self._live(), start=1)}
        return [self._standing(one, ranks.get(id(one))) for one in self._places]

    def _live(self) -> list[_Place]:
        return [one for one in self._places if one.ended_on is None and one.shown]

    def _change(self, change: Change) -> None:
        if change.kind in {"INFLOW", "DEDUCT"} and self._capacity is not None:
            self._capacity += change.amount if change.kind == "INFLOW" else -change.amount
        if change.kind == "INFLOW":
            return
        if change.kind == "SHOW":
            self._show(change.key)
            return
        [place] = [
            one for one in self._places if one.ended_on is None and one.hold.key == change.key
        ]
        if change.kind == "RENEW":
            place.months = change.months
            if place.ends_on is not None:
                place.ends_on = add_months(place.ends_on, change.months)
            return
        place.limit -= change.amount
        if place.limit == 0:
            place.ended_on = change.on
            place.ends_on = None if place.starts_on is None else change.on

    def _show(self, key: str) -> None:
        """Let the hold take part from now on: behind those that were shown before."""
        self._places.sort(key=lambda one: one.hold.key == key)
        self._places[-1].shown = True

    def _allocate(self, day: date) -> None:
        """Give every live hold its share, first come first; what takes effect starts on *day*."""
        left = 1 if self._capacity is None else self._capacity
        for one in self._live():
            one.takes = min(left, 1 if self._capacity is None else one.limit)
            left -= one.takes
            if one.takes and one.starts_on is None:
                one.starts_on, one.ends_on = day, last_day(day, one.months)

    def _standing(self, place: _Place, rank: int | None) -> Standing:
        takes = 0 if rank is None else place.takes
        waits = place.starts_on is None
        whole = self._capacity is None
        return Standing(
            hold=place.hold,
            rank=rank,
            limit=place.limit,
            takes=takes,
            amount=place.limit if whole or waits else takes,
            held=takes * place.limit if whole else takes,
            starts_on=place.starts_on,
            ends_on=place.ends_on,
            ended_on=place.ended_on,
        )
