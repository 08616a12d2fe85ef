"""What happens to the holds on one asset, as the register writes it down.

An asset has one log. Its events are numbered from 1 without regard to their kind, and a later
number never has an earlier instant; simultaneous events go by their numbers (I-22). The number
of a registration is the hold's place in the queue.

Amounts are fen or shares of a fungible asset. An asset that is held whole has the amount 1, and
every hold on it needs 1.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class TermPolicy(Enum):
    """When the term of a hold begins that had to wait (domain.md 5.9)."""

    STARTS_ON_ACTIVATION = "STARTS_ON_ACTIVATION"
    RUNS_FROM_REGISTRATION = "RUNS_FROM_REGISTRATION"
    """Waiting counts: the hold may lapse before its turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAdvanced:
    """Time went by; *at* is aware. It has no number: as often as it comes, nothing else changes."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event with its number in the log; *at* is aware."""

    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Entry):
    """The first event: the asset as it was found.

    Attributes:
        amount: what there is to hold.
        first_cap: months a hold may be registered for (domain.md 5.3).
        renewal_cap: months of each renewal, from the old last day (I-10).
    """

    amount: int
    fungible: bool
    first_cap: int
    renewal_cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Entry):
    """The notice reached the register: the hold goes behind all earlier ones."""

    order_id: str
    need: int
    months: int
    policy: TermPolicy = TermPolicy.STARTS_ON_ACTIVATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed(Entry):
    """The term is *months* longer, counted from its last day."""

    order_id: str
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced(Entry):
    """The hold needs less *by* so much; the waiting rest goes first, then what it controls."""

    order_id: str
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted(Entry):
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deducted(Entry):
    """Money or shares went to the court.

    Attributes:
        amount: a part, and what is still needed stays in the queue; None is all that the hold
            controls, and ends it.
    """

    order_id: str
    amount: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed(Entry):
    """The asset was sold or given in payment under this hold, wholly or in part.

    Attributes:
        rest: what is left of the asset: 0 if nothing; 1 if a part of an asset that is held whole.
    """

    order_id: str
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityChanged(Entry):
    """The asset grew (*by* > 0) or shrank.

    Attributes:
        by_prior_right: the outflow follows a right that ranks before every hold, such as a pledge,
            or corrects the register. It may reach what is held; no other outflow may.
    """

    by: int
    by_prior_right: bool = False


QueueEvent = (
    Opened
    | Registered
    | Renewed
    | Reduced
    | Lifted
    | Deducted
    | Disposed
    | CapacityChanged
    | ClockAdvanced
)
