"""The desk behind ``chakong audit entries``: entries taken away, with a paper, and that itself an entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from domain.record import RecordKind
from gateway.cli.audit_desk import kept_keys, recorded
from gateway.cli.desk import pseudonyms, with_settings
from gateway.cli.operator import operator
from gateway.plain_record import Rests, entry_beside
from gateway.record_export import Export, Exported, write_export
from gateway.record_origin import record_origin
from gateway.record_ownership import require_own_record
from gateway.record_where import Wanted, read_wanted
from gateway.settings import Settings
from resolvers.duty_of_reason import Stated, owes_reason, stated
from resolvers.looks_under_way import Looks
from resolvers.refusals import Refused
from storage.database import Database


def entries_taken(config: Path | None, directory: Path, asked: bytes) -> dict[str, object]:
    """Write the entries that *asked* (JSON, as for ``POST /record/export``) names, signed.

    Raises:
        ValueError, OSError: it asks for nothing, for too much, or without what is owed for it.
    """
    wanted = read_wanted(asked)
    subjects = [] if wanted.subject is None else [wanted.subject]
    caller, now = operator(), datetime.now(UTC)

    async def work(settings: Settings, database: Database) -> dict[str, object]:
        keys, pseudonym = kept_keys(settings), pseudonyms(settings)
        await require_own_record(database, keys)
        said = _stated(wanted)
        try:
            who = caller.subject
            await owes_reason(database, keys, who, said, subjects, looks=Looks())
        except Refused as refused:
            raise ValueError(str(refused)) from refused
        export = Export(
            format=wanted.format,
            sought=wanted.sought(),
            asked=wanted.asked(pseudonym(subjects[0]) if subjects else None),
            by=caller.subject,
            at=now,
        )

        def write(place: Path, connection: Connection) -> Exported:
            origin = record_origin(settings)
            return write_export(connection, place, keys, export, origin=origin, pseudonym=pseudonym)

        with _aside(directory) as place:
            written = await database.read_aside(partial(write, place))
            told: dict[str, object] = {
                "export": wanted.format.value,
                "entries": written.entries,
                "sha256": written.sha256,
            }
            draft = entry_beside(
                keys,
                caller,
                RecordKind.EXPORT,
                "TAKEN",
                {"what": told},
                subjects=subjects,
                rests_on=Rests(
                    cases=[] if export.sought.case is None else [export.sought.case],
                    documents=[wanted.document],
                    reasons=[] if said.reason is None else [said.reason],
                    outside=subjects,
                ),
                at=now,
            )
            await recorded(database, draft)
        return told

    return with_settings(config, work)


@contextmanager
def _aside(directory: Path) -> Iterator[Path]:
    """Yield a place to write to, which becomes *directory* once all that was to be done is done.

    Raises:
        FileExistsError: something is there already; exports are not written over.
    """
    if directory.exists():
        raise FileExistsError(f"{directory} is there already; exports are not written over")
    with TemporaryDirectory(prefix=f".unfinished-{directory.name}-", dir=directory.parent) as made:
        place = Path(made) / directory.name
        place.mkdir(mode=0o700)
        yield place
        place.rename(directory)


def _stated(wanted: Wanted) -> Stated:
    try:
        return stated(wanted.document, wanted.reason)
    except Refused as refused:
        raise ValueError(str(refused)) from refused
