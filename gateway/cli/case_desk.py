"""The case desk behind ``chakong cases``: the register's export into the gateway's database."""

from pathlib import Path

from sqlalchemy import Connection

from gateway.case_register import read_register
from gateway.cli.desk import at_the_database
from storage.cases import keep_cases, keep_officers
from storage.database import Database


def take_over(config: Path | None, file: Path) -> dict[str, int]:
    """Keep what the export *file* has, in one transaction; return how much that was.

    Raises:
        ValueError, FileNotFoundError: the file, or the configuration, does not fit or is not there.
    """
    officers, cases = read_register(file)

    def keep(connection: Connection) -> None:
        keep_officers(connection, officers)
        keep_cases(connection, cases)

    async def work(database: Database) -> dict[str, int]:
        await database.write(keep)
        return {"officers": len(officers), "cases": len(cases)}

    return at_the_database(config, work)
