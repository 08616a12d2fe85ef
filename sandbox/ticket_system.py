"""A department that answers by ticket (docs/departments/settlement_funds.md): questions and orders alike."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.chance import Chance, chance
from sandbox.dates import now
from sandbox.desk import Desk
from sandbox.ledger import KeyReused, Ledger
from sandbox.money import fen, yuan
from sandbox.order_body import OrderBody
from sandbox.plain_register import PlainRegister
from sandbox.population import Population
from sandbox.program import (
    authority_in,
    clock_route,
    guarded_by_key,
    json_response,
    lose_answer,
    program,
)
from sandbox.system import Running, Surroundings, System
from sandbox.wire_log import Authority

MOST: Final = 100
_TICKET_SECONDS: Final = 600
_POLL_AFTER: Final = 5  # ms
DrawnUp = Callable[[Population, Chance], Sequence[PlainRegister]]


class _Question(msgspec.Struct):
    subjects: list[str]
    fields: list[str]


class _Body(OrderBody, kw_only=True):
    amount: str


def ticket_system(
    stem: str,
    department: str,
    draw_up: DrawnUp,
    *,
    rows: str,
    prefix: str,
    handler: str,
    carried: frozenset[str],
) -> System:
    """Return the system of *department*, each register at ``/v2/<its name>``.

    Args:
        draw_up: the registers of a population; the same chance gives the same ones.
        rows: the word under which a subject's records stand.
        prefix: of receipt numbers; *handler* signs them.
    """

    def start(around: Surroundings) -> Running:
        ledger = Ledger(around.data / f"{department}.{stem}.db", prefix, handler, around.clock)
        registers = draw_up(around.population, chance(around.seed, stem))
        desk = Desk(around.population, registers, ledger, carried, yuan)
        counter = _Counter(around, desk, rows)

        def route(path: str, view: Any, method: str) -> Route:
            guarded = guarded_by_key(around.secret, view, around.faults)
            return Route(path, guarded, methods=[method])

        routes = [
            *(route(f"/v2/{one.name}", counter.question(one), "POST") for one in registers),
            route("/v2/tickets/{ticket}", counter.ticket, "GET"),
            route("/v2/controls", counter.control, "POST"),
            route("/v2/controls", counter.statement, "GET"),
            route("/v2/controls/{key}", counter.outcome, "GET"),
            clock_route(around.clock),
        ]
        return Running(app=program(department, around.faults, routes))

    return System(stem=stem, department=department, protocol="TICKET", start=start)


class _Counter:
    """Where the calls of one system arrive."""

    def __init__(self, around: Surroundings, desk: Desk, rows: str) -> None:
        self._around = around
        self._desk = desk
        self._rows = rows
        self._tickets: dict[str, tuple[float, asyncio.Task[dict[str, Any]]]] = {}

    def question(self, register: PlainRegister) -> Callable[[Request], Any]:
        async def ask(request: Request) -> Response:
            try:
                wanted = msgspec.json.decode(await request.body(), type=_Question)
            except msgspec.DecodeError:
                return json_response({"error": "BAD_REQUEST"}, 400)
            if len(wanted.subjects) > MOST or set(wanted.fields) - register.fields:
                return json_response({"error": "UNKNOWN_FIELD"}, 400)
            return self._accept(self._answer(register, wanted, authority_in(request)))

        return ask

    async def _answer(
        self, register: PlainRegister, wanted: _Question, authority: Authority
    ) -> dict[str, Any]:
        faults, today = self._around.faults, self._around.clock().date()
        await faults.delay()
        fields = sorted(register.fields) if faults.mode == "overdeliver" else wanted.fields
        result: list[dict[str, Any]] = []
        for place, subject in enumerate(faults.answered(wanted.subjects)):
            rows = self._desk.said_of(register, subject, fields, today)
            entry: dict[str, Any] = {"subject": subject, "found": rows is not None}
            if rows is not None:
                entry[self._rows] = faults.told(rows)
            if faults.spoils(subject, place):
                entry["found"] = "perhaps"
            result.append(entry)
        answer = {"state": "READY", "asOf": faults.dated(now()), "result": result}
        self._around.log.write(
            "question",
            register.name,
            subjects=wanted.subjects,
            fields=wanted.fields,
            authority=authority,
            answer_bytes=len(msgspec.json.encode(answer)),
        )
        return answer

    async def control(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Body)
            order = wanted.order(key, document_hash=wanted.document_hash, limit=fen(wanted.amount))
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        try:
            await asyncio.to_thread(self._desk.carry_out, order)
        except KeyReused:
            return json_response({"error": "KEY_REUSED"}, 409)
        self._around.log.write(
            "control",
            "controls",
            subjects=[order.subject],
            authority=authority_in(request),
            key=key,
        )
        if self._around.faults.withholds(key):
            await lose_answer(request)
        return self._accept(self._receipt(key))

    async def _receipt(self, key: str) -> dict[str, Any]:
        await self._around.faults.delay()
        receipt = await asyncio.to_thread(self._desk.receipt_of, key)
        return {"state": "READY", "receipt": receipt}

    async def _status(self, key: str) -> dict[str, Any]:
        return await self._receipt(key) | {"standing": self._desk.standing_of(key)}

    async def _statement(self, since: date) -> dict[str, Any]:
        await self._around.faults.delay()
        return {"state": "READY", "standings": self._desk.statement(since)}

    async def statement(self, request: Request) -> Response:
        try:
            since = date.fromisoformat(request.query_params.get("since", ""))
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        self._around.log.write("status", "statement")
        return self._accept(self._statement(since), status=200)

    async def outcome(self, request: Request) -> Response:
        key = request.path_params["key"]
        self._around.log.write("status", "controls", key=key)
        if await asyncio.to_thread(self._desk.receipt_of, key) is None:
            return json_response({"error": "NOT_FOUND"}, 404)
        return self._accept(self._status(key), status=200)

    def _accept(self, work: Coroutine[Any, Any, dict[str, Any]], status: int = 202) -> Response:
        over = time.monotonic() - _TICKET_SECONDS
        self._tickets = {t: kept for t, kept in self._tickets.items() if kept[0] > over}
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = (time.monotonic(), asyncio.create_task(work))
        wait = _POLL_AFTER + round(self._around.faults.latency * 1000)
        return json_response({"ticket": ticket, "pollAfterMs": wait}, status)

    async def ticket(self, request: Request) -> Response:
        known = self._tickets.get(request.path_params["ticket"])
        if known is None:
            return json_response({"error": "NOT_FOUND"}, 404)
        if not known[1].done():
            return json_response({"state": "WORKING", "pollAfterMs": _POLL_AFTER})
        return json_response(known[1].result())
