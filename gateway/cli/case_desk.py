"""The case desk behind ``chakong cases``: the register's export into the gateway's database."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from domain.record import RecordKind
from gateway.case_register import read_register
from gateway.cli.desk import record_keys, with_settings
from gateway.cli.operator import operator
from gateway.plain_record import Rests, entry_beside
from gateway.settings import Settings
from storage.cases import CaseRecord, find_case, keep_cases, keep_officers
from storage.database import Database
from storage.record import append


def take_over(config: Path | None, file: Path) -> dict[str, int]:
    """Keep what the export *file* has, in one transaction; return how much that was.

    Who may see a case is changed by it: that, and in which cases, is an entry of the record in the same
    transaction.

    Raises:
        ValueError, FileNotFoundError: the file, or the configuration, does not fit or is not there.
    """
    officers, cases = read_register(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    async def work(settings: Settings, database: Database) -> dict[str, int]:
        keys = record_keys(settings)

        def keep(connection: Connection) -> None:
            reassigned = _reassigned(connection, cases)
            keep_officers(connection, officers)
            keep_cases(connection, cases)
            told = {"command": "cases import", "sha256": digest, "cases": len(cases)}
            draft = entry_beside(
                keys,
                operator(),
                RecordKind.GRANT,
                "ASSIGNED",
                {"what": told},
                rests_on=Rests(cases=reassigned),
                at=datetime.now(UTC),
            )
            append(connection, None, [draft])

        await database.write(keep)
        return {"officers": len(officers), "cases": len(cases)}

    return with_settings(config, work, is_first=True)


def _reassigned(connection: Connection, cases: Sequence[CaseRecord]) -> list[str]:
    """Return the cases whose officers are about to be others than they were."""
    changed = []
    for case in cases:
        known = find_case(connection, case.number)
        before = set() if known is None else _assigned(known)
        if before != _assigned(case):
            changed.append(case.number)
    return [str(number) for number in changed]


def _assigned(case: CaseRecord) -> set[tuple[str, str]]:
    return {(one.officer.id, one.capacity) for one in case.officers}
