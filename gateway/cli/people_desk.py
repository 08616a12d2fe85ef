"""The desk behind ``chakong people``: which account stands for which number."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.identity import parse_id_number
from domain.masks import mask_id_number
from domain.record import RecordKind
from gateway.cli.desk import record_keys, with_settings
from gateway.cli.operator import operator
from gateway.plain_record import Rests, entry_beside
from gateway.settings import Settings
from storage.database import Database
from storage.record import RecordDraft, append
from storage.verified_people import VerifiedPerson, keep_verified_person


def bind(config: Path | None, account: str, number: str, by: str) -> dict[str, str]:
    """Bind *account* to *number*, over what it stood for; return both, the number masked.

    That it was done is an entry of the record, in the same transaction.

    Raises:
        ValueError, FileNotFoundError: the number, or the configuration, does not fit.
    """
    person = VerifiedPerson(
        subject=account,
        id_number=parse_id_number(number),
        verified_by=by,
        verified_at=datetime.now(UTC),
    )

    async def work(settings: Settings, database: Database) -> dict[str, str]:
        draft = _granted(record_keys(settings), person)

        def keep(connection: Connection) -> None:
            keep_verified_person(connection, person)
            append(connection, None, [draft])

        await database.write(keep)
        return {"account": account, "number": mask_id_number(person.id_number)}

    return with_settings(config, work, is_first=True)


def _granted(keys: RecordKeys, person: VerifiedPerson) -> RecordDraft:
    return entry_beside(
        keys,
        operator(),
        RecordKind.GRANT,
        "BOUND",
        {"what": {"command": "people verify"}},
        subjects=[person.id_number],
        rests_on=Rests(accounts=[person.subject, person.verified_by]),
        at=person.verified_at,
    )
