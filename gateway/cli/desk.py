"""What the commands of a desk share: settings, logs, and the gateway's database for one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gateway.logs import configure_logs
from gateway.settings import Settings, load_settings
from storage.database import Database, open_database
from storage.migration import migrate

T = TypeVar("T")


def at_the_database(config: Path | None, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do *work* at the database that the configuration names.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or is not there.
    """
    return with_settings(config, lambda _, database: work(database))


def with_settings(config: Path | None, work: Callable[[Settings, Database], Awaitable[T]]) -> T:
    """As `at_the_database`, for work that needs the settings too."""
    settings = load_settings(config)
    configure_logs(settings)  # to standard error: standard output is for the answer

    async def run() -> T:
        database = open_database(settings.database)
        try:
            await migrate(database)
            return await work(settings, database)
        finally:
            await database.close()

    return asyncio.run(run())
