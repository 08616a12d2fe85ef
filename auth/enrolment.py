"""
How a person begins: an activation code, handed over in person, is changed for a password and a factor.

1. `propose`: name, code and a new password give a secret, shown as a QR code;
2. `confirm`: the first code that the authenticator makes of it; the activation is used up, and the
   recovery codes are shown, this once.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import pyotp

from auth.passwords import Passwords
from auth.second_factor import (
    Seal,
    hashed,
    matching_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
)
from auth.throttle import Throttle

SHORTEST_PASSWORD: Final = 12  # characters (ASVS 5.0, 6.2.9 wants 15 allowed and 8 at least)
LONGEST_PASSWORD: Final = 256


class EnrolmentStore(Protocol):
    """What is remembered of people who begin. Called from worker threads; may block."""

    def activation_stands(self, user_id: str, code_hash: str) -> bool: ...

    def propose(self, user_id: str, password_hash: str, sealed: bytes) -> None:
        """Keep both until they are confirmed."""

    def proposed(self, user_id: str) -> bytes | None: ...

    def begin(self, user_id: str, step: int, recovery: Sequence[str]) -> bool:
        """Put what was proposed in force and use the activation up; False if that was done."""


class CannotBegin(Exception):
    """The name, the code or the password is not what it should be; `weak`: it is the password."""

    def __init__(self, *, weak: bool = False) -> None:
        super().__init__("This activation cannot begin.")
        self.weak = weak


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What the authenticator is to keep."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class Enrolment:
    def __init__(
        self,
        *,
        store: EnrolmentStore,
        passwords: Passwords,
        seal: Seal,
        throttle: Throttle,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._seal = seal
        self._throttle = throttle
        self._clock = clock

    def propose(self, user_id: str, code: str, password: str) -> Proposed:
        """Return a new secret for who has an activation *code*.

        Raises:
            CannotBegin: no such activation, or a password that is too easy.
        """
        self._require(user_id, code)
        if is_weak(password, user_id):
            raise CannotBegin(weak=True)
        secret = new_secret()
        known = self._passwords.hash(password)
        self._store.propose(user_id, known, self._seal.close(user_id, secret))
        return Proposed(secret=secret, uri=provisioning_uri(secret, user_id))

    def confirm(self, user_id: str, code: str, first: str) -> Sequence[str]:
        """Return the recovery codes of who shows the *first* code of the new authenticator.

        Raises:
            CannotBegin: as `propose`, or the code is not of that secret.
        """
        self._require(user_id, code)
        sealed = self._store.proposed(user_id)
        secret = self._seal.open(user_id, sealed) if sealed is not None else None
        step = matching_step(secret, first.replace(" ", ""), self._clock()) if secret else None
        if step is None:
            raise CannotBegin
        recovery = new_recovery_codes()
        if not self._store.begin(user_id, step, [hashed(one) for one in recovery]):
            raise CannotBegin
        self._throttle.succeed(f"activate {user_id}")
        return recovery

    def _require(self, user_id: str, code: str) -> None:
        tried_too_often = self._throttle.begin(f"activate {user_id}") > 0
        code_hash = hashed(code.strip().upper())
        if tried_too_often or not self._store.activation_stands(user_id, code_hash):
            raise CannotBegin


def new_activation_code() -> str:
    """Return a code of 80 bits, in groups that can be read out."""
    text = pyotp.random_base32(32)[:16]
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def is_weak(password: str, user_id: str) -> bool:
    """Return whether *password* is too short, too long, too plain, or among the usual ones."""
    folded = password.casefold()
    return (
        not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
        or len(set(folded)) < _FEWEST_CHARACTERS
        or user_id.casefold() in folded
        or any(word in folded and len(folded) < len(word) + 6 for word in _USUAL)
        or _is_a_run(folded)
    )


_FEWEST_CHARACTERS: Final = 5
_USUAL: Final = (
    "password",
    "passw0rd",
    "qwertyuiop",
    "asdfghjkl",
    "1qaz2wsx",
    "letmein",
    "welcome",
    "administrator",
    "admin",
    "chakong",
    "iloveyou",
    "woaini",
    "123456",
    "888888",
    "666666",
    "5201314",
)


def _is_a_run(text: str) -> bool:
    """Return whether every character follows the one before it, as in ``abcdefghijkl``."""
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(text)}
    return len(steps) == 1
