"""
How a person begins: an activation code, handed over in person, is changed for a password and a factor.

1. `propose`: name, code and a new password give a secret, shown as a QR code;
2. `confirm`: the first code that the authenticator makes of it; the activation is used up, and the
   recovery codes are shown, this once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # it ships no types

from auth.passwords import Passwords
from auth.second_factor import (
    Seal,
    hashed,
    matching_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    random_code,
)
from auth.throttle import Throttle

SHORTEST_PASSWORD: Final = 12  # characters
LONGEST_PASSWORD: Final = 256


class EnrolmentStore(Protocol):
    """What is remembered of people who begin. Called from worker threads; may block."""

    def activation_stands(self, user_id: str, code_hash: str) -> bool: ...

    def propose(self, user_id: str, password_hash: str, sealed: bytes) -> None:
        """Keep both until they are confirmed."""

    def proposed(self, user_id: str) -> bytes | None: ...

    def keep_password(self, user_id: str, password_hash: str) -> None:
        """Keep it in the place of the old one, and end whatever sessions there are."""

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

    def change(self, user_id: str, password: str) -> None:
        """Keep another *password* of somebody who has just proved who they are.

        Raises:
            CannotBegin: it is too easy.
        """
        if is_weak(password, user_id):
            raise CannotBegin(weak=True)
        self._store.keep_password(user_id, self._passwords.hash(password))

    def _require(self, user_id: str, code: str) -> None:
        tried_too_often = self._throttle.begin(f"activate {user_id}") > 0
        code_hash = hashed(code.strip().upper())
        if tried_too_often or not self._store.activation_stands(user_id, code_hash):
            raise CannotBegin


def new_activation_code() -> str:
    """Return a code of 120 bits, in groups that can be read out."""
    return random_code()


def is_weak(password: str, user_id: str) -> bool:
    """Return whether *password* is too short, too long, or guessed sooner than in some 10^8 tries.

    Among the guesses are the most used passwords, what keyboards and calendars suggest, and the words of
    this place; there are no rules about kinds of characters.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return True
    estimate = zxcvbn(password[:_LOOKED_AT], user_inputs=[user_id, *_WORDS_OF_THIS_PLACE])
    return int(estimate["score"]) < _GOOD_ENOUGH


_LOOKED_AT: Final = 72  # characters: zxcvbn takes no more
_GOOD_ENOUGH: Final = 3  # of 4
_WORDS_OF_THIS_PLACE: Final = (
    "chakong",
    "查控",
    "court",
    "fayuan",
    "法院",
    "zhixing",
    "执行",
    "executor",
    "approver",
    "president",
    "supervisor",
    "auditor",
    "admin",
)
