"""
Holds on one asset and what each of them takes today: the queue (轮候).

Earlier registration goes first. When a hold ends, the next in the queue takes effect the day
after, by itself, and its term starts to run then.

Source:
    查扣冻规定 arts. 26-27; docs/departments/README.md, "What every control order carries".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.dates import last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A registered hold.

    Attributes:
        case: None for another court's hold.
        amount: the limit: fen, or shares.
        starts_on, ends_on: None while it waits.
    """

    authority: str
    case: str | None
    amount: int
    months: int
    registered_on: date
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What *hold* is worth on a day.

    Attributes:
        takes: of a fungible asset; 1 or 0 of an asset that is held whole.
        amount: what is held; of a hold that waits, and on a whole asset, the limit.
    """

    hold: Hold
    rank: int
    takes: int
    amount: int
    starts_on: date | None
    ends_on: date | None

    @property
    def state(self) -> str:
        return "ACTIVE" if self.takes else "WAITING"


def standings(capacity: int | None, holds: Sequence[Hold], today: date) -> list[Standing]:
    """Return the live ones of *holds*, which are in order of registration.

    Args:
        capacity: fen or shares that can be held; None for an asset that is held whole.
    """
    terms = {place: (hold.starts_on, hold.ends_on) for place, hold in enumerate(holds)}
    moment = date.min
    while True:
        takes = _allocate(capacity, holds, terms, moment)
        for place, taken in takes.items():
            if taken and terms[place][1] is None:
                starts = max(moment, holds[place].registered_on)
                terms[place] = (starts, last_day(starts, holds[place].months))
        ends = [end for place in takes if (end := terms[place][1]) is not None]
        moment = min(ends, default=today) + timedelta(days=1)
        if moment > today:
            break
    return [
        Standing(
            hold=holds[place],
            rank=rank,
            takes=taken,
            amount=taken if taken and capacity is not None else holds[place].amount,
            starts_on=terms[place][0],
            ends_on=terms[place][1],
        )
        for rank, (place, taken) in enumerate(takes.items(), start=1)
    ]


def _allocate(
    capacity: int | None,
    holds: Sequence[Hold],
    terms: dict[int, tuple[date | None, date | None]],
    moment: date,
) -> dict[int, int]:
    """Return what each hold that has not ended by *moment* takes, first come first."""
    left = 1 if capacity is None else capacity
    takes: dict[int, int] = {}
    for place, hold in enumerate(holds):
        ends = terms[place][1]
        if ends is not None and ends < moment:
            continue
        takes[place] = min(left, 1 if capacity is None else hold.amount)
        left -= takes[place]
    return takes
