"""A plain REST/JSON department (docs/departments/kit.md): registers asked by POST, orders PUT under their key."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.chance import Chance, chance
from sandbox.dates import now
from sandbox.desk import Desk, public_ledger
from sandbox.ledger import KeyReused
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

MOST: Final = 200
DrawnUp = Callable[[Population, Chance], Sequence[PlainRegister]]
FurtherRoutes = Callable[[Surroundings, Sequence[PlainRegister]], Sequence[Route]]


class _Question(msgspec.Struct):
    subjects: list[str]
    fields: list[str]


class _Body(OrderBody, kw_only=True):
    amount: str


def rest_system(
    stem: str,
    department: str,
    draw_up: DrawnUp,
    *,
    prefix: str = "",
    handler: str = "",
    carried: frozenset[str] = frozenset(),
    orders: str = "/v1/orders",
    further: FurtherRoutes = lambda _, __: (),
) -> System:
    """Return the system of *department*, each register at ``/v1/<its name>``.

    Args:
        draw_up: the registers of a population; the same chance gives the same ones.
        prefix: of receipt numbers; *handler* signs them.
        further: routes that this department has besides.
    """

    def start(around: Surroundings) -> Running:
        ledger = public_ledger(around, f"{department}.{stem}", prefix, handler) if carried else None
        registers = draw_up(around.population, chance(around.seed, stem))
        desk = Desk(around.population, registers, ledger, carried, yuan)
        counter = Counter(around, desk)
        routes = [
            Route(
                f"/v1/{one.name}",
                guarded_by_key(around.secret, counter.question(one), around.faults),
                methods=["POST"],
            )
            for one in registers
        ]
        if carried:
            routes += order_routes(around, counter, orders)
        routes += [clock_route(around.clock), *further(around, registers)]
        return Running(app=program(department, around.faults, routes))

    return System(stem=stem, department=department, protocol="REST", start=start)


def order_routes(around: Surroundings, counter: "Counter", orders: str) -> list[Route]:
    """Return where orders are PUT under their key, looked up, and listed."""

    def route(path: str, view: Callable[[Request], Any], method: str) -> Route:
        return Route(path, guarded_by_key(around.secret, view, around.faults), methods=[method])

    return [
        route(orders, counter.statement, "GET"),
        route(f"{orders}/{{key}}", counter.order, "PUT"),
        route(f"{orders}/{{key}}", counter.status, "GET"),
    ]


class Counter:
    """Where the calls of one system arrive."""

    def __init__(self, around: Surroundings, desk: Desk) -> None:
        self._around = around
        self._desk = desk

    def question(self, register: PlainRegister) -> Callable[[Request], Any]:
        async def ask(request: Request) -> Response:
            faults = self._around.faults
            try:
                wanted = msgspec.json.decode(await request.body(), type=_Question)
            except msgspec.DecodeError:
                return json_response({"error": "BAD_REQUEST"}, 400)
            if len(wanted.subjects) > MOST or set(wanted.fields) - register.fields:
                return json_response({"error": "UNKNOWN_FIELD"}, 400)
            await faults.delay()
            fields = sorted(register.fields) if faults.mode == "overdeliver" else wanted.fields
            today = self._around.clock().date()
            answers = []
            for place, subject in enumerate(faults.answered(wanted.subjects)):
                rows = self._desk.said_of(register, subject, fields, today)
                if faults.spoils(subject, place):
                    rows = [{name: ["wrong"] for name in fields}]
                told = faults.told(rows or [])
                answers.append({"subject": subject, "found": rows is not None, "rows": told})
            body = msgspec.json.encode({"asOf": faults.dated(now()), "answers": answers})
            self._around.log.write(
                "question",
                register.name,
                subjects=wanted.subjects,
                fields=wanted.fields,
                authority=authority_in(request),
                answer_bytes=len(body),
            )
            return Response(body, media_type="application/json")

        return ask

    async def order(self, request: Request) -> Response:
        key = request.path_params["key"]
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Body)
            order = wanted.order(key, document_hash=wanted.document_hash, limit=fen(wanted.amount))
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        try:
            receipt = await asyncio.to_thread(self._desk.carry_out, order)
        except KeyReused:
            return json_response({"error": "KEY_REUSED"}, 409)
        self._around.log.write(
            "control", "orders", subjects=[order.subject], authority=authority_in(request), key=key
        )
        if self._around.faults.withholds(key):
            await lose_answer(request)
        await self._around.faults.delay()
        return json_response(receipt)

    async def status(self, request: Request) -> Response:
        key = request.path_params["key"]
        await self._around.faults.delay()
        self._around.log.write("status", "orders", key=key)
        receipt = self._desk.receipt_of(key)
        if receipt is None:
            return json_response({"error": "NOT_FOUND"}, 404)
        return json_response({"receipt": receipt, "standing": self._desk.standing_of(key)})

    async def statement(self, request: Request) -> Response:
        await self._around.faults.delay()
        try:
            since = date.fromisoformat(request.query_params["since"])
        except (KeyError, ValueError):
            return json_response({"error": "BAD_REQUEST"}, 400)
        self._around.log.write("status", "orders")
        return json_response({"standings": self._desk.statement(since)})
