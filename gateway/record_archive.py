"""
The archive: a bundle of each closed day of the record, one behind the other, in a directory.

A piece begins where the one before ended and ends at the first checkpoint that covers its day (of
Asia/Shanghai) and is attested by whoever is configured. It is written beside its place, checked, and then
moved there: whoever is killed in between leaves nothing that looks like a piece. How far the archive is
stands in the database, so that pieces may be taken elsewhere.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import anyio.to_thread
import structlog
from sqlalchemy import Connection

from domain.civil_time import civil_date, end_of_day
from gateway.record_bundle import NoBundle, read_manifest, write_bundle
from gateway.record_trust import RecordTrust
from gateway.record_verify import verify_bundles
from storage.database import Database
from storage.record_archive import archive_up_to, archived_up_to, instant_of
from storage.record_attestations import first_attested
from storage.record_search import first_entry_at

_LOG = structlog.get_logger()
_SETTLED: Final = timedelta(minutes=2)  # clocks of several gateways differ a little
_PATIENCE: Final = timedelta(hours=6)  # with second signers and witnesses; a stamp is waited for
_UNFINISHED: Final = ".unfinished-"


class ArchiveBroken(Exception):
    """What was written, or stands in the way, is not the record."""


class RecordArchive:
    def __init__(  # noqa: PLR0913 -- the archive's surroundings
        self,
        database: Database,
        directory: Path,
        now: Callable[[], datetime],
        *,
        origin: str,
        keys: Sequence[str],
        trust: RecordTrust,
        attested_by: Sequence[str] = (),
    ) -> None:
        """Make the work of a round.

        Args:
            keys: that the manifests name.
            trust: what a piece is checked with before it counts; if it asks for stamps, a piece ends
                at a stamped checkpoint.
            attested_by: name and id of those whose lines the last checkpoint of a piece should have.
        """
        self._database = database
        self._directory = directory
        self._now = now
        self._origin = origin
        self._keys = keys
        self._trust = trust
        self._attested_by = attested_by

    async def turn(self) -> None:
        """Write a piece for each day that is over and in none yet.

        Raises:
            ArchiveBroken, OSError: see there; what is there stays as it is.
        """
        while (piece := await self.write_next()) is not None:
            _LOG.info("record.archived", size=read_manifest(piece).end)

    async def write_next(self) -> Path | None:
        """Write, or find, the next piece; None if no day is over."""
        first = await self._database.read(archived_up_to)
        found = await self._database.read(partial(self._next, first=first))
        if found is None:
            return None
        day, end = found
        await anyio.to_thread.run_sync(self._clear)
        there = sorted(self._directory.glob(f"*_{first:012d}-*"))
        if there:  # written, and the gateway was killed before it noted that
            piece = there[0]
        else:
            piece = self._directory / f"{day}_{first:012d}-{end:012d}"
            unfinished = self._directory / f"{_UNFINISHED}{piece.name}"
            await self._database.read_aside(
                partial(
                    write_bundle,
                    directory=unfinished,
                    origin=self._origin,
                    keys=self._keys,
                    first=first,
                    end=end,
                )
            )
            await anyio.to_thread.run_sync(self._check, unfinished, first)
            await anyio.to_thread.run_sync(_move, unfinished, piece)
        end = await anyio.to_thread.run_sync(self._check, piece, first)
        await self._database.write(partial(archive_up_to, before=first, after=end))
        return piece

    def _next(self, connection: Connection, first: int) -> tuple[str, int] | None:
        """Return the day of the next piece and where it ends; None if that is not known yet."""
        begun = instant_of(connection, first)
        if begun is None:
            return None
        day = civil_date(begun)
        over = self._now() - end_of_day(day)
        if over < _SETTLED:
            return None
        least = first_entry_at(connection, end_of_day(day))
        stamped = self._trust.roots is not None
        end = first_attested(connection, least, keys=self._attested_by, stamped=stamped)
        if end is None and over > _PATIENCE:
            end = first_attested(connection, least, keys=(), stamped=stamped)
        return None if end is None else (day.isoformat(), end)

    def _check(self, piece: Path, first: int) -> int:
        """Return where a piece ends, after checking it and that it joins the one before.

        Raises:
            ArchiveBroken: it is not whole, or does not join.
        """
        before = sorted(self._directory.glob(f"*-{first:012d}")) if first else []
        pieces = [*before[:1], piece]
        try:
            verdict = verify_bundles(pieces, self._trust)
            begins = read_manifest(piece).first
        except NoBundle as error:
            raise ArchiveBroken(f"{piece.name}: {error}") from error
        if verdict.found is not None or verdict.origin != self._origin or begins != first:
            fault = None if verdict.found is None else verdict.found.fault.value
            _LOG.error("record.archive_broken", size=first, error=fault)
            raise ArchiveBroken(f"{piece.name} is not the record from entry {first} on")
        return verdict.end

    def _clear(self) -> None:
        """Make the directory, and drop what a gateway left that was killed."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._directory.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left)


def _move(unfinished: Path, piece: Path) -> None:
    """Move a bundle to its place, for good: a rename is there or is not."""
    _sync(unfinished)
    unfinished.rename(piece)
    _sync(piece.parent)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
