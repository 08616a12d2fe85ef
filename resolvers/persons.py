"""About how many different people one officer may ask: a file is worked through, a city is not."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final, TypeVar

from sqlalchemy import Connection

from resolvers.refusals import Refused
from storage.database import Database
from storage.persons_asked import ask_about, note_people

T = TypeVar("T")
_HOUR: Final = 3600  # seconds
_NOTED_FOR: Final = 300.0  # seconds until one who is asked about again is noted again
_MOST_OFFICERS: Final = 10_000
_MOST_PEOPLE: Final = 10_000  # of one officer, in memory


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


class NotCounted(Refused):
    """Nobody can say now about how many people the officer asked: nobody is asked (fail closed)."""

    code = "ACCESS_UNDECIDED"

    def __init__(self) -> None:
        super().__init__("Access cannot be checked right now; try again. 暂时无法核验访问权限")


class DistinctPersons:
    """Counts, over all instances, the different people that each officer asked about in an hour.

    People are known to the database by an HMAC, which took a tenth of a large answer's time: who was
    noted a moment ago is recognised in memory. Whom the answers lead to is counted with the rest,
    but does not stop the request that led there: so it is *about* as many.
    """

    def __init__(
        self, database: Database, key: bytes, most: int, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Args: key: the same for all instances; clock: epoch seconds."""
        self._database = database
        self._key = key
        self._most = most
        self._clock = clock
        self._noted: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()

    async def ask(self, officer: str, people: Collection[str]) -> None:
        """Count *people* before anybody is asked about them.

        Raises:
            TooManyPersons: those that are new would be too many; none of them is counted.
            NotCounted: the database does not answer.
        """
        new = self._not_noted(officer, people)
        if not new:
            return
        now, who, digests = int(self._clock()), self._digest(officer), self._digests(new)
        since = await self._written(
            lambda c: ask_about(c, who, digests, since=now - _HOUR, now=now, most=self._most)
        )
        if since is not None:
            raise TooManyPersons(max(1, since + _HOUR - now))
        self._note(officer, new)

    async def reach(self, officer: str, people: Collection[str]) -> None:
        """Count *people* to whom an answer led.

        Raises:
            NotCounted: the database does not answer.
        """
        new = self._not_noted(officer, people)
        if not new:
            return
        now, who, digests = int(self._clock()), self._digest(officer), self._digests(new)
        await self._written(lambda c: note_people(c, who, digests, now=now))
        self._note(officer, new)

    async def _written(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self._database.write(work)
        except Exception as error:
            raise NotCounted from error

    def _not_noted(self, officer: str, people: Collection[str]) -> set[str]:
        noted = self._noted.get(officer, OrderedDict())
        lately = self._clock() - _NOTED_FOR
        return {one for one in people if noted.get(one, lately) <= lately}

    def _note(self, officer: str, people: Collection[str]) -> None:
        noted: OrderedDict[str, float] = self._noted.setdefault(officer, OrderedDict())
        self._noted.move_to_end(officer)
        if len(self._noted) > _MOST_OFFICERS:
            self._noted.popitem(last=False)
        now = self._clock()
        for one in people:
            noted[one] = now
            noted.move_to_end(one)
        while len(noted) > _MOST_PEOPLE:
            noted.popitem(last=False)

    def _digests(self, people: Collection[str]) -> list[str]:
        return [self._digest(one) for one in people]

    def _digest(self, one: str) -> str:
        return hmac.digest(self._key, b"persons an hour " + one.encode(), hashlib.sha256).hex()
