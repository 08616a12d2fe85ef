"""Housing fund centre: works the exchange database (docs/departments/housing_fund.md)."""

import asyncio
import json
import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.dates import now
from sandbox.exchange_database import Exchange
from sandbox.faults import Faults
from sandbox.hold_words import hold_words
from sandbox.holds import balance_after, standings
from sandbox.housing_fund_words import FIELDS, PLAIN
from sandbox.ledger import KeyReused, Ledger, converted
from sandbox.money import fen, yuan
from sandbox.order_body import OrderBody
from sandbox.orders import Asset, Order, stranger
from sandbox.population import Population
from sandbox.program import clock_route, json_response, program
from sandbox.wire_log import Authority, WireLog

DEPARTMENT: Final = "housing-fund-center"
_MOST: Final = 500
_BUSY: Final = 0.003  # seconds between looks
_IDLE: Final = 0.02
_CARRIED: Final = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT", "DEDUCT"})
_HOLD_NAMES: Final = ("jg", "ajbh", "sx", "je", "qsrq", "jzrq", "zt")
_NAMES: Final = msgspec.json.Decoder(list[str])


class _Body(OrderBody, kw_only=True):
    amount: str


class _Inflow(msgspec.Struct):
    """Money that a test pays in; *amount* is yuan."""

    record: str
    amount: str


class Centre:
    """Claims what the court side wrote, and answers it."""

    def __init__(
        self,
        population: Population,
        ledger: Ledger,
        log: WireLog,
        faults: Faults,
        clock: Clock,
        exchange: Exchange,
    ) -> None:
        self._population = population
        self._ledger = ledger
        self._log = log
        self._faults = faults
        self._clock = clock
        self._exchange = exchange
        self._name = secrets.token_hex(4)
        self._accounts = {account.record: account for account in population.accounts.values()}

    async def work(self) -> None:
        """Work for ever: often while there is something to do, now and then otherwise."""
        self._exchange.prepare()
        wait = _IDLE
        while True:
            worked = False
            if self._faults.mode != "unavailable":
                worked = any(
                    [await self._questions(), await self._controls(), await self._standings()]
                )
            wait = _BUSY if worked else min(_IDLE, wait * 1.5)
            await asyncio.sleep(wait)

    async def _questions(self) -> bool:
        claimed = self._exchange.claim_questions(self._name, now().isoformat())
        for request in claimed:
            await self._faults.delay()
            try:
                subjects, fields = _NAMES.decode(request.subjects), _NAMES.decode(request.fields)
            except msgspec.DecodeError:
                subjects, fields = [], [""]
            if len(subjects) > _MOST or set(fields) - FIELDS:
                self._exchange.fail_question(request.id)
                continue
            as_of = self._clock().isoformat()
            shown = sorted(FIELDS) if self._faults.mode == "overdeliver" else fields
            replies = [
                (request.id, subject, *self._reply(subject, shown, position), as_of)
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

    def _reply(self, subject: str, fields: list[str], position: int) -> tuple[int, str | None]:
        account = self._population.accounts.get(subject)
        if self._faults.mode == "garbage":
            return 1, "{not json"
        if self._faults.mode == "repeats":
            return 1, f"cannot serve {subject}"
        if self._faults.spoils(subject, position):
            return 1, json.dumps({name: ["wrong"] for name in fields})
        if account is None:
            return 0, None
        log = self._ledger.log_of(account.record, account.earlier)
        standing = standings(account.balance, log, self._clock().date())
        today = replace(account, balance=balance_after(account.balance, log))
        values: dict[str, Any] = {
            "kyye": lambda: yuan(max(0, today.balance - sum(one.takes for one in standing))),
            "djxx": lambda: hold_words(standing, _HOLD_NAMES, yuan),
        }
        words = {name: values[name]() if name in values else PLAIN[name](today) for name in fields}
        return 1, json.dumps(words, ensure_ascii=False)

    async def _controls(self) -> bool:
        claimed = self._exchange.claim_controls(self._name, now().isoformat())
        for key, document_hash, body in claimed:
            try:
                wanted = msgspec.json.decode(body, type=_Body)
                order = wanted.order(key, document_hash=document_hash, limit=fen(wanted.amount))
                receipt = await asyncio.to_thread(self._ledger.carry_out, order, self._find)
            except (ValueError, KeyReused):
                continue  # the page has no words for it: such an order stays unanswered
            words = json.dumps(converted(receipt, yuan, "amount"), ensure_ascii=False)
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
            one = self._ledger.standing_of(key, self._asset)
            found = [] if one is None else [one]
        else:
            try:
                found = self._ledger.statement(date.fromisoformat(since or ""), self._asset)
            except ValueError:
                return None
        amounts = ("limit", "controlled")
        return [one | {name: yuan(one[name]) for name in amounts} for one in found]

    async def pay_in(self, request: Request) -> Response:
        """Let money come into an account, as a test wants it."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Inflow)
            account, amount = self._accounts[wanted.record], fen(wanted.amount)
        except (ValueError, KeyError):
            return json_response({"error": "BAD_REQUEST"}, 400)
        await asyncio.to_thread(self._ledger.let_in, account.record, amount)
        return json_response({"record": account.record})

    def _find(self, order: Order) -> Asset | str:
        if order.action not in _CARRIED:
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        account = self._accounts.get(order.record)
        if account is None or account.owner != order.subject:
            return "NO_ASSET"
        return self._asset(order.record)

    def _asset(self, record: str) -> Asset:
        account = self._accounts[record]
        return Asset(capacity=account.balance, balance=account.balance, earlier=account.earlier)


def department(
    population: Population,
    log: WireLog,
    faults: Faults,
    clock: Clock,
    data: Path,
    exchange_url: str,
) -> tuple[Starlette, Centre]:
    """Return the control port (health and what tests want) and the worker behind the exchange."""
    ledger = Ledger(data / "housing-fund-center.db", "HF", "示例公积金经办", clock)
    centre = Centre(population, ledger, log, faults, clock, Exchange(exchange_url))
    inflow = Route("/_sandbox/inflow", centre.pay_in, methods=["POST"])
    return program(DEPARTMENT, faults, [clock_route(clock), inflow]), centre
