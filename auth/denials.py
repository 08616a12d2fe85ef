"""What was revoked before its time, known to every process within seconds.

The list lives in storage; each process reads it again whenever it changed. A list that cannot be
read lets nobody in: a revoked token must not live on because a database is down.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from auth.caller import Caller
from auth.errors import InvalidToken, Undecided

LOOK_EVERY: Final = 0.5  # seconds
_KNOWN_FOR: Final = 4.0  # seconds that what was read last may be relied on


class DenialKind(Enum):
    """What a denial names: one token, all of one grant, or a subject's or client's until then."""

    TOKEN = "TOKEN"  # noqa: S105 -- a kind
    GRANT = "GRANT"
    SUBJECT = "SUBJECT"
    CLIENT = "CLIENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One entry; `at`: tokens issued until then are denied, `until`: none is alive any more."""

    kind: DenialKind
    value: str
    at: int
    until: int


Reading = Callable[[str], Awaitable[tuple[str, Iterable[Denial]] | None]]
"""``reading(mark)``: the list and its new mark, or None if it still is as *mark* says."""


class DenyList:
    """`start` it in a running loop, and `stop` it; until it was read once, nobody is let in.

    Attributes:
        version: another one whenever the list changed.
    """

    def __init__(self, read: Reading, *, look_every: float = LOOK_EVERY) -> None:
        self._read = read
        self._look_every = look_every
        self._mark = ""
        self.version: object = object()
        self._denied: dict[DenialKind, dict[str, int]] = {kind: {} for kind in DenialKind}
        self._read_at = float("-inf")
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self._read_at < _KNOWN_FOR

    def denies(self, caller: Caller) -> bool:
        """Return whether the caller's token was revoked, as far as this process knows."""
        denied = self._denied
        if caller.token_id in denied[DenialKind.TOKEN]:
            return True
        if grant_of(caller.token_id) in denied[DenialKind.GRANT]:
            return True
        issued = caller.issued_at
        return (
            denied[DenialKind.SUBJECT].get(caller.subject, -1) >= issued
            or denied[DenialKind.CLIENT].get(caller.client_id, -1) >= issued
        )

    async def require(self, caller: Caller) -> None:
        """Let pass whose token was not revoked.

        Raises:
            InvalidToken: it was.
            Undecided: the list cannot be read.
        """
        if not self.is_fresh:
            await self.refresh()
        if self.denies(caller):
            raise InvalidToken("revoked")

    async def refresh(self) -> None:
        """Read the list again if it changed.

        Raises:
            Undecided: it cannot be read.
        """
        asked = time.monotonic()
        try:
            found = await self._read(self._mark)
        except Exception as error:
            raise Undecided("denials") from error
        self._read_at = asked
        if found is None:
            return
        self._mark, denials = found
        denied: dict[DenialKind, dict[str, int]] = {kind: {} for kind in DenialKind}
        for one in denials:
            named = denied[one.kind]
            named[one.value] = max(one.at, named.get(one.value, 0))
        self._denied = denied
        self.version = object()
        self._changed.set()
        self._changed = asyncio.Event()

    async def over(self, caller: Caller) -> None:
        """Wait until the caller's token is revoked."""
        while not self.denies(caller):
            await self._changed.wait()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(Undecided):  # whoever asks next tries again
                await self.refresh()
            await asyncio.sleep(self._look_every)


def grant_of(token_id: str) -> str:
    """Return the grant that a token was issued from: what its id begins with."""
    return token_id.partition(".")[0]
