"""The keys of one other issuer, kept at hand: fetched before they are needed, kept while it is silent.

No request waits for an issuer whose keys are known, and none for another issuer than its token's.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from auth.issuer_discovery import AttemptFailed, Discovery, Fetch, TroubleReason
from auth.issuer_key_set import KeySetUnusable, VerifyingKey, read_key_set
from auth.kept_key_set import KeptKeySet

FRESH: Final = 600.0  # seconds until keys are fetched again
BETWEEN_LOOKS: Final = 30.0  # seconds between fetches that tokens with unknown keys cause
_LONGEST: Final = 10.0  # seconds for finding an issuer and its keys
_LONGEST_WAIT: Final = 3.0  # seconds that a request waits for a key
_MOST_WAITING: Final = 100  # requests
_FIRST_RETRY: Final = 1.0  # seconds; doubled with every failure
_LONGEST_RETRY: Final = 30.0
_LEAST_KEPT: Final = 60.0  # seconds that a fetch may be late
_TICK: Final = 0.5  # seconds
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An issuer whose keys were not to be had; its tokens are refused in so many seconds, or now."""

    issuer: str
    reason: TroubleReason
    refuses_in: int


class IssuerKeys:
    """`start` it in a running loop, and `stop` it."""

    def __init__(  # noqa: PLR0913 -- what can be said about an issuer's keys
        self,
        issuer: str,
        fetch: Fetch,
        *,
        algorithms: frozenset[str],
        kept: float,
        plain_http: bool = False,
        file: KeptKeySet | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            fetch: see there; it must follow no redirects and bound what it reads.
            kept: for how many seconds of an outage the last good keys are used.
            plain_http: keys may come over http from anywhere; in the demo alone.
            file: where the last good keys outlive a restart.
            clock: seconds that only grow.
        """
        self.issuer = issuer
        self._discovery = Discovery(issuer, fetch, algorithms, plain_http=plain_http)
        self._algorithms = algorithms
        self._kept = max(kept, _LEAST_KEPT)
        self._file = file
        self._clock = clock
        self._keys: dict[str, VerifyingKey] = {}
        self._good_until = self._looked_at = self._due = float("-inf")
        self._failures = 0
        self._trouble: TroubleReason | None = None
        self._waiting = 0
        self._fetching: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None
        self._withdrawn: Callable[[], None] = lambda: None

    def on_withdrawal(self, withdrawn: Callable[[], None]) -> None:
        """Have *withdrawn* called whenever a key that was good is so no longer."""
        self._withdrawn = withdrawn

    def start(self) -> None:
        self._remember()
        self._fetch(known=False)
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        for task in (self._running, self._fetching):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def find(self, kid: str) -> VerifyingKey | None:
        """Return the key of that id; none is good any more when the outage is too long."""
        return self._keys.get(kid) if self._clock() < self._good_until else None

    async def look_again(self) -> bool:
        """Fetch the keys because a token names one that is unknown; at most once in 30 seconds.

        Whoever comes while keys are being fetched waits for the same ones, but not for long.

        Returns:
            Whether keys came in the meantime.
        """
        if self._fetching is None:
            if self._clock() - self._looked_at < BETWEEN_LOOKS:
                return False
            self._looked_at = self._clock()
        elif self._waiting >= _MOST_WAITING:
            return False
        self._waiting += 1
        try:
            await asyncio.wait_for(asyncio.shield(self._fetch(known=True)), _LONGEST_WAIT)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return self._trouble is None

    @property
    def trouble(self) -> Trouble | None:
        """Return what is wrong since the last attempt; None if nothing is, or none has ended yet."""
        if self._trouble is None:
            return None
        left = self._good_until - self._clock() if self._keys else 0.0
        return Trouble(issuer=self.issuer, reason=self._trouble, refuses_in=max(0, int(left)))

    def _remember(self) -> None:
        """Take up what was good before a restart, for as long as it would have been without one."""
        last = None if self._file is None else self._file.last()
        if last is None:
            return
        document, age = last
        left = FRESH + self._kept - age
        try:
            known = read_key_set(document, self._algorithms)
        except KeySetUnusable:
            return
        if left > 0:
            self._keys, self._good_until = known, self._clock() + left

    async def _run(self) -> None:
        while True:
            if self._clock() >= self._due:
                self._fetch(known=False)
            if self._keys and self._clock() >= self._good_until:
                self._keys = {}
                self._withdrawn()
                _LOG.error("issuer.keys_too_old", issuer=self.issuer)
            await asyncio.sleep(_TICK)

    def _fetch(self, *, known: bool) -> asyncio.Task[None]:
        """Return the one fetch that is under way, or begin one.

        Args:
            known: do not look for metadata that were found before.
        """
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._renew(known=known))
            self._fetching.add_done_callback(self._fetched)
        return self._fetching

    def _fetched(self, _: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _renew(self, *, known: bool) -> None:
        try:
            async with asyncio.timeout(_LONGEST):
                document, keys = await self._discovery.keys(known=known)
        except AttemptFailed as failed:
            self._fail(failed.reason, failed)
        except OSError as error:  # TimeoutError is one
            self._fail(TroubleReason.UNREACHABLE, error)
        except Exception as error:  # noqa: BLE001 -- whatever it is: these are no good keys
            self._fail(TroubleReason.KEY_SET_UNUSABLE, error)
        else:
            self._take(keys)
            if self._file is not None:
                self._file.keep(document)

    def _take(self, found: dict[str, VerifyingKey]) -> None:
        now = self._clock()
        withdrawn = any(not key.is_same(found.get(kid)) for kid, key in self._keys.items())
        self._keys, self._failures = found, 0
        self._due, self._good_until = now + FRESH, now + FRESH + self._kept
        if self._trouble is not None or withdrawn:
            _LOG.info("issuer.keys_fetched", issuer=self.issuer, keys=len(found))
        self._trouble = None if found else TroubleReason.NO_USABLE_KEY
        if withdrawn:
            self._withdrawn()

    def _fail(self, reason: TroubleReason, error: Exception) -> None:
        pause = min(_FIRST_RETRY * 2**self._failures, _LONGEST_RETRY)
        self._failures = min(self._failures + 1, 16)
        self._due = self._clock() + pause
        if reason is not self._trouble:
            _LOG.warning(
                "issuer.keys_not_fetched",
                issuer=self.issuer,
                reason=reason.value,
                error=type(error).__name__,
            )
        self._trouble = reason
