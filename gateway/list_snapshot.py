"""
The whole list as a file: one header, one line an entry, one line that closes it, and a signature beside it.

```
{"format":"chakong-list-snapshot/1","issuer":…,"cursor":"812","madeAt":…,"catalogueVersion":"2017-1"}
{"cursor":"4","kind":"LISTED","entryId":…,"version":1,"at":…,"idNumber":…,"name":…,"caseNumber":…,"mode":…,
 "termEndsOn":…}
…
{"entries":750,"sha256":…}
```

The digest is of every byte before its line. The signature is of that last line, without its line end: who has the file
checks it in one pass, however long it is.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Self

import msgspec
from sqlalchemy import Connection

from auth.detached import sign_detached
from auth.keys import SigningKeys
from domain.civil_time import SHANGHAI
from domain.entry import LISTED
from storage.entries import EntryRecord, entries_in_chunks
from storage.list_changes import ListChange, last_change, newest_changes

FORMAT: Final = "chakong-list-snapshot/1"
SIGNATURE_TYPE: Final = "list-snapshot+jws"
_LISTED: Final = frozenset(state.value for state in LISTED)
_NAME: Final = re.compile(r"([0-9]{1,18})-[0-9a-f]{32}")
_ENCODED: Final = msgspec.json.Encoder()


class Header(msgspec.Struct, rename="camel", kw_only=True):
    """The first line; going on with `listChanges` behind *cursor* leaves nothing out."""

    format: str
    issuer: str
    cursor: str
    made_at: str
    catalogue_version: str


class Row(msgspec.Struct, rename="camel", kw_only=True):
    """A line: what `listChanges` tells of an entry that is listed."""

    cursor: str
    kind: str
    entry_id: str
    version: int
    at: str
    id_number: str
    name: str
    case_number: str
    mode: str
    term_ends_on: date | None


class Closing(msgspec.Struct, kw_only=True):
    """The last line: how many entries, and the SHA-256 of every byte before it, in hex."""

    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file that is there, under its id: the sequence of the list, and chance."""

    id: str
    file: Path

    @property
    def sequence(self) -> int:
        return int(self.id.partition("-")[0])

    @property
    def signature(self) -> Path:
        return self.file.with_suffix(".sig")

    @classmethod
    def at(cls, place: Path, snapshot_id: str) -> Self | None:
        """Return the snapshot of that id, if it is one and its file is there."""
        if not _NAME.fullmatch(snapshot_id):
            return None
        file = place / f"{snapshot_id}.jsonl"
        return cls(snapshot_id, file) if file.exists() else None

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)
        self.signature.unlink(missing_ok=True)


def write_snapshot(  # noqa: PLR0913 -- a snapshot has these parts
    connection: Connection,
    place: Path,
    keys: SigningKeys,
    *,
    issuer: str,
    made_at: datetime,
    catalogue_version: str,
) -> Snapshot:
    """Write the list as *connection* sees it into *place*, for this user alone; whole, or not at all.

    Reads some thousand entries at a time; *connection* must see one state of the database throughout.
    """
    sequence = last_change(connection)
    header = Header(
        format=FORMAT,
        issuer=issuer,
        cursor=str(sequence),
        made_at=_moment(made_at),
        catalogue_version=catalogue_version,
    )
    snapshot_id = f"{sequence}-{secrets.token_hex(16)}"
    snapshot = Snapshot(snapshot_id, place / f"{snapshot_id}.jsonl")
    draft = snapshot.file.with_suffix(".part")
    digest, entries = hashlib.sha256(), 0
    try:
        with os.fdopen(_private(draft), "wb", buffering=2**20) as file:

            def put(lines: bytes) -> None:
                digest.update(lines)
                file.write(lines)

            put(_ENCODED.encode(header) + b"\n")
            for rows in _rows(connection):
                put(_ENCODED.encode_lines(rows))
                entries += len(rows)
            closing = _ENCODED.encode(Closing(entries=entries, sha256=digest.hexdigest()))
            file.write(closing + b"\n")
        with os.fdopen(_private(snapshot.signature), "w", encoding="ascii") as file_:
            file_.write(sign_detached(closing, keys.signing, SIGNATURE_TYPE) + "\n")
        draft.rename(snapshot.file)
    except BaseException:
        draft.unlink(missing_ok=True)
        snapshot.remove()
        raise
    return snapshot


def _rows(connection: Connection) -> Iterator[list[Row]]:
    for page in entries_in_chunks(connection, _LISTED):
        changes = newest_changes(connection, [entry.id for entry in page])
        yield [_row(entry, changes) for entry in page]


def _row(entry: EntryRecord, changes: Mapping[str, ListChange]) -> Row:
    change = changes[entry.id]
    return Row(
        cursor=str(change.sequence),
        kind="LISTED",
        entry_id=entry.id,
        version=entry.version,
        at=_moment(change.at),
        id_number=entry.id_number,
        name=entry.name,
        case_number=str(entry.case_number),
        mode=entry.mode,
        term_ends_on=entry.term_ends_on,
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
