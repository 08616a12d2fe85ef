"""Passwords and client secrets: argon2id, and the same work for a name nobody has."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_LONGEST = 1024  # characters; more is refused before hashing


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Hash with *hasher*, or with argon2-cffi's default (RFC 9106, low-memory profile)."""
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, password: str, known: str | None) -> bool:
        """Return whether *password* has the hash *known*.

        None (no such name) costs the same time as a wrong password, as long as stored hashes were
        made with this hasher's parameters.
        """
        if len(password) > _LONGEST:
            return False
        try:
            matches = self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return matches and known is not None
