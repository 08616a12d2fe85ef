"""The keys that sign access tokens: one file, public halves published as a JWK Set.

The file is a private JWK Set (RFC 7517). Each key may say from when it signs (`signs_from`) and how
long what it signed is good (`verifies_until`), in epoch seconds; `auth.key_rotation` writes both.
Every process looks at the file again when it changed, so that nobody is restarted for a new key.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from joserfc.jwk import KeySet

from auth.algorithms import Key, KeyUnusable, new_key, read_key

ALGORITHM: Final = "ES256"
# Group may read (secret mounts with a group owner do that); nobody else may do anything.
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO
_LOOK_AGAIN: Final = 1.0  # seconds between two looks at the file


class KeyFileUnusable(ValueError):
    """The key file is not a private JWK Set of signing keys, or others may read it."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class KeptKey:
    """A private key with its times; `verifies_until` None: as long as it stands in the file."""

    key: Key
    signs_from: int = 0
    verifies_until: int | None = None

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Self:
        plain = {k: v for k, v in members.items() if k not in {"signs_from", "verifies_until"}}
        until = members.get("verifies_until")
        return cls(
            key=read_key(plain),
            signs_from=int(members.get("signs_from", 0)),
            verifies_until=None if until is None else int(until),
        )

    def members(self) -> dict[str, Any]:
        times: dict[str, Any] = {"signs_from": self.signs_from} if self.signs_from else {}
        if self.verifies_until is not None:
            times["verifies_until"] = self.verifies_until
        return {**self.key.as_dict(private=True), **times}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class KeyFile:
    """What stands in the file: the keys, and the root that secrets of other purposes come from."""

    keys: tuple[KeptKey, ...]
    root: bytes

    @classmethod
    def new(cls, algorithm: str = ALGORITHM) -> Self:
        return cls(keys=(KeptKey(key=new_key(algorithm)),), root=secrets.token_bytes(32))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises KeyFileUnusable."""
        if os.name == "posix" and path.stat().st_mode & _FORBIDDEN_MODE:
            raise KeyFileUnusable("The signing key file must be accessible to nobody else (0600).")
        try:
            document = json.loads(path.read_text(encoding="ascii"))
            keys = tuple(KeptKey.of(entry) for entry in document["keys"])
            root = bytes.fromhex(document.get("root", ""))
        except (ValueError, KeyError, TypeError, AttributeError, KeyUnusable) as error:
            raise KeyFileUnusable("The signing key file is not a JWK Set.") from error
        for kept in keys:
            if not kept.key.is_private or not kept.key.alg or not kept.key.kid:
                raise KeyFileUnusable("Every signing key must be private, with alg and kid.")
        if not keys or len({kept.key.kid for kept in keys}) != len(keys):
            raise KeyFileUnusable("The signing key file needs at least one key, each with its kid.")
        return cls(keys=keys, root=root or _root_of(keys[0].key))

    def text(self) -> str:
        keys = [kept.members() for kept in self.keys]
        return json.dumps({"keys": keys, "root": self.root.hex()})


def _root_of(key: Key) -> bytes:
    private = str(key.as_dict(private=True)["d"])
    return hmac.digest(private.encode(), b"root", hashlib.sha256)


class SigningKeys:
    """The key in use, and all that a guard needs to verify; safe to share between threads."""

    def __init__(
        self, known: KeyFile, *, path: Path | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Use *known*, and what is found at *path* whenever that changes. *clock*: epoch seconds."""
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._looked = -_LOOK_AGAIN
        self._version = None if path is None else _version(path)
        self._root = known.root
        self._keys: Sequence[KeptKey] = known.keys
        self._by_id = _by_id(known.keys)

    @classmethod
    def generate(
        cls, algorithm: str = ALGORITHM, *, clock: Callable[[], float] = time.time
    ) -> Self:
        return cls(KeyFile.new(algorithm), clock=clock)

    @classmethod
    def load_or_create(
        cls, path: Path, algorithm: str = ALGORITHM, *, clock: Callable[[], float] = time.time
    ) -> Self:
        """Return the keys in *path*; make the file, mode 0600, if it does not exist.

        Several processes may start at once: exactly one file wins and all of them load it.

        Raises:
            KeyFileUnusable: the file exists and cannot be used; it is never overwritten.
        """
        if not path.exists():
            keep_secret(path, KeyFile.new(algorithm).text())
        return cls(KeyFile.read(path), path=path, clock=clock)

    @property
    def signing(self) -> Key:
        """Return the key that signs now: of those whose time has come, the latest."""
        self._look()
        now = self._clock()
        ready = [kept for kept in self._keys if kept.signs_from <= now]
        return max(ready or self._keys[:1], key=lambda kept: kept.signs_from).key

    @property
    def public(self) -> KeySet:
        """Return what is published: keys that sign, will sign, or signed what is still good."""
        self._look()
        now = self._clock()
        return KeySet(
            [
                read_key(kept.key.as_dict(private=False))
                for kept in self._keys
                if kept.verifies_until is None or kept.verifies_until > now
            ]
        )

    def find(self, kid: str) -> Key | None:
        """Return the key that verifies what names *kid*, or None."""
        self._look()
        found = self._by_id.get(kid)
        if found is None:
            return None
        key, until = found
        return key if until is None or until > self._clock() else None

    def jwks(self) -> dict[str, Any]:
        """Return the public JWK Set, for `/oauth/jwks`."""
        return {"keys": [key.as_dict(private=False) for key in self.public.keys]}

    def secret_for(self, label: str) -> bytes:
        """Return 32 bytes for one other purpose, the same in every process with this key file."""
        return hmac.digest(self._root, label.encode(), hashlib.sha256)

    def _look(self) -> None:
        """Read the file again if it changed; what cannot be read changes nothing."""
        if self._path is None or time.monotonic() - self._looked < _LOOK_AGAIN:
            return
        with self._lock:
            self._looked = time.monotonic()
            try:
                version = _version(self._path)
                if version == self._version:
                    return
                known = KeyFile.read(self._path)
            except (OSError, KeyFileUnusable):
                return
            self._version, self._keys, self._by_id = version, known.keys, _by_id(known.keys)


def _version(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


def _by_id(keys: Sequence[KeptKey]) -> dict[str, tuple[Key, int | None]]:
    return {
        str(kept.key.kid): (read_key(kept.key.as_dict(private=False)), kept.verifies_until)
        for kept in keys
    }


def keep_secret(path: Path, text: str) -> None:
    """Write *text* to *path*, whole and durable, for this user alone; what is there already stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, not a rename: it fails where a rename would replace another process's key.
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
