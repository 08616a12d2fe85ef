"""Refunds that move on, and who watches them: ``/v1/watches`` and ``/v1/events``, kept in a file."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.plain_register import PlainRegister
from sandbox.program import authority_in, guarded_by_key, json_response
from sandbox.system import Surroundings

NOT_YET_DUE: Final = frozenset({"DECLARED", "UNDER_REVIEW", "SUSPENDED_FOR_DOUBT"})
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS watches (key TEXT PRIMARY KEY, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ended (key TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS moved (record TEXT PRIMARY KEY, status TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS events (cursor INTEGER PRIMARY KEY AUTOINCREMENT, watch TEXT NOT "
    "NULL, record TEXT NOT NULL, status TEXT NOT NULL, at TEXT NOT NULL, approved TEXT)",
)


class _Watch(msgspec.Struct):
    record: str
    subject: str


class _Move(msgspec.Struct):
    """What a test makes of a refund."""

    record: str
    status: str


class RefundDesk:
    """Where refunds are watched and moved; *registers* hold words that change with them."""

    def __init__(self, around: Surroundings, registers: Sequence[PlainRegister]) -> None:
        self._around = around
        self._rows = {
            record: row
            for one in registers
            for record, row in one.by_record.items()
            if "refundStatus" in row.words
        }
        path = around.data / "state-tax-shibei.refunds.db"
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        for table in _TABLES:
            self._db.execute(table)
        for record, status in self._db.execute("SELECT record, status FROM moved"):
            self._become(record, status)

    def routes(self) -> list[Route]:
        def route(path: str, view: Any, method: str) -> Route:
            guarded = guarded_by_key(self._around.secret, view, self._around.faults)
            return Route(path, guarded, methods=[method])

        return [
            route("/v1/watches/{key}", self.watch, "PUT"),
            route("/v1/watches/{key}", self.end, "DELETE"),
            route("/v1/events", self.events, "GET"),
            Route("/_sandbox/refund", self.move, methods=["POST"]),
        ]

    async def watch(self, request: Request) -> Response:
        """Watch a refund for a case; what it is now is the first thing told."""
        key = request.path_params["key"]
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Watch)
        except msgspec.DecodeError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        await self._around.faults.delay()
        row = self._rows.get(wanted.record)
        if row is None or row.owner != wanted.subject:
            return json_response({"error": "NO_ASSET"}, 404)
        with self._lock:
            if self._db.execute("SELECT 1 FROM ended WHERE key = ?", (key,)).fetchone():
                return json_response({"error": "ENDED"}, 410)
            known = self._db.execute("SELECT record FROM watches WHERE key = ?", (key,)).fetchone()
            if known is not None:
                same = known[0] == wanted.record
                return json_response({"watch": key}, 200 if same else 409)
            self._db.execute("INSERT INTO watches VALUES (?, ?)", (key, wanted.record))
            self._tell(key, wanted.record, row.words)
        self._around.log.write(
            "watch",
            "watches",
            subjects=[wanted.subject],
            authority=authority_in(request),
            key=key,
        )
        return json_response({"watch": key}, 201)

    async def end(self, request: Request) -> Response:
        """Watch no longer; a key that was ended stays so, also if its watch comes after its end."""
        key = request.path_params["key"]
        await self._around.faults.delay()
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO ended VALUES (?)", (key,))
            watched = self._db.execute("DELETE FROM watches WHERE key = ?", (key,)).rowcount
        if watched:
            self._around.log.write(
                "unwatch", "watches", subjects=[], authority=authority_in(request), key=key
            )
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        await self._around.faults.delay()
        try:
            after, most = (int(request.query_params[name]) for name in ("after", "limit"))
        except (KeyError, ValueError):
            return json_response({"error": "BAD_REQUEST"}, 400)
        with self._lock:
            rows = self._db.execute(
                "SELECT cursor, watch, record, status, at, approved FROM events "
                "WHERE cursor > ? ORDER BY cursor LIMIT ?",
                (after, most),
            ).fetchall()
        names = ("cursor", "watch", "record", "status", "at", "approvedAmount")
        return json_response({"events": [dict(zip(names, row, strict=True)) for row in rows]})

    async def move(self, request: Request) -> Response:
        """Let a refund become what a test wants."""
        wanted = msgspec.json.decode(await request.body(), type=_Move)
        if wanted.record not in self._rows:
            return json_response({"error": "NOT_FOUND"}, 404)
        with self._lock:
            self._become(wanted.record, wanted.status)
            self._db.execute(
                "INSERT OR REPLACE INTO moved VALUES (?, ?)", (wanted.record, wanted.status)
            )
            watching = self._db.execute(
                "SELECT key FROM watches WHERE record = ?", (wanted.record,)
            ).fetchall()
            for (key,) in watching:
                self._tell(key, wanted.record, self._rows[wanted.record].words)
        return json_response({"record": wanted.record, "status": wanted.status})

    def _become(self, record: str, status: str) -> None:
        words: Any = self._rows[
            record
        ].words  # a dict; a refund's words are the only ones to change
        due = status not in NOT_YET_DUE and status != "REJECTED"
        words["refundStatus"] = status
        words["approvedAmount"] = words["declaredAmount"] if due else None
        words["paidAmount"] = words["declaredAmount"] if status == "PAID" else None

    def _tell(self, key: str, record: str, words: Mapping[str, Any]) -> None:
        self._db.execute(
            "INSERT INTO events (watch, record, status, at, approved) VALUES (?, ?, ?, ?, ?)",
            (
                key,
                record,
                words["refundStatus"],
                self._around.clock().isoformat(),
                words["approvedAmount"],
            ),
        )
