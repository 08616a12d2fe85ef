"""Faults that a test orders at run time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MODES: Final = frozenset(
    {
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
    }
)
STRANGER: Final = "990203197001010018"


class UnknownFault(ValueError):
    """No such mode."""


@dataclass(slots=True)
class Faults:
    """What is wrong with this department now.

    Attributes:
        latency: seconds added to every answer.
        dropped: keys whose first answer was withheld already.
    """

    latency: float = 0.0
    mode: str = "none"
    subjects: frozenset[str] = frozenset()
    dropped: set[str] = field(default_factory=set)

    def order(self, wish: Mapping[str, Any]) -> None:
        mode = wish.get("mode", "none")
        if mode not in MODES:
            raise UnknownFault(mode)
        self.mode = mode
        self.subjects = frozenset(wish.get("subjects", ()))
        if "latencyMs" in wish:
            self.latency = float(wish["latencyMs"]) / 1000

    async def delay(self) -> None:
        """Wait as long as an answer takes; while the department hangs, until it is well again."""
        while self.mode == "hang":
            await asyncio.sleep(0.02)
        if self.latency:
            await asyncio.sleep(self.latency)

    def answered(self, subjects: Sequence[str]) -> list[str]:
        """Return whom the answer speaks of."""
        if self.mode == "half":
            return list(subjects[: len(subjects) // 2])
        if self.mode == "stranger":
            return [*subjects, STRANGER]
        return list(subjects)

    def spoils(self, subject: str, position: int) -> bool:
        """Whether this subject's answer gets a wrong type."""
        if self.mode != "wrong_type":
            return False
        return subject in self.subjects if self.subjects else position == 0

    def withholds(self, key: str) -> bool:
        """Whether the answer to an order that was applied is lost: the first time for a key."""
        if self.mode != "drop_after_apply" or key in self.dropped:
            return False
        self.dropped.add(key)
        return True
