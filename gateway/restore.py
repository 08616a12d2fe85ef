"""
A backup put back: it is checked before anybody is answered from it, and it forgets what is over.

The record goes on behind the last entry that was backed up. What was recorded later is gone, and whoever
kept a receipt, a checkpoint or a witness's line of it can show that: hence the entry that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy.engine import make_url

from auth.keys import KeyFileUnusable
from auth.record_keys import RecordKeys
from domain.record import RecordKind
from gateway.backup import BackupManifest, keys_put_back, read_backup
from gateway.backup_signature import signer_of
from gateway.record_database import verify_database
from gateway.record_keeper import RecordKeeper
from gateway.record_retention import forget
from gateway.recorder import Recorder
from gateway.settings import Settings
from storage.backup import SQLITE, BackupFailed, engine_of, is_empty, put_back, require_ours
from storage.database import Database, open_database
from storage.migration import migrate
from storage.record import RecordDraft, append, record_size

_BESIDE: Final = ".restoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back.

    Attributes:
        entries: of the record, as they were backed up.
        erased: personal sides that were over by now, by class.
        flaw: what is wrong with the record, if that was accepted.
        key_from: where the key came from that the backup's signature was checked with.
    """

    backup_at: str
    entries: int
    flaw: str | None
    erased: Mapping[str, int]
    key_from: str = ""


async def restore(
    directory: Path,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    accept_flaw: bool = False,
    key: str | None = None,
) -> Restored:
    """Put a backup into the empty database and data directory of *settings*.

    Args:
        accept_flaw: go on though the record is not whole; the record then says so itself.
        key: whose signature of the backup counts (``NAME+ID+BASE64``); that of the data directory if left
            out, and of the backup if there is none.

    Raises:
        BackupFailed: it is not whole, is not signed, or something is in its way. SQLite's file appears only at the
            end; what PostgreSQL then holds is said.
    """
    signer = signer_of(directory, settings.data_dir, key)
    manifest = read_backup(directory, signer)
    url = settings.database
    if engine_of(url) != manifest.engine:
        raise BackupFailed(f"a backup of {manifest.engine} cannot be put into {engine_of(url)}")
    if not is_empty(url):
        raise BackupFailed("the database is not empty; a restore writes over nothing")
    with keys_put_back(directory, manifest, settings.data_dir):
        done = await _put_back(directory, manifest, settings, now, accept_flaw=accept_flaw)
    return replace(done, key_from=signer.came_from)


async def _put_back(
    directory: Path,
    manifest: BackupManifest,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    accept_flaw: bool,
) -> Restored:
    url = settings.database
    if manifest.engine != SQLITE:
        put_back(url, directory / "database")
        try:
            require_ours(url)
            return await _settled(url, manifest, settings, now, accept_flaw=accept_flaw)
        except BackupFailed as error:
            raise type(error)(f"{error}; the database holds it: drop it") from error
    place = Path(make_url(url).database or "")
    beside = place.with_name(place.name + _BESIDE)
    _remove(beside)
    try:
        put_back(f"sqlite:///{beside}", directory / "database")
        done = await _settled(
            f"sqlite:///{beside}", manifest, settings, now, accept_flaw=accept_flaw
        )
        beside.rename(place)
    finally:
        _remove(beside)
    return done


async def _settled(
    url: str,
    manifest: BackupManifest,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    accept_flaw: bool,
) -> Restored:
    """Check what was put back, let it forget, and note in the record that it was restored.

    Raises:
        BackupFailed: it is damaged, or of another version; whatever a library says of that may be data.
    """
    database = open_database(url)
    try:
        return await _checked(database, manifest, settings, now, accept_flaw=accept_flaw)
    except (BackupFailed, KeyFileUnusable) as error:
        raise BackupFailed(str(error)) from error
    except Exception as error:
        raise BackupFailed(
            f"what was put back cannot be read ({type(error).__name__}): it is damaged, or was made "
            "by a newer version"
        ) from error
    finally:
        await database.close()


async def _checked(
    database: Database,
    manifest: BackupManifest,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    accept_flaw: bool,
) -> Restored:
    await migrate(database)
    keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
    flaw = await _flaw(database, keys, manifest)
    if flaw is not None and not accept_flaw:
        raise BackupFailed(f"the record is not whole: {flaw}")
    entries = await database.read(record_size)
    keeper = RecordKeeper(database, Recorder(database, now), keys, manifest.origin)
    draft = _restored(manifest, entries, flaw, now())
    await database.write(lambda c: append(c, None, [draft]))
    await keeper.turn()
    erased = await forget(database, keys, settings.record_retention(), now())
    await keeper.turn()
    after = await _flaw(database, keys, manifest)
    if after is not None and flaw is None:
        raise BackupFailed(f"the record is not whole after the restore: {after}")
    return Restored(
        backup_at=manifest.at,
        entries=entries,
        flaw=flaw,
        erased={class_.value: count for class_, count in erased.items()},
    )


async def _flaw(database: Database, keys: RecordKeys, manifest: BackupManifest) -> str | None:
    """Return what is wrong with the record first, or that it is shorter than it was."""
    flaw = await database.read_aside(
        lambda c: verify_database(
            c,
            keys,
            verifiers=[keys.verifier],
            origin=manifest.origin,
            expected=manifest.checkpoint,
        )
    )
    return None if flaw is None else f"{flaw.part.value} {flaw.fault}, entry {flaw.entry}"


def _restored(
    manifest: BackupManifest, entries: int, flaw: str | None, at: datetime
) -> RecordDraft:
    said = {
        "v": 1,
        "kind": RecordKind.CONFIGURATION.value,
        "unit": "gateway",
        "decision": "RESTORED",
        "backup": manifest.at,
        "entries": entries,
        "flaw": flaw,
    }
    return RecordDraft(
        kind=RecordKind.CONFIGURATION.value,
        unit="gateway",
        decision="RESTORED",
        at=at,
        body=msgspec.json.encode(said),
    )


def _remove(beside: Path) -> None:
    for path in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
