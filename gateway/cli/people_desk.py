"""The desk behind ``chakong people``: which account stands for which number."""

from datetime import UTC, datetime
from pathlib import Path

from domain.identity import parse_id_number
from domain.masks import mask_id_number
from gateway.cli.desk import at_the_database
from storage.database import Database
from storage.verified_people import VerifiedPerson, keep_verified_person


def bind(config: Path | None, account: str, number: str, by: str) -> dict[str, str]:
    """Bind *account* to *number*, over what it stood for; return both, the number masked.

    Raises:
        ValueError, FileNotFoundError: the number, or the configuration, does not fit.
    """
    person = VerifiedPerson(
        subject=account,
        id_number=parse_id_number(number),
        verified_by=by,
        verified_at=datetime.now(UTC),
    )

    async def work(database: Database) -> dict[str, str]:
        await database.write(lambda c: keep_verified_person(c, person))
        return {"account": account, "number": mask_id_number(person.id_number)}

    return at_the_database(config, work)
