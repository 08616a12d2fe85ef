"""The department's side of an exchange database (docs/departments/kit.md): registers behind shared tables."""

import asyncio
import json
import secrets
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
from sandbox.exchange_database import Exchange
from sandbox.ledger import KeyReused
from sandbox.money import fen, yuan
from sandbox.order_body import OrderBody
from sandbox.plain_register import PlainRegister
from sandbox.population import Population
from sandbox.program import clock_route, json_response, program
from sandbox.system import Running, Surroundings, System
from sandbox.wire_log import Authority

MOST: Final = 500
_BUSY: Final = 0.003  # seconds between looks
_IDLE: Final = 0.06
_NAMES: Final = msgspec.json.Decoder(list[str])
DrawnUp = Callable[[Population, Chance], Sequence[PlainRegister]]


class _Body(OrderBody, kw_only=True):
    amount: str


class _Inflow(msgspec.Struct):
    """Money that a test pays in; *amount* is yuan."""

    record: str
    amount: str


def sql_system(
    stem: str,
    department: str,
    draw_up: DrawnUp,
    *,
    prefix: str,
    handler: str,
    carried: frozenset[str],
    single: bool = False,
    alone: bool = False,
) -> System:
    """Return the system of *department*; its registers share one exchange, told apart by their words.

    Args:
        draw_up: the registers of a population; the same chance gives the same ones.
        prefix: of receipt numbers; *handler* signs them.
        single: a subject has one record or none, and a reply is that record, not a list.
    """

    def start(around: Surroundings) -> Running:
        ledger = public_ledger(around, department, prefix, handler)
        registers = draw_up(around.population, chance(around.seed, stem))
        desk = Desk(around.population, registers, ledger, carried, yuan)
        centre = Centre(around, desk, single=single)
        inflow = Route("/_sandbox/inflow", centre.pay_in, methods=["POST"])
        routes = [clock_route(around.clock), inflow]
        return Running(app=program(department, around.faults, routes), work=centre.work)

    return System(stem=stem, department=department, protocol="SQL", start=start, alone=alone)


class Centre:
    """Claims what the court side wrote, and answers it."""

    def __init__(self, around: Surroundings, desk: Desk, *, single: bool) -> None:
        self._desk = desk
        self._single = single
        self._log = around.log
        self._faults = around.faults
        self._clock = around.clock
        self._exchange = Exchange(around.exchange)
        self._name = secrets.token_hex(4)

    async def work(self) -> None:
        """Work for ever: often while there is something to do, now and then otherwise."""
        self._exchange.prepare()
        wait = _IDLE
        while True:
            worked = False
            if not self._faults.is_down:
                worked = any(
                    [await self._questions(), await self._controls(), await self._standings()]
                )
            wait = _BUSY if worked else min(_IDLE, wait * 1.1)
            await asyncio.sleep(wait)

    async def _questions(self) -> bool:
        claimed = self._exchange.claim_questions(self._name, now().isoformat())
        for request in claimed:
            await self._faults.delay()
            try:
                subjects, fields = _NAMES.decode(request.subjects), _NAMES.decode(request.fields)
            except msgspec.DecodeError:
                subjects, fields = [], [""]
            register = self._register(fields)
            if len(subjects) > MOST or register is None:
                self._exchange.fail_question(request.id)
                continue
            as_of = self._faults.dated(now())
            shown = sorted(register.fields) if self._faults.mode == "overdeliver" else fields
            replies = [
                (request.id, subject, *self._reply(register, subject, shown, position), as_of)
                for position, subject in enumerate(self._faults.answered(subjects))
            ]
            with self._exchange.answering(request.id, replies) as waited_for:
                self._log.write(
                    "question",
                    "query_request",
                    subjects=subjects,
                    fields=fields,
                    authority=Authority(
                        case=request.case_number,
                        officer=request.officer,
                        organisation=request.organisation,
                        purpose=request.purpose,
                    ),
                    answer_bytes=sum(len((body or "").encode()) for _, _, _, body, _ in replies)
                    if waited_for
                    else 0,
                    status="ANSWERED" if waited_for else "GONE",
                )
        return bool(claimed)

    def _register(self, fields: Sequence[str]) -> PlainRegister | None:
        """Return the register that has all *fields*, which none but one does."""
        found = [one for one in self._desk.registers.values() if not set(fields) - one.fields]
        return found[0] if found else None

    def _reply(
        self, register: PlainRegister, subject: str, fields: list[str], position: int
    ) -> tuple[int, str | None]:
        if self._faults.mode == "garbage":
            return 1, "{not json"
        if self._faults.mode == "repeats":
            return 1, f"cannot serve {subject}"
        wrong = {name: ["wrong"] for name in fields}
        if self._faults.spoils(subject, position):
            return 1, json.dumps(wrong if self._single else [wrong])
        rows = self._desk.said_of(register, subject, fields, self._clock().date())
        if rows is None or (self._single and not rows):
            return 0, None
        said: Any = rows[0] if self._single else self._faults.told(rows)
        return 1, json.dumps(said, ensure_ascii=False)

    async def _controls(self) -> bool:
        claimed = self._exchange.claim_controls(self._name, now().isoformat())
        for key, document_hash, body in claimed:
            try:
                wanted = msgspec.json.decode(body, type=_Body)
                order = wanted.order(key, document_hash=document_hash, limit=fen(wanted.amount))
                receipt = await asyncio.to_thread(self._desk.carry_out, order)
            except (ValueError, KeyReused):
                continue  # the page has no words for it: such an order stays unanswered
            words = json.dumps(receipt, ensure_ascii=False)
            self._log.write(
                "control",
                "control_request",
                subjects=[order.subject],
                authority=Authority(
                    case=order.case,
                    officer=wanted.officers[0],
                    organisation=order.court,
                    purpose="CONTROL",
                ),
                key=key,
                answer_bytes=len(words.encode()),
            )
            if self._faults.withholds(key):
                self._exchange.release_control(key)
                continue
            await self._faults.delay()
            self._exchange.answer_control(key, words, now().isoformat())
        return bool(claimed)

    async def _standings(self) -> bool:
        claimed = self._exchange.claim_standings(self._name, now().isoformat())
        for request_id, key, since in claimed:
            await self._faults.delay()
            found = self._asked_about(key, since)
            words = None if found is None else json.dumps(found, ensure_ascii=False)
            self._log.write(
                "status", "standing_request", key=key, answer_bytes=len((words or "").encode())
            )
            self._exchange.answer_standing(request_id, words)
        return bool(claimed)

    def _asked_about(self, key: str | None, since: str | None) -> list[dict[str, Any]] | None:
        """Return the standings asked for; None if it cannot be read what is."""
        if (key is None) == (since is None):
            return None
        if key is not None:
            one = self._desk.standing_of(key)
            return [] if one is None else [one]
        try:
            return self._desk.statement(date.fromisoformat(since or ""))
        except ValueError:
            return None

    async def pay_in(self, request: Request) -> Response:
        """Let money come into an account, as a test wants it."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Inflow)
            amount = fen(wanted.amount)
        except ValueError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        if not self._desk.knows(wanted.record):
            return json_response({"error": "BAD_REQUEST"}, 400)
        await asyncio.to_thread(self._desk.ledger.let_in, wanted.record, amount)
        return json_response({"record": wanted.record})
