"""Securities depository: asynchronous tickets over HTTP (docs/departments/securities.md)."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.dates import now
from sandbox.faults import Faults
from sandbox.hold_words import hold_words
from sandbox.holds import Standing, standings
from sandbox.ledger import KeyReused, Ledger, converted
from sandbox.order_body import OrderBody
from sandbox.orders import Asset, Order, stranger
from sandbox.population import Population
from sandbox.program import (
    authority_in,
    clock_route,
    guarded_by_key,
    json_response,
    lose_answer,
    program,
)
from sandbox.securities_register import Holding
from sandbox.securities_words import FIELDS, PLAIN
from sandbox.system import Running, Surroundings, System
from sandbox.wire_log import Authority, WireLog

DEPARTMENT: Final = "securities-depository"
_MOST: Final = 100
_TICKET_SECONDS: Final = 600
_POLL_AFTER: Final = 5  # ms
_CARRIED: Final = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"})

_HOLD_NAMES: Final = ("authority", "case", "rank", "quantity", "startsOn", "endsOn", "state")


class _Question(msgspec.Struct):
    subjects: list[str]
    fields: list[str]


class _Body(OrderBody, kw_only=True):
    quantity: int
    pledge_marked: bool = False


class _Depository:
    def __init__(
        self, population: Population, ledger: Ledger, log: WireLog, faults: Faults, clock: Clock
    ) -> None:
        self._population = population
        self._ledger = ledger
        self._log = log
        self._faults = faults
        self._clock = clock
        self._tickets: dict[str, tuple[float, asyncio.Task[dict[str, Any]]]] = {}
        self._lots = {
            lot.record: (owner, lot) for owner, lots in population.holdings.items() for lot in lots
        }

    async def holdings(self, request: Request) -> Response:
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Question)
        except msgspec.DecodeError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        if len(wanted.subjects) > _MOST:
            return json_response({"error": "BAD_REQUEST"}, 400)
        if set(wanted.fields) - FIELDS:
            return json_response({"error": "UNKNOWN_FIELD"}, 400)
        return self._accept(self._answer(wanted, authority_in(request)))

    async def _answer(self, wanted: _Question, authority: Authority) -> dict[str, Any]:
        await self._faults.delay()
        fields = sorted(FIELDS) if self._faults.mode == "overdeliver" else wanted.fields
        result = []
        for position, subject in enumerate(self._faults.answered(wanted.subjects)):
            entry: dict[str, Any] = {"subject": subject, "found": False}
            if subject in self._population.names:
                lots = self._faults.told(self._population.holdings.get(subject, ()))
                entry = {
                    "subject": subject,
                    "found": True,
                    "holdings": [self._words(subject, lot, fields) for lot in lots],
                }
            if self._faults.spoils(subject, position):
                entry["found"] = "perhaps"
            result.append(entry)
        answer = {"state": "READY", "asOf": self._faults.dated(now()), "result": result}
        self._log.write(
            "question",
            "holdings",
            subjects=wanted.subjects,
            fields=wanted.fields,
            authority=authority,
            answer_bytes=len(msgspec.json.encode(answer)),
        )
        return answer

    def _words(self, owner: str, lot: Holding, fields: list[str]) -> dict[str, Any]:
        standing = self._standing(lot)
        held = sum(one.takes for one in standing)
        values: dict[str, Callable[[], Any]] = {
            "ownerName": lambda: self._population.names[owner],
            "ownerIdType": lambda: "111" if owner in self._population.people else "USCC",
            "ownerIdNumber": lambda: owner,
            "availableQuantity": lambda: self._free(lot),
            # What is held beyond the free shares is pledged: it is marked, not frozen.
            "frozenQuantity": lambda: min(held, lot.quantity - lot.pledged),
            "holds": lambda: hold_words(standing, _HOLD_NAMES, int),
        }
        return {name: values[name]() if name in values else PLAIN[name](lot) for name in fields}

    def _free(self, lot: Holding) -> int:
        """Return how many shares neither a pledge nor a hold binds."""
        held = sum(one.takes for one in self._standing(lot))
        return max(0, lot.quantity - lot.pledged - held)

    def _standing(self, lot: Holding) -> list[Standing]:
        log = self._ledger.log_of(lot.record, lot.earlier)
        return standings(lot.quantity, log, self._clock().date())

    async def control(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Body)
            order = replace(
                wanted.order(key, document_hash=wanted.document_hash, limit=wanted.quantity),
                marks_pledged=wanted.pledge_marked,
            )
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        if order.action == "DEDUCT":  # shares are sold, not deducted
            return json_response({"error": "BAD_REQUEST"}, 400)
        try:
            receipt = await asyncio.to_thread(self._ledger.carry_out, order, self._find)
        except KeyReused:
            return json_response({"error": "KEY_REUSED"}, 409)
        self._log.write(
            "control",
            "controls",
            subjects=[order.subject],
            authority=Authority(
                case=order.case,
                officer=wanted.officers[0],
                organisation=order.court,
                purpose="CONTROL",
            ),
            key=key,
            answer_bytes=len(msgspec.json.encode(converted(receipt, int, "quantity"))),
        )
        if self._faults.withholds(key):
            await lose_answer(request)
        return self._accept(self._receipt(key))

    def _find(self, order: Order) -> Asset | str:
        if order.action not in _CARRIED:
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        owner, lot = self._lots.get(order.record, ("", None))
        if lot is None or owner != order.subject:
            return "NO_ASSET"
        asset = self._asset(order.record)
        if lot.pledged and order.limit > self._free(lot) and not order.marks_pledged:
            return replace(asset, refusal="PLEDGE_PRIORITY")
        return asset

    def _asset(self, record: str) -> Asset:
        lot = self._lots[record][1]
        return Asset(capacity=lot.quantity, balance=lot.quantity, earlier=lot.earlier)

    async def _receipt(self, key: str) -> dict[str, Any]:
        await self._faults.delay()
        receipt = await asyncio.to_thread(self._ledger.receipt_of, key)
        words = None if receipt is None else converted(receipt, int, "quantity")
        return {"state": "READY", "receipt": words}

    async def _status(self, key: str) -> dict[str, Any]:
        return await self._receipt(key) | {
            "standing": self._ledger.standing_of(key, self._asset),
        }

    async def _statement(self, since: date) -> dict[str, Any]:
        await self._faults.delay()
        return {"state": "READY", "standings": self._ledger.statement(since, self._asset)}

    async def statement(self, request: Request) -> Response:
        try:
            since = date.fromisoformat(request.query_params.get("since", ""))
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        answer = self._accept(self._statement(since), status=200)
        self._log.write(
            "status",
            "statement",
            authority=authority_in(request),
            answer_bytes=len(answer.body),
        )
        return answer

    async def outcome(self, request: Request) -> Response:
        key = request.path_params["key"]
        known = await asyncio.to_thread(self._ledger.receipt_of, key) is not None
        answer = json_response({"error": "NOT_FOUND"}, 404)
        if known:
            answer = self._accept(self._status(key), status=200)
        self._log.write(
            "status",
            "controls",
            authority=authority_in(request),
            key=key,
            answer_bytes=len(answer.body),
        )
        return answer

    def _accept(self, work: Coroutine[Any, Any, dict[str, Any]], status: int = 202) -> Response:
        over = time.monotonic() - _TICKET_SECONDS
        self._tickets = {t: kept for t, kept in self._tickets.items() if kept[0] > over}
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = (time.monotonic(), asyncio.create_task(work))
        wait = _POLL_AFTER + round(self._faults.latency * 1000)
        said: dict[str, Any] = {"ticket": ticket, "pollAfterMs": wait}
        if self._faults.slowness:
            slow = timedelta(seconds=self._faults.latency + self._faults.slowness)
            said["readyAt"] = (datetime.now(UTC) + slow).isoformat()
        return json_response(said, status)

    async def ticket(self, request: Request) -> Response:
        known = self._tickets.get(request.path_params["ticket"])
        if known is None:
            return json_response({"error": "NOT_FOUND"}, 404)
        if not known[1].done():
            return json_response({"state": "WORKING", "pollAfterMs": _POLL_AFTER})
        return json_response(known[1].result())


def department(
    population: Population, log: WireLog, faults: Faults, clock: Clock, data: Path, secret: str
) -> Starlette:
    """Return the depository; its ledger is kept in *data*."""
    ledger = Ledger(data / "securities-depository.db", "SD", "示例登记结算经办", clock)
    depository = _Depository(population, ledger, log, faults, clock)

    def route(path: str, view: Any, method: str) -> Route:
        return Route(path, guarded_by_key(secret, view, faults), methods=[method])

    return program(
        DEPARTMENT,
        faults,
        [
            route("/v2/holdings", depository.holdings, "POST"),
            route("/v2/tickets/{ticket}", depository.ticket, "GET"),
            route("/v2/controls", depository.control, "POST"),
            route("/v2/controls", depository.statement, "GET"),
            route("/v2/controls/{key}", depository.outcome, "GET"),
            clock_route(clock),
        ],
    )


def _start(around: Surroundings) -> Running:
    return Running(
        app=department(
            around.population,
            around.log,
            around.faults,
            around.clock,
            around.data,
            around.secret,
        )
    )


SYSTEM: Final = System(
    stem="securities", department=DEPARTMENT, protocol="TICKET", start=_start, alone=True
)
