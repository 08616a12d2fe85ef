"""What a person proves besides the password, and the codes that begin or replace it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.instants import instant_text
from storage.tables.access import activations, recovery_codes, second_factors, users


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRecord:
    """A sealed secret; until it is *confirmed* by its first code, nobody signs in with it."""

    sealed: bytes = field(repr=False)
    confirmed: bool


def find_second_factor(connection: Connection, user_id: str) -> SecondFactorRecord | None:
    row = connection.execute(
        select(second_factors).where(second_factors.c.user_id == user_id)
    ).one_or_none()
    if row is None:
        return None
    return SecondFactorRecord(sealed=row.sealed, confirmed=row.confirmed_at is not None)


def propose_second_factor(connection: Connection, user_id: str, sealed: bytes) -> None:
    """Keep a new secret in the place of the old one, until it is confirmed."""
    connection.execute(delete(second_factors).where(second_factors.c.user_id == user_id))
    connection.execute(insert(second_factors).values(user_id=user_id, sealed=sealed, last_step=0))


def use_step(connection: Connection, user_id: str, step: int) -> bool:
    """Use up *step* and all before it; False if that was done already."""
    used = connection.execute(
        update(second_factors)
        .where(second_factors.c.user_id == user_id, second_factors.c.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount == 1


def confirm_second_factor(
    connection: Connection, user_id: str, hashes: Iterable[str], *, at: datetime
) -> None:
    """Let *user_id* sign in with the secret from now on; *hashes* are of the recovery codes."""
    connection.execute(
        update(second_factors)
        .where(second_factors.c.user_id == user_id)
        .values(confirmed_at=instant_text(at))
    )
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    connection.execute(
        insert(recovery_codes), [{"hash": one, "user_id": user_id} for one in hashes]
    )


def take_recovery_code(connection: Connection, user_id: str, code_hash: str) -> bool:
    """Use up a recovery code; of many takers at most one gets it."""
    taken = connection.execute(
        delete(recovery_codes).where(
            recovery_codes.c.hash == code_hash, recovery_codes.c.user_id == user_id
        )
    )
    return taken.rowcount == 1


def keep_activation(connection: Connection, user_id: str, code_hash: str, expires_at: int) -> None:
    """Let *user_id* begin anew with a code; whatever they signed in with is void.

    Args:
        expires_at: epoch seconds.
    """
    for table in (activations, second_factors, recovery_codes):
        connection.execute(delete(table).where(table.c.user_id == user_id))
    connection.execute(
        insert(activations).values(user_id=user_id, hash=code_hash, expires_at=expires_at)
    )


def activation_stands(connection: Connection, user_id: str, code_hash: str, now: int) -> bool:
    return (
        connection.execute(
            select(activations.c.user_id).where(
                activations.c.user_id == user_id,
                activations.c.hash == code_hash,
                activations.c.expires_at > now,
            )
        ).one_or_none()
        is not None
    )


def propose_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """Keep a password that counts from the end of the activation on."""
    connection.execute(
        update(activations)
        .where(activations.c.user_id == user_id)
        .values(password_hash=password_hash)
    )


def end_activation(connection: Connection, user_id: str) -> str | None:
    """Use the activation up and return the password's hash; None if somebody else just did."""
    ended: str | None = connection.scalar(
        delete(activations)
        .where(activations.c.user_id == user_id)
        .returning(activations.c.password_hash)
    )
    return ended


def keep_password(connection: Connection, user_id: str, password_hash: str) -> None:
    connection.execute(
        update(users).where(users.c.id == user_id).values(password_hash=password_hash)
    )
