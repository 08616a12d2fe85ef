"""The desk behind ``chakong audit``."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from auth.record_keys import RecordKeys
from auth.time_stamps import StampRoots
from domain.note_key import COSIGNATURE, ED25519
from domain.record import RecordKind
from gateway.cli.desk import with_settings
from gateway.cli.operator import operator
from gateway.plain_record import entry_beside
from gateway.record_attestors import attesting_keys, attesting_of, stamp_roots
from gateway.record_bundle import write_bundle
from gateway.record_database import verify_database
from gateway.record_keeper import RecordKeeper
from gateway.record_origin import record_origin
from gateway.record_ownership import require_own_record
from gateway.record_retention import forget
from gateway.recorder import Recorder
from gateway.settings import Settings, load_settings
from storage.database import Database, open_database
from storage.record import RecordDraft, append, record_size


def exported(
    config: Path | None, directory: Path, first: int, end: int | None
) -> dict[str, object]:
    """Sign the record as it is, and write a bundle of it; return its manifest.

    Raises:
        ValueError, OSError: nothing to bundle, or nowhere to put it.
    """

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        keys = kept_keys(settings)
        await require_own_record(database, keys)
        keeper = _keeper(settings, database, keys)
        told = {"what": {"bundle": True, "first": first, "end": end}}
        draft = entry_beside(
            keys, operator(), RecordKind.EXPORT, "TAKEN", told, at=datetime.now(UTC)
        )
        await recorded(database, draft)
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


def database_checked(
    config: Path | None,
    verifiers: Sequence[str],
    expected: str | None,
    tsa_ca: Path | None,
    counted: Callable[[int, int], None],
) -> dict[str, object]:
    """Hold the database against itself and against signatures; return the verdict.

    Args:
        verifiers: whose signatures count besides this installation's own and those of the second
            signers and witnesses that it is configured with. Lines whose algorithm needs a program are
            not checked here, but in a bundle.
        tsa_ca: authorities that time stamps are checked with; the configured ones if left out.
        counted: hears how many entries of how many were checked.

    Raises:
        ValueError: a key cannot be read, or the database is none of this version.
    """
    settings = load_settings(config)
    keys = kept_keys(settings)
    known = [
        str(key) for key in attesting_keys(settings) if key.algorithm in {ED25519, COSIGNATURE}
    ]
    roots = stamp_roots(settings) if tsa_ca is None else StampRoots.read(tsa_ca)

    def work(connection: Connection) -> dict[str, object]:
        size = record_size(connection)
        flaw = verify_database(
            connection,
            keys,
            verifiers=[keys.verifier, *known, *verifiers],
            origin=record_origin(settings),
            expected=expected,
            roots=roots,
            counted=lambda n: counted(n, size),
        )
        return {
            "valid": flaw is None,
            "origin": record_origin(settings),
            "entries": size,
            "part": None if flaw is None else flaw.part.value,
            "fault": None if flaw is None else flaw.fault,
            "entry": None if flaw is None else flaw.entry,
        }

    async def run() -> dict[str, object]:
        database = open_database(settings.database)
        try:
            return await database.read_aside(work)
        except (DBAPIError, UnicodeDecodeError) as error:
            raise ValueError(
                f"the database cannot be read ({type(error).__name__}): it is damaged, or was made "
                "by another version; `chakong serve` brings an older one up to date"
            ) from error
        finally:
            await database.close()

    return asyncio.run(run())


async def attested(settings: Settings, database: Database) -> None:
    """Have the newest checkpoint signed and stamped by whoever is configured and answers."""
    attesting = attesting_of(settings, database, lambda: datetime.now(UTC))
    if attesting is not None:
        await attesting.turn(at_once=True)
        await attesting.aclose()


def public_pem(config: Path | None) -> str:
    """Return the public key of the record's signer as PEM, for openssl."""
    return kept_keys(load_settings(config)).public_pem


async def recorded(database: Database, draft: RecordDraft) -> None:
    """Put *draft* into the record before what it is about is anywhere.

    Raises:
        ValueError: it cannot be recorded, so nothing may be taken out.
    """
    try:
        await database.write(lambda c: append(c, None, [draft]))
    except DBAPIError as error:
        raise ValueError(
            f"it cannot be recorded ({type(error).__name__}), so nothing is taken out"
        ) from error


def verifier(config: Path | None) -> str:
    """Return the public key of the record's signer, as verifiers want it."""
    return kept_keys(load_settings(config)).verifier


def erased(config: Path | None, now: datetime | None) -> dict[str, object]:
    """Erase what is over by *now* (UTC); return how many personal sides that were, by class."""
    moment = (now or datetime.now(UTC)).replace(tzinfo=UTC)

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        keys = kept_keys(settings)
        await require_own_record(database, keys)
        keeper = _keeper(settings, database, keys)
        await keeper.turn()
        counts = await forget(database, keys, settings.record_retention(), moment)
        await keeper.turn()
        return {one.value: count for one, count in counts.items()}

    return with_settings(config, work)


def kept_keys(settings: Settings) -> RecordKeys:
    """Return the keys that the record was begun with; made up here, they would fit no record.

    Raises:
        KeyFileUnusable: they are not in the data directory.
    """
    return RecordKeys.load(settings.data_dir, settings.record_name)


def _keeper(settings: Settings, database: Database, keys: RecordKeys) -> RecordKeeper:
    def now() -> datetime:
        return datetime.now(UTC)

    return RecordKeeper(database, Recorder(database, now), keys, record_origin(settings))
