"""The snapshots that are kept: made once for all who ask at one state of the list, gone after hours, or with a removal."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import anyio.to_thread
import structlog
from sqlalchemy import Connection

from auth.keys import SigningKeys
from gateway.list_snapshot import Snapshot, write_snapshot
from resolvers.catalogue_versions import CatalogueVersions
from storage.database import Database
from storage.list_changes import last_change, removed_behind

_LOG = structlog.get_logger()
_KEPT: Final = timedelta(hours=6)
_LOOK_EVERY: Final = 600.0  # seconds


class Snapshots:
    """Snapshots in a directory that only this gateway's user reads; `start` it, and `stop` it.

    Gateways that share a data directory serve each other's; otherwise a download is resumed where it began.
    """

    def __init__(
        self,
        database: Database,
        place: Path,
        keys: SigningKeys,
        issuer: str,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._place = place
        self._keys = keys
        self._issuer = issuer
        self._now = now
        self._building = asyncio.Lock()
        self._newest: Snapshot | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def newest(self) -> Snapshot:
        """Return the list as it is now; whoever asks meanwhile waits for the same file.

        Raises:
            OSError: there is no room for it; nothing of it stays.
        """
        async with self._building:
            sequence = await self._database.read(last_change)
            known = self._newest
            if known is not None and known.sequence == sequence and known.file.exists():
                return known
            begun = time.monotonic()
            self._newest = await self._database.read_aside(self._write)
            size = self._newest.file.stat().st_size
            seconds = round(time.monotonic() - begun, 3)
            _LOG.info("snapshot.made", snapshot=self._newest.id, bytes=size, seconds=seconds)
            return self._newest

    async def find(self, snapshot_id: str) -> Snapshot | None:
        """Return the snapshot of that id, unless there is none any more.

        Who was removed since is nobody's to read: such a snapshot is gone, and its download starts anew.
        """
        found = Snapshot.at(self._place, snapshot_id)
        if found is None or await self._is_usable(found):
            return found
        found.remove()
        return None

    async def clear(self) -> None:
        """Remove what is old, what tells of somebody who was removed, and what a crash left behind."""
        if not self._place.exists():
            return
        oldest = (self._now() - _KEPT).timestamp()
        for path in await anyio.to_thread.run_sync(lambda: list(self._place.iterdir())):
            with contextlib.suppress(FileNotFoundError):  # another gateway was here first
                if path.stat().st_mtime < oldest:
                    path.unlink()
            kept = Snapshot.at(self._place, path.stem)
            if kept is not None and not await self._is_usable(kept):
                kept.remove()

    async def _is_usable(self, snapshot: Snapshot) -> bool:
        gone = partial(removed_behind, sequence=snapshot.sequence)
        return not await self._database.read(gone)

    def _write(self, connection: Connection) -> Snapshot:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return write_snapshot(
            connection,
            self._place,
            self._keys,
            issuer=self._issuer,
            made_at=self._now(),
            catalogue_version=_catalogue_version(connection),
        )

    async def _run(self) -> None:
        while True:
            try:
                await self.clear()
            except Exception as error:  # noqa: BLE001 -- it outlives a bad moment
                _LOG.error("snapshot.not_cleared", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)


def _catalogue_version(connection: Connection) -> str:
    versions = CatalogueVersions()
    versions.follow(connection)
    return versions.newest.version
