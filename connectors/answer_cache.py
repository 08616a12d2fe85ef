"""
Answers kept for a while, if a deployment wants that: in memory or in Redis, through aiocache.

A key names department, system, question, fields, subject and the authority it was asked under
(organisation, officer, case, purpose): nothing kept for one authority is served to another. Numbers
enter a key only through a keyed hash. Errors are never kept. A cache that fails costs a little time
and nothing else.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec
import structlog

from connectors.metrics import DepartmentMetrics
from connectors.question import Answer, Authority, Projection, Question
from domain.identity import IdNumber

T = TypeVar("T")
_LOG = structlog.get_logger(__name__)

_PATIENCE: Final = 0.05  # seconds, before a store counts as gone
_LEFT_ALONE: Final = 2.0  # seconds, after it did not answer


class Store(Protocol):
    """What aiocache's caches are used for; values are bytes."""

    async def multi_get(self, keys: Sequence[str]) -> list[bytes | None]: ...
    async def multi_set(self, pairs: Sequence[tuple[str, bytes]], ttl: float) -> Any: ...
    async def close(self) -> Any: ...


class AnswerCache:
    def __init__(self, store: Store, key: bytes, metrics: DepartmentMetrics) -> None:
        """*key*: of the hash in the store's keys; the same in all instances that share it."""
        self._store = store
        self._key = key
        self._metrics = metrics
        self._away_until = 0.0
        self._codecs: dict[int, tuple[Any, Any]] = {}

    async def known(
        self,
        question: Question[T],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> dict[IdNumber, Answer[T]]:
        """Return the answers that are kept; marked as such."""
        if not question.lifetime or time.monotonic() < self._away_until:
            return {}
        keys = self._keys(question, subjects, want, authority)
        try:
            found = await self._store.multi_get(keys)
        except Exception as error:  # noqa: BLE001 -- whatever a store raises, it is not there
            self._leave_alone(question.department, error)
            return {}
        decode = self._codec(question)[1]
        known: dict[IdNumber, Answer[T]] = {}
        for subject, body in zip(subjects, found, strict=True):
            if body is not None:
                try:
                    kept = decode(body)
                except msgspec.MsgspecError:
                    continue  # of an earlier version: ask
                known[subject] = Answer(value=kept.value, as_of=kept.as_of, cached=True)
        counted = self._metrics.cached
        counted.labels(question.department, "hit").inc(len(known))
        counted.labels(question.department, "miss").inc(len(subjects) - len(known))
        return known

    async def keep(
        self,
        question: Question[T],
        answers: Mapping[IdNumber, Answer[T]],
        want: Projection,
        authority: Authority,
    ) -> None:
        """Keep the *answers* that are no errors for as long as the question allows."""
        good = [
            subject
            for subject, answer in answers.items()
            if answer.error is None and not answer.damaged and answer.remarks is None
        ]
        if not question.lifetime or not good or time.monotonic() < self._away_until:
            return
        encode = self._codec(question)[0]
        keys = self._keys(question, good, want, authority)
        pairs = [
            (key, encode({"value": answers[subject].value, "as_of": answers[subject].as_of}))
            for key, subject in zip(keys, good, strict=True)
        ]
        try:
            await self._store.multi_set(pairs, ttl=question.lifetime)
        except Exception as error:  # noqa: BLE001 -- as above
            self._leave_alone(question.department, error)

    async def aclose(self) -> None:
        await self._store.close()

    def _leave_alone(self, department: str, error: Exception) -> None:
        self._away_until = time.monotonic() + _LEFT_ALONE
        self._metrics.cached.labels(department, "error").inc()
        _LOG.warning("cache.away", error=type(error).__name__, seconds=_LEFT_ALONE)

    def _keys(
        self,
        question: Question[Any],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> list[str]:
        words = (
            question.department,
            question.stem,
            question.name,
            *sorted(want),
            "",
            authority.organisation,
            authority.officer,
            authority.case_number,
            authority.purpose,
            "family" if authority.covers_family else "",
        )
        head = "\x1f".join(words).encode()
        return [
            "answer:"
            + hashlib.blake2b(
                head + b"\x1f" + subject.encode(), key=self._key, digest_size=24
            ).hexdigest()
            for subject in subjects
        ]

    def _codec(self, question: Question[Any]) -> tuple[Any, Any]:
        made = self._codecs.get(id(question))
        if made is None:
            record: Any = question.record
            value: Any = tuple[record, ...] if question.plural else record | None
            kept = msgspec.defstruct("Kept", [("value", value), ("as_of", datetime | None)])
            decoder = msgspec.msgpack.Decoder(kept)
            made = self._codecs[id(question)] = msgspec.msgpack.Encoder().encode, decoder.decode
        return made


def open_store(url: str) -> Store:
    """Return the store at *url*: ``memory`` or ``redis://host:port/db``.

    Raises:
        ValueError: another kind of address.
    """
    from aiocache import Cache  # noqa: PLC0415 -- only where a cache is wanted
    from aiocache.serializers import NullSerializer  # noqa: PLC0415

    if url == "memory":
        store: Store = Cache(Cache.MEMORY, serializer=NullSerializer(), timeout=_PATIENCE)
        return store
    if url.startswith("redis://"):
        cache = Cache.from_url(url)
        cache.serializer = NullSerializer(encoding=None)
        cache.timeout = _PATIENCE
        return _RedisStore(cache)
    raise ValueError("cache must be off, memory or redis://host:port/db")


class _RedisStore:
    """aiocache's Redis cache, closed as today's redis-py wants it."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self.multi_get = cache.multi_get
        self.multi_set = cache.multi_set

    async def close(self) -> None:
        await self._cache.client.aclose()
        await self._cache.client.connection_pool.disconnect()
