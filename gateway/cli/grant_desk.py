"""The desk behind ``chakong grants``: who may do what, who gained what, what has to be confirmed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.grant import changes
from gateway.cli.desk import at_the_database
from gateway.cli.granting_desk import brief, end_of, granting, start_of, told
from gateway.granting import abilities
from storage.database import Database
from storage.grants import HolderKind, grants_in_force


def differences(config: Path | None, begin: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return who could do more, or less, when *end* was over than when *begin* began.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit.
    """

    async def work(database: Database) -> list[dict[str, Any]]:
        before = await database.read(lambda c: grants_in_force(c, start_of(begin)))
        after = await database.read(lambda c: grants_in_force(c, end_of(end)))
        return [
            {
                "holder": one.holder,
                "gained": "\n".join(sorted(one.gained)),
                "lost": "\n".join(sorted(one.lost)),
            }
            for one in changes(abilities(before), abilities(after))
        ]

    return at_the_database(config, work)


def due(config: Path | None, within: int, department: str | None) -> list[dict[str, Any]]:
    """Return what ends within *within* days if nobody confirms it, by department."""

    async def work(database: Database) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        until = now + timedelta(days=within)
        held = await database.read(lambda c: grants_in_force(c, now))
        ending = [
            one
            for one in held
            if one.grant.expires_at <= until and department in (None, one.grant.organisation)
        ]
        ending.sort(key=lambda one: (one.grant.organisation, one.grant.expires_at, one.holder))
        return [brief(one) for one in ending]

    return at_the_database(config, work)


def confirm(  # noqa: PLR0913, PLR0917 -- whose, until when, on which papers
    config: Path | None,
    by: str,
    kind: HolderKind,
    holder: str,
    until: datetime,
    agreement: str | None,
    assessment: str | None,
) -> dict[str, Any]:
    """Give for another while what *holder* has.

    Raises:
        ValueError, FileNotFoundError: nothing is in force, or the end is too far away.
    """
    return granting(
        config,
        by,
        lambda steps, c: told(steps.confirm(c, kind, holder, end_of(until), agreement, assessment)),
    )
