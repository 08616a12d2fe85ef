"""About how many different people one officer may ask: a file is worked through, a city is not."""

import secrets
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

    People are remembered by hashes that mean nothing outside this process: HMAC-SHA-256 took a tenth of
    a large answer's time. Whom the answers lead to is counted with the rest, but
    does not stop the request that led there: so it is *about* as many.
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._seen: OrderedDict[str, OrderedDict[int, float]] = OrderedDict()

    def ask(self, officer: str, people: Collection[str]) -> None:
        """Count *people* before anybody is asked about them.

        Raises:
            TooManyPersons: those that are new would be too many; none of them is counted.
        """
        seen, asked = self._of(officer), self._hashes(people)
        new = [one for one in asked if one not in seen]
        if new and len(seen) + len(new) > self._most:
            oldest = next(iter(seen.values()), self._clock())
            raise TooManyPersons(max(1, round(oldest + _HOUR - self._clock())))
        self._note(seen, asked)

    def reach(self, officer: str, people: Collection[str]) -> None:
        """Count *people* to whom an answer led."""
        self._note(self._of(officer), self._hashes(people))

    def _of(self, officer: str) -> OrderedDict[int, float]:
        seen = self._seen.setdefault(officer, OrderedDict())
        self._seen.move_to_end(officer)
        if len(self._seen) > _MOST_OFFICERS:
            self._seen.popitem(last=False)
        since = self._clock() - _HOUR
        while seen and next(iter(seen.values())) <= since:
            seen.popitem(last=False)
        return seen

    def _hashes(self, people: Collection[str]) -> set[int]:
        return {hash((self._salt, one)) for one in people}

    def _note(self, seen: OrderedDict[int, float], people: Collection[int]) -> None:
        now = self._clock()
        for one in people:
            seen[one] = now
            seen.move_to_end(one)
