"""The exchange database as the centre sees it: SQLite file or PostgreSQL, the same six tables."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS query_request (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, "
    "case_number TEXT NOT NULL, officer TEXT NOT NULL, organisation TEXT NOT NULL, "
    "purpose TEXT NOT NULL, subjects TEXT NOT NULL, fields TEXT NOT NULL, state TEXT NOT NULL, "
    "claimed_by TEXT, claimed_at TEXT)",
    "CREATE TABLE IF NOT EXISTS query_reply (request_id TEXT NOT NULL, subject TEXT NOT NULL, "
    "found INTEGER NOT NULL, body TEXT, as_of TEXT NOT NULL, PRIMARY KEY (request_id, subject))",
    "CREATE TABLE IF NOT EXISTS control_request (key TEXT PRIMARY KEY, created_at TEXT NOT NULL, "
    "document_hash TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, claimed_by TEXT, "
    "claimed_at TEXT)",
    "CREATE TABLE IF NOT EXISTS control_reply (key TEXT PRIMARY KEY, body TEXT NOT NULL, "
    "created_at TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS standing_request (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, "
    "key TEXT, since TEXT, state TEXT NOT NULL, claimed_by TEXT, claimed_at TEXT)",
    "CREATE TABLE IF NOT EXISTS standing_reply (request_id TEXT PRIMARY KEY, body TEXT NOT NULL)",
)
_STALE: Final = timedelta(seconds=60)
_FORGOTTEN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    id: str
    case_number: str
    officer: str
    organisation: str
    purpose: str
    subjects: str
    fields: str


class Exchange:
    """One connection; every method is one transaction."""

    def __init__(self, url: str) -> None:
        self._postgres = url.startswith("postgresql")
        if self._postgres:
            import psycopg  # noqa: PLC0415 -- only where PostgreSQL is used

            self._connection: Any = psycopg.connect(url.replace("+asyncpg", ""))
        else:
            path = url.removeprefix("sqlite:///")
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            self._connection.execute("PRAGMA journal_mode=WAL")

    def prepare(self) -> None:
        """Make the tables; take up at once what an earlier run of this centre left claimed."""
        left = "SET state = 'NEW', claimed_by = NULL, claimed_at = NULL WHERE state = 'CLAIMED'"
        self._together(
            [
                *((statement, ()) for statement in _TABLES),
                (f"UPDATE query_request {left}", ()),
                (f"UPDATE control_request {left}", ()),
                (f"UPDATE standing_request {left}", ()),
            ]
        )

    def claim_questions(self, claimer: str, at: str) -> list[Request]:
        """Claim what is new, take over what was claimed and left, forget what is too old."""
        moment = datetime.fromisoformat(at)
        forgotten = (moment - _FORGOTTEN).isoformat()
        old = self._rows("SELECT id FROM query_request WHERE created_at < ?", (forgotten,))
        for (request_id,) in old:
            self._together(
                [
                    ("DELETE FROM query_reply WHERE request_id = ?", (request_id,)),
                    ("DELETE FROM query_request WHERE id = ?", (request_id,)),
                ]
            )
        rows = self._rows(
            "SELECT id, case_number, officer, organisation, purpose, subjects, fields "
            "FROM query_request WHERE created_at >= ? "
            "AND (state = 'NEW' OR (state = 'CLAIMED' AND claimed_at < ?)) "
            "ORDER BY created_at LIMIT 50",
            (forgotten, (moment - _STALE).isoformat()),
        )
        claimed = []
        for row in rows:
            request = Request(
                id=row[0],
                case_number=row[1],
                officer=row[2],
                organisation=row[3],
                purpose=row[4],
                subjects=row[5],
                fields=row[6],
            )
            if self._claim("query_request", "id", request.id, claimer, at):
                claimed.append(request)
        return claimed

    @contextlib.contextmanager
    def answering(self, request_id: str, replies: Sequence[tuple[Any, ...]]) -> Iterator[bool]:
        """Commit *replies* with the block; False if the request is gone and nothing is written."""
        insert = (
            "INSERT INTO query_reply (request_id, subject, found, body, as_of) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        with self._transaction():
            # First the request, so that nobody can take it away before its replies are there.
            done = "UPDATE query_request SET state = 'DONE' WHERE id = ?"
            waited_for = self._touch(done, (request_id,)) == 1
            for reply in replies if waited_for else ():
                self._touch(insert, reply)
            yield waited_for

    def fail_question(self, request_id: str) -> None:
        self._together([("UPDATE query_request SET state = 'FAILED' WHERE id = ?", (request_id,))])

    def claim_standings(self, claimer: str, at: str) -> list[tuple[str, str | None, str | None]]:
        """Claim what was asked about holds, as (id, key, since); forget what is too old."""
        moment = datetime.fromisoformat(at)
        forgotten = (moment - _FORGOTTEN).isoformat()
        for (request_id,) in self._rows(
            "SELECT id FROM standing_request WHERE created_at < ?", (forgotten,)
        ):
            self._together(
                [
                    ("DELETE FROM standing_reply WHERE request_id = ?", (request_id,)),
                    ("DELETE FROM standing_request WHERE id = ?", (request_id,)),
                ]
            )
        rows = self._rows(
            "SELECT id, key, since FROM standing_request WHERE created_at >= ? "
            "AND (state = 'NEW' OR (state = 'CLAIMED' AND claimed_at < ?)) "
            "ORDER BY created_at LIMIT 50",
            (forgotten, (moment - _STALE).isoformat()),
        )
        return [
            (row[0], row[1], row[2])
            for row in rows
            if self._claim("standing_request", "id", row[0], claimer, at)
        ]

    def answer_standing(self, request_id: str, body: str | None) -> None:
        """Answer with *body*, or fail the request if there is none; nothing if it is gone."""
        state = "FAILED" if body is None else "DONE"
        settled = "UPDATE standing_request SET state = ? WHERE id = ?"
        insert = (
            "INSERT INTO standing_reply (request_id, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
        )
        with self._transaction():
            if self._touch(settled, (state, request_id)) and body is not None:
                self._touch(insert, (request_id, body))

    def claim_controls(self, claimer: str, at: str) -> list[tuple[str, str, str]]:
        stale = (datetime.fromisoformat(at) - _STALE).isoformat()
        rows = self._rows(
            "SELECT key, document_hash, body FROM control_request WHERE state = 'NEW' "
            "OR (state = 'CLAIMED' AND claimed_at < ?) ORDER BY created_at LIMIT 50",
            (stale,),
        )
        return [
            (row[0], row[1], row[2])
            for row in rows
            if self._claim("control_request", "key", row[0], claimer, at)
        ]

    def answer_control(self, key: str, body: str, at: str) -> None:
        self._together(
            [
                (
                    "INSERT INTO control_reply VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (key, body, at),
                ),
                ("UPDATE control_request SET state = 'DONE' WHERE key = ?", (key,)),
            ]
        )

    def release_control(self, key: str) -> None:
        """Leave a claimed order for later: the next look finds it claimed long ago."""
        self._together(
            [
                (
                    "UPDATE control_request SET claimed_at = '1970-01-01T00:00:00+08:00' WHERE key = ?",
                    (key,),
                ),
            ]
        )

    def _claim(self, table: str, column: str, key: str, claimer: str, at: str) -> bool:
        # Table and column are our own words above.
        statement = (
            f"UPDATE {table} SET state = 'CLAIMED', claimed_by = ?, claimed_at = ? "  # noqa: S608
            f"WHERE {column} = ? AND (state = 'NEW' OR claimed_at < ?)"
        )
        stale = (datetime.fromisoformat(at) - _STALE).isoformat()
        return self._together([(statement, (claimer, at, key, stale))]) == 1

    def _rows(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(self._words(statement), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if self._postgres:
            self._connection.commit()
        return rows

    def _together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> int:
        """Run *statements* in one transaction; return the rows that the last one touched."""
        touched = 0
        with self._transaction():
            for statement, values in statements:
                touched = self._touch(statement, values)
        return touched

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        if not self._postgres:
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        if self._postgres:
            self._connection.commit()
        else:
            self._connection.execute("COMMIT")

    def _touch(self, statement: str, values: Sequence[Any]) -> int:
        touched: int = self._connection.execute(self._words(statement), values).rowcount
        return touched

    def _words(self, statement: str) -> str:
        return statement.replace("?", "%s") if self._postgres else statement
