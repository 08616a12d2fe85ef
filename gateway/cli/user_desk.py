"""The desk behind ``chakong users``: people, what they may do, and how they begin to sign in."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from auth.enrolment import new_activation_code
from auth.passwords import Passwords
from auth.scopes import Entitlements
from auth.second_factor import hashed
from domain.grant import GrantRefused
from gateway.cli.desk import at_the_database
from gateway.cli.granting_desk import Wanted, brief, granting, require_our_name, told
from gateway.granting import Granting
from storage.accounts import UserRecord, find_client, find_user, keep_users
from storage.database import Database
from storage.grants import HolderKind, grants_in_force
from storage.second_factors import keep_activation
from storage.sessions import end_sessions_of

ACTIVATION_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    id: str
    name: str
    credential: str | None
    wanted: Wanted


def create(config: Path | None, by: str, new: NewUser) -> dict[str, Any]:
    """Make an account with its grant; the activation code is told this once.

    Raises:
        ValueError, FileNotFoundError: something of it may not be, or there is such an account.
    """
    nobody_knows = Passwords().hash(secrets.token_urlsafe(32))

    require_our_name(new.id)

    def work(steps: Granting, connection: Connection) -> dict[str, Any]:
        if find_user(connection, new.id) or find_client(connection, new.id):
            raise GrantRefused(f"{new.id} is taken.")
        _require_person(new.wanted.role)
        given = steps.give(connection, HolderKind.PERSON, new.id, new.wanted.grant(steps.at))
        keep_users(
            connection,
            [
                UserRecord(
                    id=new.id,
                    name=new.name,
                    password_hash=nobody_knows,
                    role=new.wanted.role or "",
                    organisation=new.wanted.organisation,
                    credential=new.credential,
                )
            ],
        )
        return {**told(given), "activation": _activate(connection, new.id)}

    return granting(config, by, work)


def assign(config: Path | None, by: str, user_id: str, wanted: Wanted) -> dict[str, Any]:
    """Give somebody another grant; what they had ends, and nothing of it is inherited.

    Raises:
        ValueError, FileNotFoundError: no such account, or what may not be given.
    """

    def work(steps: Granting, connection: Connection) -> dict[str, Any]:
        _require_user(connection, user_id)
        _require_person(wanted.role)
        return told(steps.give(connection, HolderKind.PERSON, user_id, wanted.grant(steps.at)))

    return granting(config, by, work)


def activate(config: Path | None, by: str, user_id: str) -> dict[str, Any]:
    """Let somebody choose a password and a second factor anew; what they had is void.

    Raises:
        ValueError, FileNotFoundError: no such account, or nothing granted to it.
    """

    def work(steps: Granting, connection: Connection) -> dict[str, Any]:
        _require_user(connection, user_id)
        steps.rotated(connection, HolderKind.PERSON, user_id)
        end_sessions_of(connection, user_id)
        return {"user": user_id, "activation": _activate(connection, user_id)}

    return granting(config, by, work)


def disable(config: Path | None, by: str, user_id: str, why: str) -> dict[str, Any]:
    """Take somebody's grant back; their sessions end now. Raises as `activate` does."""
    return granting(
        config, by, lambda steps, c: told(steps.end(c, HolderKind.PERSON, user_id, why))
    )


def listed(config: Path | None, *, whole: bool) -> list[dict[str, Any]]:
    """Return the people who may do something now."""

    async def work(database: Database) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        held = await database.read(lambda c: grants_in_force(c, now, holders=(HolderKind.PERSON,)))
        return [(told if whole else brief)(one) for one in held]

    return at_the_database(config, work)


def _activate(connection: Connection, user_id: str) -> str:
    code = new_activation_code()
    keep_activation(connection, user_id, hashed(code), int(time.time()) + ACTIVATION_SECONDS)
    return code


def _require_user(connection: Connection, user_id: str) -> None:
    if find_user(connection, user_id) is None:
        raise GrantRefused(f"There is no user {user_id}.")


def _require_person(role: str | None) -> None:
    if role is None or not Entitlements.from_catalogue().is_for_people(role):
        raise GrantRefused(f"{role} is no role of people.")
