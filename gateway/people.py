"""People who sign in: their factors and their beginnings, in the gateway's database."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from auth.enrolment import EnrolmentStore
from auth.keys import keep_secret
from auth.second_factor import CODE_FIELD, FactorStore, Seal, SecondFactor
from gateway.from_threads import FromThreads
from storage.database import Database
from storage.second_factors import (
    activation_stands,
    confirm_second_factor,
    end_activation,
    find_second_factor,
    keep_password,
    propose_password,
    propose_second_factor,
    take_recovery_code,
    use_step,
)
from storage.sessions import end_sessions_of

DEMO_CODE: Final = "990203"
"""The second factor of everybody in the demo, who has enrolled no other."""


class StoredFactors(FactorStore):
    """`auth.second_factor.FactorStore` over `storage.second_factors`; called from worker threads."""

    def __init__(self, database: Database) -> None:
        self._database = FromThreads(database)

    def sealed_secret(self, user_id: str) -> bytes | None:
        found = self._database.read(lambda c: find_second_factor(c, user_id))
        return found.sealed if found is not None and found.confirmed else None

    def use_step(self, user_id: str, step: int) -> bool:
        return self._database.write(lambda c: use_step(c, user_id, step))

    def take_recovery_code(self, user_id: str, code_hash: str) -> bool:
        return self._database.write(lambda c: take_recovery_code(c, user_id, code_hash))


class StoredEnrolments(EnrolmentStore):
    """`auth.enrolment.EnrolmentStore` over `storage.second_factors`; called from worker threads."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = FromThreads(database)
        self._clock = clock

    def activation_stands(self, user_id: str, code_hash: str) -> bool:
        now = int(self._clock())
        return self._database.read(lambda c: activation_stands(c, user_id, code_hash, now))

    def propose(self, user_id: str, password_hash: str, sealed: bytes) -> None:
        def work(connection: Connection) -> None:
            propose_second_factor(connection, user_id, sealed)
            propose_password(connection, user_id, password_hash)

        self._database.write(work)

    def proposed(self, user_id: str) -> bytes | None:
        found = self._database.read(lambda c: find_second_factor(c, user_id))
        return None if found is None else found.sealed

    def keep_password(self, user_id: str, password_hash: str) -> None:
        def work(connection: Connection) -> None:
            keep_password(connection, user_id, password_hash)
            end_sessions_of(connection, user_id)

        self._database.write(work)

    def begin(self, user_id: str, step: int, recovery: Sequence[str]) -> bool:
        at = datetime.fromtimestamp(self._clock(), UTC)

        def work(connection: Connection) -> bool:
            password_hash = end_activation(connection, user_id)
            if password_hash is None:
                return False
            keep_password(connection, user_id, password_hash)
            use_step(connection, user_id, step)
            confirm_second_factor(connection, user_id, recovery, at=at)
            return True

        return self._database.write(work)


class DemoFactor(SecondFactor):
    """One code for everybody, always the same: with synthetic people only."""

    def __init__(self, real: SecondFactor) -> None:
        """Who has enrolled with *real* proves that instead."""
        self._real = real

    def enrolled(self, user_id: str) -> bool:
        del user_id
        return True

    def challenge(self, user_id: str) -> Mapping[str, str]:
        return self._real.challenge(user_id)

    def accepts(self, user_id: str, answers: Mapping[str, str]) -> bool:
        if self._real.enrolled(user_id):
            return self._real.accepts(user_id, answers)
        return answers.get(CODE_FIELD) == DEMO_CODE


def factor_seal(directory: Path) -> Seal:
    """Return what seals people's secrets; its key is made once, beside the database."""
    path = directory / "second-factor-key"
    if not path.exists():
        keep_secret(path, secrets.token_hex(32))
    return Seal(bytes.fromhex(path.read_text(encoding="ascii").strip()))
