"""
Who vouches for a backup: its manifest is signed by the record's key, and is read only if it is.

Files are compared with the manifest, so the signature covers all of them. Whoever has the key can sign what he
likes: a key that came with the backup shows that nothing was changed since, not whose backup it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from domain.checkpoint import NoteBroken
from domain.note_key import ED25519, parse_note_key
from gateway.foreign_file import read_regular
from storage.backup import BackupFailed

SIGNATURE: Final = "backup.json.sig"  # Ed25519 over backup.json, 64 bytes
_KEY: Final = "record-signing.key"
_MOST: Final = 1024  # bytes of a key or a signature


class BackupNotSigned(BackupFailed):
    """Nobody vouches for it."""

    code = "BACKUP_NOT_SIGNED"


class BackupChanged(BackupFailed):
    """It is not what was backed up, or another key signed it."""

    code = "BACKUP_CHANGED"


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that a backup's signature is checked with, and where it came from."""

    public: Ed25519PublicKey
    came_from: str

    def require(self, directory: Path, manifest: bytes) -> None:
        """Refuse a manifest that this key did not sign.

        Raises:
            BackupNotSigned, BackupChanged: see there.
        """
        try:
            signature = read_regular(directory / SIGNATURE, most=_MOST)
        except OSError as error:
            raise BackupNotSigned(f"{directory} has no signature ({SIGNATURE})") from error
        try:
            self.public.verify(signature, manifest)
        except InvalidSignature as error:
            raise BackupChanged(
                f"backup.json was changed, or another key signed it than that of {self.came_from}"
            ) from error


def signer_of(directory: Path, data_dir: Path, given: str | None) -> Signer:
    """Return whose signature counts: the key *given*, else the data directory's, else the backup's own.

    Args:
        given: ``NAME+ID+BASE64``.

    Raises:
        BackupFailed: there is none, or it is no key.
    """
    if given is not None:
        return Signer(_parsed(given), "the command line")
    for place, name in ((data_dir, str(data_dir)), (directory / "keys", "the backup")):
        if (path := place / _KEY).exists():
            return Signer(_read(path), name)
    raise BackupFailed(f"the backup was made without keys: put {_KEY} into {data_dir} first")


def _parsed(given: str) -> Ed25519PublicKey:
    try:
        key = parse_note_key(given)
        if key.algorithm != ED25519:
            raise BackupFailed("backups are signed with Ed25519, and the key is of another kind")
        return Ed25519PublicKey.from_public_bytes(key.public)
    except (NoteBroken, ValueError) as error:
        raise BackupFailed(str(error)) from error


def _read(path: Path) -> Ed25519PublicKey:
    try:
        secret = bytes.fromhex(read_regular(path, most=_MOST).decode("ascii"))
        return Ed25519PrivateKey.from_private_bytes(secret).public_key()
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{path} is no key") from error
