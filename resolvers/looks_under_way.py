"""
Looks from outside a case that are under way: asked for, and not in the record yet.

The record says who looked before, but only once an entry is there. Of looks that come together, one is
the first; the others find it here. Each gateway knows its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class LooksUnderWay:
    """Those of one gateway: who looks at whom, and in which requests."""

    requests: dict[tuple[str, str], list["Looks"]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Looks:
    """Those of one request, until its entry is there or it has failed."""

    gateway: LooksUnderWay = field(default_factory=LooksUnderWay)
    _begun: set[tuple[str, str]] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for look in self._begun:
            requests = self.gateway.requests[look]
            requests.remove(self)
            if not requests:
                del self.gateway.requests[look]
        self._begun.clear()

    def begin(self, who: str, subjects: Iterable[str]) -> bool:
        """Note that *who* looks at *subjects*; return whether another request of his does so already."""
        is_second = False
        for look in ((who, subject) for subject in subjects):
            requests = self.gateway.requests.setdefault(look, [])
            is_second = is_second or any(one is not self for one in requests)
            if look not in self._begun:
                self._begun.add(look)
                requests.append(self)
        return is_second
