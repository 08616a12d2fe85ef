"""Attempts to sign in, counted in the gateway's database: so many for a name, at whichever instance."""

import hashlib
import math
import time
from collections.abc import Callable
from typing import Final

from auth.throttle import ATTEMPTS, WINDOW
from gateway.from_threads import FromThreads
from storage.attempts import begin_attempt, forget_attempts
from storage.database import Database

_MS: Final = 1000


class StoredThrottle:
    """`auth.throttle.Throttle` over `storage.attempts`; called from worker threads."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = FromThreads(database)
        self._clock = clock

    def begin(self, name: str) -> float:
        digest, now = _digest(name), math.floor(self._clock() * _MS)
        window = round(WINDOW * _MS)
        wait = self._database.write(
            lambda c: begin_attempt(c, digest, now=now, most=ATTEMPTS, window=window),
        )
        return wait / _MS

    def succeed(self, name: str) -> None:
        digest = _digest(name)
        self._database.write(lambda c: forget_attempts(c, digest))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
