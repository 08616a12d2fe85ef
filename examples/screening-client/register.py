"""What the department keeps: the list as it took it over, its own business items, the messages it has seen. SQLite."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS cursor (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (id TEXT PRIMARY KEY, version INTEGER NOT NULL, id_number TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS messages (id TEXT NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (id, sent));
CREATE TABLE IF NOT EXISTS business (reference TEXT PRIMARY KEY, state TEXT NOT NULL, notes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS held_by (reference TEXT NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (reference, entry));
"""
_ADD = """
INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
SET version = excluded.version, id_number = excluded.id_number, name = excluded.name
WHERE excluded.version >= version
"""
_RELEASE = """
UPDATE business SET state = 'GOES_ON'
WHERE state = 'HELD' AND reference NOT IN (SELECT reference FROM held_by)
"""


class Register:
    """One file; every method is one transaction."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(file, check_same_thread=False)
        self._connection.executescript(_TABLES)

    def cursor(self) -> str | None:
        """Return what the department has taken over, as the court names it."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM cursor").fetchone()
        return None if row is None else str(row[0])

    def take_over(self, changes: Iterable[Mapping[str, Any]], cursor: str) -> None:
        """Keep *changes* and the cursor together: a crash in between neither loses nor doubles any.

        A removed entry stays as a row without a person, so that a hit that comes late holds nothing.
        """
        with self._lock, self._connection as write:
            for one in changes:
                row = (one["entryId"], one["version"], one["idNumber"], one["name"])
                write.execute(_ADD, row)
                if one["kind"] == "REMOVED":
                    write.execute("DELETE FROM held_by WHERE entry = ?", (one["entryId"],))
            write.execute(_RELEASE)
            write.execute("INSERT OR REPLACE INTO cursor VALUES (1, ?)", (cursor,))

    def listed(self) -> list[str]:
        with self._lock:
            rows = self._connection.execute("SELECT id FROM entries WHERE name IS NOT NULL")
            return sorted(str(row[0]) for row in rows)

    def is_new(self, message_id: str, sent: int) -> bool:
        """Whether this very message was not seen before; from now on it was."""
        with self._lock, self._connection as write:
            write.execute("DELETE FROM messages WHERE sent < ?", (sent - 3600,))
            kept = write.execute("INSERT OR IGNORE INTO messages VALUES (?, ?)", (message_id, sent))
            return kept.rowcount == 1

    def forget(self, message_id: str, sent: int) -> None:
        """Let the court send it again: it could not be followed."""
        with self._lock, self._connection as write:
            write.execute("DELETE FROM messages WHERE id = ? AND sent = ?", (message_id, sent))

    def decide(self, reference: str, state: str, notes: str, held_by: Iterable[str] = ()) -> None:
        """Keep the *state* of an item: GOES_ON, HELD by entries, or WAITING for an answer."""
        with self._lock, self._connection as write:
            write.execute(
                "INSERT OR REPLACE INTO business VALUES (?, ?, ?)", (reference, state, notes)
            )
            write.execute("DELETE FROM held_by WHERE reference = ?", (reference,))
            for entry in held_by:
                write.execute(
                    "INSERT OR IGNORE INTO held_by SELECT ?, ? WHERE NOT EXISTS "
                    "(SELECT 1 FROM entries WHERE id = ? AND name IS NULL)",
                    (reference, entry, entry),
                )
            write.execute(_RELEASE)

    def item(self, reference: str) -> dict[str, str] | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT state, notes FROM business WHERE reference = ?", (reference,)
            ).fetchone()
        return None if row is None else {"state": row[0], "notes": row[1]}
