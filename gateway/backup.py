"""
A backup: the database as it was at one instant, and the keys without which nobody can read it.

``backup.json``    what it is, the newest checkpoint when it began, SHA-256 of each file; signed (``.sig``)
``database``       SQLite's file, or pg_dump's (custom format)
``keys/``          the secrets of the data directory, unless they are kept elsewhere
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from auth.record_keys import RecordKeys
from gateway.backup_signature import SIGNATURE, BackupChanged, Signer
from gateway.foreign_file import read_regular
from gateway.record_origin import RECORD_ORIGIN
from storage.backup import BackupFailed, copy_database, engine_of

FORMAT: Final = "chakong-backup/1"
_MOST: Final = 2**20  # bytes of a manifest
KEY_FILES: Final = (
    "record-signing.key",
    "record-sealing.key",
    "record-terms.key",
    "signing-keys.json",
    "pseudonym-key",
    "range-secret",
    RECORD_ORIGIN,
)
"""Secrets in the data directory, and what the record is called; each one lost loses something for ever."""


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds.

    Attributes:
        checkpoint: the newest one when the backup began; what is restored must reach it.
        files: SHA-256 (hex) by path.
    """

    format: str
    engine: str
    at: str
    origin: str
    checkpoint: str | None
    files: dict[str, str]


def write_backup(  # noqa: PLR0913 -- what a backup is made of
    directory: Path,
    url: str,
    data_dir: Path,
    *,
    signer: RecordKeys,
    origin: str,
    checkpoint: str | None,
    at: datetime,
    with_keys: bool,
) -> BackupManifest:
    """Write a backup to *directory*, which is there whole or not at all.

    Args:
        signer: the record's own keys.

    Raises:
        BackupFailed: none was made.
        FileExistsError: something is there already.
    """
    if directory.exists():
        raise FileExistsError(f"{directory} is there already; backups are not written over")
    unfinished = directory.with_name(f".unfinished-{directory.name}")
    _drop(unfinished)  # of one that was killed
    try:
        manifest = _fill(
            unfinished, url, data_dir, origin=origin, checkpoint=checkpoint, at=at, keys=with_keys
        )
        raw = msgspec.json.format(msgspec.json.encode(manifest))
        _write(unfinished / "backup.json", raw)
        _write(unfinished / SIGNATURE, signer.sign(raw))
        unfinished.rename(directory)
    except BaseException:
        _drop(unfinished)
        raise
    return manifest


def _fill(  # noqa: PLR0913 -- as `write_backup`
    directory: Path,
    url: str,
    data_dir: Path,
    *,
    origin: str,
    checkpoint: str | None,
    at: datetime,
    keys: bool,
) -> BackupManifest:
    directory.mkdir(mode=0o700, parents=True)
    copy_database(url, directory / "database")
    (directory / "database").chmod(0o600)
    if keys:
        (directory / "keys").mkdir(mode=0o700)
        for name in KEY_FILES:
            if (data_dir / name).exists():
                _write(directory / "keys" / name, (data_dir / name).read_bytes())
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return BackupManifest(
        format=FORMAT,
        engine=engine_of(url),
        at=at.isoformat(),
        origin=origin,
        checkpoint=checkpoint,
        files={str(path.relative_to(directory)): _digest(path) for path in files},
    )


def read_backup(directory: Path, signer: Signer) -> BackupManifest:
    """Return what a backup holds, after checking who signed that, and its files against it.

    Raises:
        BackupFailed: it is none, or not whole, or not signed.
    """
    try:
        raw = read_regular(directory / "backup.json", most=_MOST)
    except OSError as error:
        raise BackupFailed(f"{directory} is no backup: {error}") from error
    signer.require(directory, raw)
    try:
        manifest = msgspec.json.decode(raw, type=BackupManifest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BackupFailed(f"{directory} is no backup: {error}") from error
    if manifest.format != FORMAT or "database" not in manifest.files:
        raise BackupFailed(f"{directory} is no {FORMAT}")
    known = {"database", *(f"keys/{name}" for name in KEY_FILES)}
    for name, digest in manifest.files.items():
        path = directory / name
        if name not in known or not path.is_file() or _digest(path) != digest:
            raise BackupChanged(f"{path} is not what was backed up")
    return manifest


@contextmanager
def keys_put_back(directory: Path, manifest: BackupManifest, data_dir: Path) -> Iterator[None]:
    """Put the keys of a backup into *data_dir*; a key that is there stays.

    If what is done with them fails, they are taken away again: another backup may be put back then.

    Raises:
        BackupFailed: another key is there, or one that the record cannot do without is nowhere.
    """
    there = {name: data_dir / name for name in KEY_FILES}
    saved = {name: directory / "keys" / name for name in KEY_FILES}
    saved = {name: path for name, path in saved.items() if f"keys/{name}" in manifest.files}
    for name, path in saved.items():
        if there[name].exists() and there[name].read_bytes() != path.read_bytes():
            raise BackupFailed(f"{there[name]} is another key than the backup's; nothing was done")
    for name in KEY_FILES[:3]:
        if name not in saved and not there[name].exists():
            raise BackupFailed(
                f"the backup was made without keys: put {name} into {data_dir} first"
            )
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in saved if not there[name].exists()]
    try:
        for name in missing:
            _write(there[name], saved[name].read_bytes())
        yield
    except BaseException:
        for name in missing:
            there[name].unlink(missing_ok=True)
        raise


def _drop(unfinished: Path) -> None:
    if unfinished.exists():
        shutil.rmtree(unfinished)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
