"""Passwords: a wrong one and an unknown name cost the same work."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from auth.passwords import Passwords
from tests.auth.world import CHEAP


class Counting(PasswordHasher):
    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.worked_on: list[str] = []

    def verify(self, hash: Any, password: Any) -> Any:
        self.worked_on.append(hash)
        return super().verify(hash, password)


def test_only_the_right_password_is_right() -> None:
    known = CHEAP.hash("合成口令")

    assert CHEAP.verify("合成口令", known)
    assert not CHEAP.verify("合成口令 ", known)
    assert not CHEAP.verify("", known)
    assert not CHEAP.verify("x" * 2000, CHEAP.hash("x" * 2000))


@pytest.mark.parametrize("known", [None, "", "not a hash"])
def test_without_a_usable_hash_nothing_is_right(known: str | None) -> None:
    assert not CHEAP.verify("合成口令", known)


def test_an_unknown_name_costs_one_verification_too() -> None:
    hasher = Counting()

    Passwords(hasher).verify("x", None)

    [worked_on] = hasher.worked_on
    assert worked_on.startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_nobody_cannot_log_in_even_with_the_right_password() -> None:
    passwords = Passwords(Counting())
    passwords._nobody = passwords.hash("x")

    assert not passwords.verify("x", None)


def test_the_default_is_a_recommended_profile() -> None:
    stored = Passwords().hash("x")

    assert f"m={RFC_9106_LOW_MEMORY.memory_cost},t={RFC_9106_LOW_MEMORY.time_cost}" in stored
    assert stored.startswith("$argon2id$")
