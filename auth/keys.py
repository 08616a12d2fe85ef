"""The keys that sign access tokens: ES256, one file, public half published as a JWK Set.

The file is a private JWK Set (RFC 7517). Its first key signs; every key in it verifies, so a key
is replaced by putting the new one in front and dropping the old one after the longest lifetime.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"
_CURVE = "P-256"
# Group may read (secret mounts with a group owner do that); nobody else may do anything.
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


class KeyFileUnusable(ValueError):
    """The key file is not a private ES256 JWK Set, or others may read it."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """`signing` is the private key in use, `public` what a guard needs to verify."""

    signing: ECKey
    public: KeySet

    @classmethod
    def generate(cls) -> Self:
        return cls._of([_new_key()])

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Return the keys in *path*; make the file, mode 0600, if it does not exist.

        Several processes may start at once: exactly one file wins and all of them load it.

        Raises:
            KeyFileUnusable: the file exists and cannot be used; it is never overwritten.
        """
        if not path.exists():
            keep_secret(path, json.dumps({"keys": [_new_key().as_dict(private=True)]}))
        return cls._of(_read(path))

    @classmethod
    def _of(cls, private: list[ECKey]) -> Self:
        public = KeySet([ECKey.import_key(key.as_dict(private=False)) for key in private])
        return cls(signing=private[0], public=public)

    def jwks(self) -> dict[str, Any]:
        """Return the public JWK Set, for `/oauth/jwks`."""
        return {"keys": [key.as_dict(private=False) for key in self.public.keys]}

    def secret_for(self, label: str) -> bytes:
        """Return 32 bytes for one other purpose, the same in every process with this key file."""
        private = str(self.signing.as_dict(private=True)["d"])
        return hmac.digest(private.encode(), label.encode(), hashlib.sha256)


def _new_key() -> ECKey:
    return ECKey.generate_key(_CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


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


def _read(path: Path) -> list[ECKey]:
    if os.name == "posix" and path.stat().st_mode & _FORBIDDEN_MODE:
        raise KeyFileUnusable("The signing key file must not be accessible to others (mode 0600).")
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        keys = [ECKey.import_key(entry) for entry in document["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
        raise KeyFileUnusable("The signing key file is not a JWK Set of EC keys.") from error
    for key in keys:
        if not key.is_private or key.curve_name != _CURVE or key.alg != ALGORITHM or not key.kid:
            raise KeyFileUnusable("Every signing key must be a private ES256 key with a kid.")
    if not keys or len({key.kid for key in keys}) != len(keys):
        raise KeyFileUnusable("The signing key file needs at least one key, each with its own kid.")
    return keys
