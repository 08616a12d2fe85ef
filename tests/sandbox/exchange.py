"""The court's side of the exchange database in plain SQL, on SQLite and on PostgreSQL."""

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Any, Final, Self

import psycopg

_ZONE: Final = timezone(timedelta(hours=8))
Reply = tuple[str, int, str | None]


def instant(ago: timedelta = timedelta()) -> str:
    return (datetime.now(_ZONE) - ago).isoformat(timespec="milliseconds")


class Exchange:
    """One connection; every statement is a transaction of its own."""

    def __init__(self, url: str) -> None:
        self._mark = "%s" if url.startswith("postgresql") else "?"
        self._connection: Any = (
            psycopg.connect(url, autocommit=True)
            if url.startswith("postgresql")
            else sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=5)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def run(self, statement: str, *values: object) -> Any:
        return self._connection.execute(statement.replace("?", self._mark), values)

    def ask(
        self,
        subjects: Sequence[str] | str,
        fields: Sequence[str],
        authority: Mapping[str, str],
        *,
        ago: timedelta = timedelta(),
    ) -> str:
        """Leave a question that was made some time *ago*; *subjects* as text go as they are."""
        question = secrets.token_hex(8)
        self.run(
            "INSERT INTO query_request (id, created_at, case_number, officer, organisation, "
            "purpose, subjects, fields, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'NEW')",
            question,
            instant(ago),
            *(authority[word] for word in ("case", "officer", "organisation", "purpose")),
            subjects if isinstance(subjects, str) else json.dumps(subjects),
            json.dumps(fields),
        )
        return question

    def state(self, question: str, table: str = "query_request") -> str:
        row = self.run(f"SELECT state FROM {table} WHERE id = ?", question).fetchone()
        return "GONE" if row is None else str(row[0])

    def settled(self, question: str, within: float = 2, table: str = "query_request") -> str:
        """Return the state in which the question ends; NEW or CLAIMED if it does not in time."""
        until = time.monotonic() + within
        while True:
            state = self.state(question, table)
            if state not in ("NEW", "CLAIMED") or time.monotonic() >= until:
                break
            time.sleep(0.003)
        return state

    def replies(self, question: str) -> list[Reply]:
        rows = self.run(
            "SELECT subject, found, body FROM query_reply WHERE request_id = ?", question
        )
        return [(row[0], row[1], row[2]) for row in rows.fetchall()]

    def take(self, question: str) -> list[Reply]:
        """Return the replies, and take the question and them away."""
        found = self.replies(question)
        self.run("DELETE FROM query_request WHERE id = ?", question)
        self.run("DELETE FROM query_reply WHERE request_id = ?", question)
        return found

    def standings(
        self, key: str | None, since: str | None, *, ago: timedelta = timedelta()
    ) -> tuple[str, list[dict[str, Any]]]:
        """Ask about holds; return the state in which that ends, and what was answered."""
        question = secrets.token_hex(8)
        self.run(
            "INSERT INTO standing_request (id, created_at, key, since, state) "
            "VALUES (?, ?, ?, ?, 'NEW')",
            question,
            instant(ago),
            key,
            since,
        )
        state = self.settled(question, table="standing_request")
        row = self.run("SELECT body FROM standing_reply WHERE request_id = ?", question).fetchone()
        self.run("DELETE FROM standing_request WHERE id = ?", question)
        self.run("DELETE FROM standing_reply WHERE request_id = ?", question)
        return state, [] if row is None else json.loads(row[0])

    def order(self, key: str, document_hash: str, body: str) -> None:
        self.run(
            "INSERT INTO control_request (key, created_at, document_hash, body, state) "
            "VALUES (?, ?, ?, ?, 'NEW')",
            key,
            instant(),
            document_hash,
            body,
        )

    def receipt(self, key: str, within: float = 2) -> dict[str, Any] | None:
        until = time.monotonic() + within
        while time.monotonic() < until:
            row = self.run("SELECT body FROM control_reply WHERE key = ?", key).fetchone()
            if row is not None:
                return dict(json.loads(row[0]))
            time.sleep(0.003)
        return None

    def order_hash(self, key: str) -> str | None:
        row = self.run("SELECT document_hash FROM control_request WHERE key = ?", key).fetchone()
        return None if row is None else str(row[0])
