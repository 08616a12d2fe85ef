"""The other side of an exchange database, in plain SQL: it answers, fails or stays silent."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
from sqlalchemy import Connection, text

from connectors.exchange_database import ExchangeDatabase
from connectors.exchange_tables import make_tables
from tests.connectors.people import NOW

Rows = list[dict[str, Any]]
Answers = dict[str, Any]
"""By subject: the body of a reply as JSON text or as a value; None for an unknown subject."""


class Centre:
    """Looks every two milliseconds for something to do."""

    def __init__(self, database: ExchangeDatabase) -> None:
        self.database = database
        self.answers: Answers | None = None
        self.receipt: Callable[[dict[str, Any]], Any] | None = None
        self.standings: Callable[[dict[str, Any]], Any] | None = None
        self.fails = False
        self.questions: Rows = []

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        await self.database.write(make_tables)
        async with anyio.create_task_group() as group:
            group.start_soon(self._work)
            yield
            group.cancel_scope.cancel()

    async def rows(self, table: str) -> Rows:
        query = text(f"SELECT * FROM {table}")
        return await self.database.read(
            lambda c: [dict(row) for row in c.execute(query).mappings()]
        )

    async def _work(self) -> None:
        while True:
            await self.database.write(self._turn)
            await anyio.sleep(0.002)

    def _turn(self, connection: Connection) -> None:
        new = connection.execute(text("SELECT * FROM query_request WHERE state = 'NEW'"))
        for row in new.mappings().all():
            self.questions.append(dict(row))
            self._reply(connection, row["id"])
        asked = connection.execute(text("SELECT * FROM standing_request WHERE state = 'NEW'"))
        for row in asked.mappings().all():
            self._tell(connection, dict(row))
        if self.receipt is None:
            return
        for row in (
            connection.execute(text("SELECT * FROM control_request WHERE state = 'NEW'"))
            .mappings()
            .all()
        ):
            body = json.dumps(self.receipt(json.loads(row["body"])))
            connection.execute(
                text("INSERT INTO control_reply VALUES (:key, :body, :at)"),
                {"key": row["key"], "body": body, "at": NOW},
            )
            connection.execute(
                text("UPDATE control_request SET state = 'DONE' WHERE key = :key"),
                {"key": row["key"]},
            )

    def _tell(self, connection: Connection, row: dict[str, Any]) -> None:
        """Answer what holds are worth: as told, not at all, or with no row."""
        if self.standings is None and not self.fails:
            return
        body = None if self.standings is None else self.standings(row)
        if body is not None:
            connection.execute(
                text("INSERT INTO standing_reply VALUES (:id, :body)"),
                {"id": row["id"], "body": body if isinstance(body, str) else json.dumps(body)},
            )
        connection.execute(
            text("UPDATE standing_request SET state = :state WHERE id = :id"),
            {"id": row["id"], "state": "FAILED" if self.fails else "DONE"},
        )

    def _reply(self, connection: Connection, identifier: str) -> None:
        state = "FAILED" if self.fails else "CLAIMED" if self.answers is None else "DONE"
        for subject, body in (self.answers or {}).items():
            connection.execute(
                text("INSERT INTO query_reply VALUES (:id, :subject, :found, :body, :as_of)"),
                {
                    "id": identifier,
                    "subject": subject,
                    "found": int(body is not None),
                    "body": body if body is None or isinstance(body, str) else json.dumps(body),
                    "as_of": NOW,
                },
            )
        connection.execute(
            text("UPDATE query_request SET state = :state WHERE id = :id"),
            {"id": identifier, "state": state},
        )
