"""What goes on beside the record while a gateway runs: it is watched, attested, erased and archived."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from auth.record_keys import RecordKeys
from gateway.record_archive import RecordArchive
from gateway.record_attesting import Attesting
from gateway.record_attestors import attesting_keys, attesting_of, stamp_roots, turn_of
from gateway.record_lag_watch import LagWatch
from gateway.record_origin import record_origin
from gateway.record_retention import forget
from gateway.record_round import RecordRound
from gateway.record_stamp_watch import StampWatch
from gateway.record_trust import trust_in
from gateway.recorder import Recorder
from gateway.settings import Settings
from storage.database import Database

_BETWEEN_PIECES: Final = timedelta(minutes=1)
_LONGEST_PIECE: Final = timedelta(hours=1)
_BETWEEN_ERASURES: Final = timedelta(minutes=15)  # of which one a day finds something


class Worker(Protocol):
    def start(self) -> None: ...
    async def stop(self) -> None: ...


def record_workers(
    settings: Settings,
    database: Database,
    recorder: Recorder,
    keys: RecordKeys,
    now: Callable[[], datetime],
) -> list[Worker]:
    """Return who watches, attests, erases and archives as *settings* say it.

    Raises:
        ValueError, OSError: a certificate cannot be read.
    """
    lag = LagWatch(database, now, timedelta(seconds=settings.record_lag_seconds))
    recorder.refuse_while(lag.hindrance)
    workers: list[Worker] = [lag]
    attesting = attesting_of(settings, database, now)
    if attesting is not None:
        workers.append(_AttestingRound(attesting, database, now, turn_of(settings)))
    if settings.record_stamping is not None:
        longest = timedelta(seconds=settings.record_stamping.stop_after_seconds)
        watch = StampWatch(database, now, longest)
        recorder.refuse_while(watch.hindrance)
        workers.append(watch)
    workers.append(erasure_of(settings, database, keys, now))
    archive = archive_of(settings, database, keys, now)
    if archive is not None:
        workers.append(RecordRound("record-archive", database, archive.turn, now, _BETWEEN_PIECES))
    return workers


def erasure_of(
    settings: Settings, database: Database, keys: RecordKeys, now: Callable[[], datetime]
) -> RecordRound:
    """Return the round that erases what is over, once a day is."""

    async def turn() -> None:
        await forget(database, keys, settings.record_retention(), now())

    return RecordRound("record-erasure", database, turn, now, _BETWEEN_ERASURES)


def archive_of(
    settings: Settings, database: Database, keys: RecordKeys, now: Callable[[], datetime]
) -> RecordArchive | None:
    """Return the archive; None where none is kept."""
    if settings.record_archive_dir is None:
        return None
    return RecordArchive(
        database,
        settings.record_archive_dir,
        now,
        origin=record_origin(settings),
        keys=[keys.verifier],
        trust=trust_in([keys.verifier], roots=stamp_roots(settings)),
        attested_by=[key.mark for key in attesting_keys(settings)],
    )


class _AttestingRound(RecordRound):
    """A round that has connections to close."""

    def __init__(
        self,
        attesting: Attesting,
        database: Database,
        now: Callable[[], datetime],
        every: timedelta,
    ) -> None:
        super().__init__("record-attesting", database, attesting.turn, now, every)
        self._attesting = attesting

    async def stop(self) -> None:
        await super().stop()
        await self._attesting.aclose()
