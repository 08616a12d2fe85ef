"""The desk behind ``chakong backup`` and ``chakong restore``."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from auth.record_keys import RecordKeys
from gateway.backup import write_backup
from gateway.cli.desk import require_database
from gateway.logs import configure_logs
from gateway.record_origin import record_origin
from gateway.restore import restore
from gateway.settings import Settings, load_settings
from storage.backup import BackupFailed
from storage.database import open_database
from storage.record import StoredCheckpoint, last_checkpoint


def backed_up(config: Path | None, directory: Path, *, with_keys: bool) -> dict[str, object]:
    """Write a backup; return what it holds.

    Raises:
        ValueError, OSError: none was made.
    """

    settings = load_settings(config)
    configure_logs(settings)
    try:
        return asyncio.run(_backed_up(settings, directory, with_keys=with_keys))
    except BackupFailed as error:
        raise ValueError(f"{error.code}: {error}") from error


async def _backed_up(settings: Settings, directory: Path, *, with_keys: bool) -> dict[str, object]:
    """Back up without migrating: the gateway that runs may be of another version."""
    require_database(settings)
    keys = RecordKeys.load(settings.data_dir, settings.record_name)
    database = open_database(settings.database)
    try:
        newest = await database.read(_newest)
    except DBAPIError as error:
        raise BackupFailed(f"the database cannot be read ({type(error).__name__})") from error
    finally:
        await database.close()
    made = await anyio.to_thread.run_sync(
        lambda: write_backup(
            directory,
            settings.database,
            settings.data_dir,
            signer=keys,
            origin=record_origin(settings),
            checkpoint=None if newest is None else newest.note,
            at=datetime.now(UTC),
            with_keys=with_keys,
        )
    )
    return {
        "engine": made.engine,
        "at": made.at,
        "entries": 0 if newest is None else newest.size,
        "files": len(made.files),
    }


def _newest(connection: Connection) -> StoredCheckpoint | None:
    is_there = inspect(connection).has_table("record_checkpoints")
    return last_checkpoint(connection) if is_there else None


def put_back(
    config: Path | None, directory: Path, *, accept_flaw: bool, key: str | None
) -> dict[str, object]:
    """Restore a backup; return what was put back, and by whose key.

    Raises:
        ValueError, OSError: nothing was, or it says what was.
    """
    settings = load_settings(config)
    configure_logs(settings)
    try:
        done = asyncio.run(
            restore(
                directory, settings, lambda: datetime.now(UTC), accept_flaw=accept_flaw, key=key
            )
        )
    except BackupFailed as error:
        raise ValueError(f"{error.code}: {error}") from error
    return {
        "backupAt": done.backup_at,
        "entries": done.entries,
        "flaw": done.flaw,
        "erased": dict(done.erased),
        "signedBy": RecordKeys.load(settings.data_dir, settings.record_name).verifier,
        "keyFrom": done.key_from,
    }
