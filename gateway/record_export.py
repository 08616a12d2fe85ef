"""
Entries of the record taken out by an auditor: rows, what they are, and a signature that stock tools check.

```
record.csv (or record.jsonl)   the entries, the newest first
manifest.json                  whose record, when, which entries, the newest checkpoint
SHA256SUMS                     of both, as sha256sum writes and checks it
SHA256SUMS.sig                 Ed25519 of SHA256SUMS by the record's key (/record/key.pem)
```

``sha256sum -c SHA256SUMS && openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in SHA256SUMS -sigfile
SHA256SUMS.sig`` is the whole check. A checkpoint's text begins with the record's origin, never with a
digest: neither signature can pass for the other.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.identity import IdNumber
from resolvers.record_reading import Sought, find
from resolvers.record_shown import ShownEntry
from storage.instants import instant_text
from storage.record import last_checkpoint

MOST: Final = 50_000
FORMAT: Final = "chakong-record-export/1"
_AT_ONCE: Final = 500
_ENCODE: Final = msgspec.json.Encoder().encode
# What makes a spreadsheet take a cell for a formula, also in full width.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportFormat(Enum):
    JSONL = "jsonl"
    CSV = "csv"


class TooMany(ValueError):
    """More entries are asked for than one export holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is taken out.

    Attributes:
        asked: the filter as the manifest repeats it, without anybody's number.
        by: who takes it out.
    """

    format: ExportFormat
    sought: Sought
    asked: Mapping[str, str]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was written: how many entries, and the digest of its rows in hex."""

    entries: int
    sha256: str


_COLUMNS: Final[Mapping[str, Callable[[ShownEntry], Any]]] = {
    "number": lambda one: int(one.number),
    "at": lambda one: one.entry.row.at,
    "kind": lambda one: one.kind,
    "decision": lambda one: one.decision,
    "unit": lambda one: one.unit,
    "client": lambda one: one.client,
    "role": lambda one: one.role,
    "who": lambda one: one.who,
    "caseNumbers": lambda one: one.cases,
    "refusedCaseNumbers": lambda one: one.refused_cases,
    "purpose": lambda one: one.purpose,
    "legalBasis": lambda one: one.legal_basis,
    "documents": lambda one: one.documents,
    "reasons": lambda one: one.reasons,
    "outside": lambda one: one.outside,
    "subjects": lambda one: one.subjects,
    "fieldGroups": lambda one: one.groups,
    "coordinates": lambda one: one.coordinates,
    "denied": lambda one: one.denied,
    "departments": lambda one: [
        f"{id_} {status}" for id_, status in one.entry.leaf.get("departments", {}).items()
    ],
    "codes": lambda one: one.codes,
    "delegations": lambda one: one.delegations,
    "accounts": lambda one: one.accounts,
    "about": lambda one: one.entry.leaf.get("about"),
    "milliseconds": lambda one: one.milliseconds,
    "cost": lambda one: one.cost,
    "requestId": lambda one: one.request_id,
    "operation": lambda one: one.operation,
    "erased": lambda one: one.erased,
    "leafHash": lambda one: one.leaf_hash,
}


def write_export(  # noqa: PLR0913 -- an export's parts
    connection: Connection,
    directory: Path,
    keys: RecordKeys,
    export: Export,
    *,
    origin: str,
    pseudonym: Callable[[IdNumber], str],
) -> Exported:
    """Write *export* into *directory*, which is there and empty.

    Raises:
        TooMany: see `MOST`; what was written is of no use.
    """
    rows = directory / f"record.{export.format.value}"
    shown = (ShownEntry(one, pseudonym) for one in _found(connection, keys, export.sought))
    count = (
        _write_csv(rows, shown) if export.format is ExportFormat.CSV else _write_lines(rows, shown)
    )
    newest = last_checkpoint(connection)
    manifest = {
        "format": FORMAT,
        "origin": origin,
        "madeAt": instant_text(export.at),
        "by": export.by,
        "where": dict(export.asked),
        "entries": count,
        "columns": list(_COLUMNS),
        "checkpoint": None if newest is None else newest.note,
    }
    told = directory / "manifest.json"
    told.write_bytes(msgspec.json.format(_ENCODE(manifest), indent=1) + b"\n")
    digest = _sha256(rows)
    sums = f"{digest}  {rows.name}\n{_sha256(told)}  {told.name}\n".encode()
    (directory / "SHA256SUMS").write_bytes(sums)
    (directory / "SHA256SUMS.sig").write_bytes(keys.sign(sums))
    return Exported(count, digest)


def cell(value: Any) -> str:
    """Return *value* as a cell of a spreadsheet, which must never take it for a formula.

    An apostrophe before it is what spreadsheets themselves put before text.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _found(connection: Connection, keys: RecordKeys, sought: Sought) -> Iterator[Any]:
    before: int | None = None
    count = 0
    while page := find(connection, keys, sought, first=_AT_ONCE, before=before):
        count += len(page)
        if count > MOST:
            raise TooMany(f"more than {MOST:,} entries")
        yield from page
        before = page[-1].row.n


def _write_csv(file: Path, entries: Iterable[ShownEntry]) -> int:
    """Write RFC 4180 with a byte order mark: without one, Excel takes Chinese for something else."""
    count = 0
    with file.open("x", encoding="utf-8-sig", newline="") as opened:
        rows = csv.writer(opened, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        rows.writerow(_COLUMNS)
        for entry in entries:
            rows.writerow([cell(read(entry)) for read in _COLUMNS.values()])
            count += 1
    return count


def _write_lines(file: Path, entries: Iterable[ShownEntry]) -> int:
    """Write a line an entry; its leaf stands in it as it was hashed."""
    count = 0
    with file.open("xb") as opened:
        for entry in entries:
            row = {name: read(entry) for name, read in _COLUMNS.items()}
            opened.write(_ENCODE({**row, "leaf": entry.leaf}) + b"\n")
            count += 1
    return count


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
