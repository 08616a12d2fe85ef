"""What the commands of a desk share: settings, logs, and the gateway's database for one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url

from auth.record_keys import RecordKeys
from domain.identity import IdNumber, subject_id
from gateway.kept_keys import pseudonym_key
from gateway.logs import configure_logs
from gateway.settings import Settings, load_settings
from storage.database import Database, open_database
from storage.migration import migrate

T = TypeVar("T")


def record_keys(settings: Settings) -> RecordKeys:
    """Return the keys of the record that the gateway of *settings* keeps."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return RecordKeys.load_or_create(settings.data_dir, settings.record_name)


def pseudonyms(settings: Settings) -> Callable[[IdNumber], str]:
    """Return what makes a person's pseudonym, as the gateway of *settings* does."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return partial(subject_id, key=pseudonym_key(settings))


def at_the_database(config: Path | None, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do *work* at the database that the configuration names.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or it or the database is not there.
    """
    return with_settings(config, lambda _, database: work(database))


def require_database(settings: Settings) -> None:
    """Refuse to work at a database that would only now be made, empty, in the wrong place.

    Raises:
        ValueError: SQLite's file is not there.
    """
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ValueError(f"no database at {url.database}; name the configuration with --config")


def with_settings(
    config: Path | None,
    work: Callable[[Settings, Database], Awaitable[T]],
    *,
    is_first: bool = False,
) -> T:
    """As `at_the_database`, for work that needs the settings too.

    Args:
        is_first: whether it may be done before a gateway ran: the database is made then.
    """
    settings = load_settings(config)
    if not is_first:
        require_database(settings)
    configure_logs(settings)  # to standard error: standard output is for the answer

    async def run() -> T:
        database = open_database(settings.database)
        try:
            await migrate(database)
            return await work(settings, database)
        finally:
            await database.close()

    return asyncio.run(run())
