"""Faults that a test orders at run time."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, TypeVar

import msgspec

T = TypeVar("T")
Mode = Literal[
    "none",
    "hang",
    "garbage",
    "half",
    "stranger",
    "unavailable",
    "overdeliver",
    "slow",
    "wrong_type",
    "drop_after_apply",
    "flaky",
    "repeats",
    "duplicate",
    "shuffled",
    "lying_clock",
    "maintenance",
    "shown_later",
]
SLOW: Final = 1000
"""What `slow` adds to every answer if the wish does not say, in ms."""
_LOST: Final = 0.2
_TURNED_AWAY: Final = 0.1
_LATE: Final = 0.1
_LATEST: Final = 3.0  # seconds
STRANGER: Final = "990203197001010018"


class Wish(msgspec.Struct, rename="camel"):
    """What a test orders; *subjects* are those whose answers get a wrong type.

    Attributes:
        ahead_days: how far a lying clock is ahead; below zero how far behind.
    """

    mode: Mode = "none"
    subjects: frozenset[str] = frozenset()
    latency_ms: Annotated[float, msgspec.Meta(ge=0)] | None = None
    ahead_days: Annotated[int, msgspec.Meta(ge=-36_500, le=36_500)] = 1


@dataclass(slots=True)
class Faults:
    """What is wrong with this department now.

    Attributes:
        latency: seconds added to every answer, ill or well.
        slowness: seconds added besides, as long as the fault lasts.
        ahead: how far the clock is ahead by which answers are dated.
        dropped: keys whose first answer was withheld already.
        showing: shows what was registered while nothing was shown to the public.
    """

    latency: float = 0.0
    mode: Mode = "none"
    slowness: float = 0.0
    ahead: timedelta = timedelta()
    subjects: frozenset[str] = frozenset()
    dropped: set[str] = field(default_factory=set)
    showing: Callable[[], None] = lambda: None

    def order(self, wish: Wish) -> None:
        self.mode = wish.mode
        if self.shows:
            self.showing()
        self.subjects = wish.subjects
        self.ahead = timedelta(days=wish.ahead_days if wish.mode == "lying_clock" else 0)
        least = SLOW if wish.mode == "slow" else 0
        self.slowness = (least if wish.latency_ms is None else wish.latency_ms) / 1000

    async def delay(self) -> None:
        """Wait as long as an answer takes; while the department hangs, until it is well again."""
        while self.mode == "hang":
            await asyncio.sleep(0.02)
        if self.latency or self.slowness:
            await asyncio.sleep(self.latency + self.slowness)
        if self.mode == "flaky" and random.random() < _LATE:  # noqa: S311 -- a simulated department
            await asyncio.sleep(random.uniform(0, _LATEST))  # noqa: S311

    def answered(self, subjects: Sequence[str]) -> list[str]:
        """Return whom the answer speaks of."""
        if self.mode == "half":
            return list(subjects[: len(subjects) // 2])
        if self.mode == "stranger":
            return [*subjects, STRANGER]
        if self.mode == "shuffled":
            return list(reversed(subjects))
        return list(subjects)

    def told(self, records: Sequence[T]) -> list[T]:
        """Return the records of one subject, as the answer has them."""
        return [*records, *records[:1]] if self.mode == "duplicate" else list(records)

    def dated(self, now: datetime) -> str:
        """Return the instant that an answer says its data are from."""
        return (now + self.ahead).isoformat()

    def spoils(self, subject: str, position: int) -> bool:
        """Whether this subject's answer gets a wrong type."""
        if self.mode != "wrong_type":
            return False
        return subject in self.subjects if self.subjects else position == 0

    @property
    def shows(self) -> bool:
        """Whether a register shows a hold to the public in the act that registers it."""
        return self.mode != "shown_later"

    @property
    def is_down(self) -> bool:
        """Whether nothing is done here; in a maintenance window for longer."""
        return self.mode in {"unavailable", "maintenance"}

    @property
    def come_again(self) -> dict[str, str]:
        """The header that goes with a 503."""
        return {"retry-after": "3600" if self.mode == "maintenance" else "1"}

    @property
    def turns_away(self) -> bool:
        """Whether a call is answered 503 before anything is done; of a flaky one every tenth."""
        if self.mode == "flaky":
            return random.random() < _TURNED_AWAY  # noqa: S311 -- as below
        return self.is_down

    def withholds(self, key: str) -> bool:
        """Whether the answer to an order that was applied is lost.

        The first time for a key; of a flaky department every fifth time.
        """
        if self.mode == "flaky":
            return random.random() < _LOST  # noqa: S311 -- a simulated department
        if self.mode != "drop_after_apply" or key in self.dropped:
            return False
        self.dropped.add(key)
        return True
