"""The desk behind ``chakong audit``."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from auth.record_keys import RecordKeys
from gateway.cli.desk import with_settings
from gateway.record_attestors import attesting_of
from gateway.record_bundle import write_bundle
from gateway.record_keeper import RecordKeeper
from gateway.record_retention import forget
from gateway.recorder import Recorder
from gateway.settings import Settings, load_settings, record_origin
from storage.database import Database
from storage.record import record_size


def exported(
    config: Path | None, directory: Path, first: int, end: int | None
) -> dict[str, object]:
    """Sign the record as it is, and write a bundle of it; return its manifest.

    Raises:
        ValueError, OSError: nothing to bundle, or nowhere to put it.
    """

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
        keeper = _keeper(settings, database, keys)
        await keeper.turn()
        await attested(settings, database)
        size = await database.read(record_size)
        manifest = await database.read_aside(
            lambda c: write_bundle(
                c,
                directory,
                origin=record_origin(settings),
                keys=[keys.verifier],
                first=first,
                end=size if end is None else end,
            )
        )
        return dict(msgspec.to_builtins(manifest))

    return with_settings(config, work)


async def attested(settings: Settings, database: Database) -> None:
    """Have the newest checkpoint signed and stamped by whoever is configured and answers."""
    attesting = attesting_of(settings, database, lambda: datetime.now(UTC))
    if attesting is not None:
        await attesting.turn(at_once=True)
        await attesting.aclose()


def verifier(config: Path | None) -> str:
    """Return the public key of the record's signer, as verifiers want it."""
    settings = load_settings(config)
    return RecordKeys.load_or_create(settings.data_dir, settings.record_name).verifier


def erased(config: Path | None, now: datetime | None) -> dict[str, object]:
    """Erase what is over by *now* (UTC); return how many personal sides that were, by class."""
    moment = (now or datetime.now(UTC)).replace(tzinfo=UTC)

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
        keeper = _keeper(settings, database, keys)
        await keeper.turn()
        counts = await forget(database, keys, settings.record_retention(), moment)
        await keeper.turn()
        return {one.value: count for one, count in counts.items()}

    return with_settings(config, work)


def _keeper(settings: Settings, database: Database, keys: RecordKeys) -> RecordKeeper:
    def now() -> datetime:
        return datetime.now(UTC)

    return RecordKeeper(database, Recorder(database, now), keys, record_origin(settings), now)
