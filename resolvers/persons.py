"""About how many different people one officer may ask: a file is worked through, a city is not."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final

from resolvers.refusals import Refused

_HOUR: Final = 3600.0  # seconds
_MOST_OFFICERS: Final = 10_000


class TooManyPersons(Refused):
    """The officer has asked about more people in an hour than anybody's cases have."""

    code = "TOO_MANY_PERSONS"

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "You have asked about too many different people in an hour; come back later, or ask the "
            "command centre. 一小时内查询的主体数量已达上限",
            retryAfter=retry_after,
        )
        self.retry_after = retry_after


class DistinctPersons:
    """Counts, in this process, the different people that each officer asked about in the last hour.

    People are counted by their keyed hashes. Whom the answers lead to is counted with the rest, but
    does not stop the request that led there: so it is *about* as many.
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()

    def ask(self, officer: str, people: Collection[str]) -> None:
        """Count *people* before anybody is asked about them.

        Raises:
            TooManyPersons: those that are new would be too many; none of them is counted.
        """
        seen = self._of(officer)
        new = [one for one in dict.fromkeys(people) if one not in seen]
        if new and len(seen) + len(new) > self._most:
            oldest = next(iter(seen.values()), self._clock())
            raise TooManyPersons(max(1, round(oldest + _HOUR - self._clock())))
        self._note(seen, people)

    def reach(self, officer: str, people: Collection[str]) -> None:
        """Count *people* to whom an answer led."""
        self._note(self._of(officer), people)

    def _of(self, officer: str) -> OrderedDict[str, float]:
        seen = self._seen.setdefault(officer, OrderedDict())
        self._seen.move_to_end(officer)
        if len(self._seen) > _MOST_OFFICERS:
            self._seen.popitem(last=False)
        since = self._clock() - _HOUR
        while seen and next(iter(seen.values())) <= since:
            seen.popitem(last=False)
        return seen

    def _note(self, seen: OrderedDict[str, float], people: Collection[str]) -> None:
        now = self._clock()
        for one in people:
            seen[one] = now
            seen.move_to_end(one)
