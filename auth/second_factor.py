"""
What a person has, besides the password they know.

* SecondFactor           what a sign-in asks of any of them; a security key would be another
  + OneTimeCodes         RFC 6238: six digits, 30 seconds, each good once; or a recovery code

A security key (WebAuthn) fits in as it is: `challenge` gives the browser what it signs, `accepts` takes
the form field with the assertion. Nothing of it is built.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CODE_FIELD: Final = "code"
_STEP: Final = 30  # seconds
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY: Final = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}")
_RECOVERY_CODES: Final = 10
_NONCE_BYTES: Final = 12


class SecondFactor(Protocol):
    """One kind of second factor. Called from worker threads; may block."""

    def enrolled(self, user_id: str) -> bool: ...

    def challenge(self, user_id: str) -> Mapping[str, str]:
        """Return what the browser needs to answer; nothing where people read a code and type it."""

    def accepts(self, user_id: str, answers: Mapping[str, str]) -> bool:
        """Return whether *answers*, a form's fields, prove it; a true answer is used up."""


class FactorStore(Protocol):
    """What is remembered of people's factors. Called from worker threads; may block."""

    def sealed_secret(self, user_id: str) -> bytes | None:
        """Return the confirmed secret as it was sealed; None if there is none."""

    def use_step(self, user_id: str, step: int) -> bool:
        """Use up *step*, atomically; False if it, or a later one, was used before."""

    def take_recovery_code(self, user_id: str, code_hash: str) -> bool:
        """Use up a code, atomically; False if there is no such one."""


class Seal:
    """Keeps secrets unreadable in the database; each is bound to its user."""

    def __init__(self, key: bytes) -> None:
        """Seal with *key*, 32 bytes that are not in the database."""
        self._cipher = AESGCM(key)

    def close(self, user_id: str, secret: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), user_id.encode())

    def open(self, user_id: str, sealed: bytes) -> str | None:
        """Return the secret; None if it is another user's, or was sealed with another key."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, user_id.encode()).decode()
        except InvalidTag:
            return None


class OneTimeCodes(SecondFactor):
    """Time-based codes (RFC 6238), and the recovery codes for who lost what makes them."""

    def __init__(self, store: FactorStore, seal: Seal, clock: Callable[[], float]) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock

    def enrolled(self, user_id: str) -> bool:
        return self._store.sealed_secret(user_id) is not None

    def challenge(self, user_id: str) -> Mapping[str, str]:
        del user_id
        return {}

    def accepts(self, user_id: str, answers: Mapping[str, str]) -> bool:
        answer = answers.get(CODE_FIELD, "").replace(" ", "").upper()
        sealed = self._store.sealed_secret(user_id)
        secret = self._seal.open(user_id, sealed) if sealed is not None else None
        if secret is None:
            return False
        if _RECOVERY.fullmatch(answer):
            return self._store.take_recovery_code(user_id, hashed(answer))
        step = matching_step(secret, answer, self._clock())
        return step is not None and self._store.use_step(user_id, step)


def new_secret() -> str:
    """Return a secret of 160 bits in base32, as RFC 4226 (section 4) recommends."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, user_id: str) -> str:
    """Return what a QR code says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_id, issuer_name="Chakong")


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Return the time step whose code is *code*: the present one, or the one that just ended.

    Who reads a code types it a moment later (RFC 6238, section 5.2); nobody has one of the future.
    """
    if not _CODE.fullmatch(code):
        return None
    generator = pyotp.TOTP(secret, interval=_STEP)
    present = int(now) // _STEP
    found = None
    for step in (present - 1, present):
        if hmac.compare_digest(generator.generate_otp(step), code):
            found = step
    return found


def new_recovery_codes() -> Sequence[str]:
    return [random_code() for _ in range(_RECOVERY_CODES)]


def random_code() -> str:
    """Return 120 random bits in groups of four: a plain hash of it is as good as a slow one."""
    text = pyotp.random_base32(32)[:24]
    return "-".join(text[at : at + 4] for at in range(0, 24, 4))


def hashed(code: str) -> str:
    """Return SHA-256 of a code that nobody can guess; argon2 is for what people think up."""
    return hashlib.sha256(code.encode()).hexdigest()
