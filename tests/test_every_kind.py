"""A case with a hundred obligors and every kind there is: asked at once, once, and for no longer than need be."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import anyio
import pytest

from bench.every_kind import kinds, query
from connectors.departments import Departments
from connectors.errors import DepartmentTimeout
from connectors.question import Answer, Authority, Projection, Question
from domain.cover import CoverPolicy
from domain.identity import IdNumber
from gateway.contexts import Contexts
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.operation import Operation
from gateway.schema import build_graph
from resolvers.order_events import OrderEvents
from storage.cases import CaseRecord, keep_cases
from tests.differential.marked import AS_OF
from tests.differential.world import NOW, UNLIMITED, World, caller_of, scopes_of_role, world

pytestmark = pytest.mark.anyio

ROLE = "court-executor"


@dataclass
class Registers:
    """Departments that answer when a test lets them, and say who was asked for whom.

    Attributes:
        calls: question and subjects of each call, in the order they came.
        held: what has to happen before a question of a case is answered.
        asked: set when a question of a case came.
        dead: departments that never answer.
        known: what records of a question hold, by attribute.
    """

    calls: list[tuple[Question[Any], Authority, Sequence[IdNumber]]] = field(default_factory=list)
    held: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    asked: dict[tuple[str, str], asyncio.Event] = field(
        default_factory=lambda: defaultdict(asyncio.Event)
    )
    dead: frozenset[str] = frozenset()
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    all_of: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self,
        question: Question[Any],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[Any]]:
        self.calls.append((question, authority, subjects))
        self.asked[question.name, authority.case_number].set()
        if len(self.calls) >= self.all_of:
            self.open.set()
        if question.department in self.dead:
            raise DepartmentTimeout(question.department)
        waits = self.held.get((question.name, authority.case_number), self.open)
        await waits.wait()
        return {one: self._answer(question, one, want) for one in subjects}

    def connects(self, _: Question[Any]) -> bool:
        return True

    def _answer(self, question: Question[Any], number: IdNumber, want: Projection) -> Answer[Any]:
        if not want:
            return Answer(value=() if question.plural else None, as_of=AS_OF)
        known = {"related_id_number": number, **self.known.get(question.name, {})}
        record = question.record(**{name: known[name] for name in known.keys() & want})
        return Answer(value=(record,) if question.plural else record, as_of=AS_OF)


@pytest.fixture
async def court(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("every")) as made:
        yield made


def engine_of(
    court: World,
    registers: Registers,
    *,
    off: frozenset[str] = frozenset(),
    policy: CoverPolicy | None = None,
) -> Engine:
    contexts = Contexts(
        groups_off=off,
        cover_policy=policy or CoverPolicy(),
        database=court.database,
        departments=cast("Departments", registers),
        events=OrderEvents(court.database),
        pseudonym_key=b"k" * 32,
        now=lambda: NOW,
    )
    settings = EngineSettings(limits=UNLIMITED, cost_of_operation=10**9, cost_per_minute=10**12)
    return Engine(build_graph(off=off) if off else court.graph, contexts, settings)


def mine(court: World) -> list[CaseRecord]:
    return [
        case
        for case in court.cases
        if any(entry.officer.id == "executor-1" for entry in case.officers) and case.state == "OPEN"
    ]


async def a_case_of_a_hundred(court: World) -> CaseRecord:
    case = mine(court)[0]
    party = case.obligors[0]
    parties = tuple(
        type(party)(id_number=IdNumber(f"99020319900101{n:04d}"), name="示例", kind=party.kind)
        for n in range(100)
    )
    large = replace(case, obligors=parties)
    await court.database.write(lambda c: keep_cases(c, [large]))
    return large


async def asked(engine: Engine, text: str, **variables: Any) -> dict[str, Any]:
    operation = Operation(document=text, variables=variables)
    with anyio.fail_after(60):
        response = await engine.execute(operation, caller_of(ROLE))
    assert response.status == 200, response.body
    return response.body


async def test_every_department_is_asked_before_any_has_answered_once_for_all_obligors(
    court: World,
) -> None:
    case = await a_case_of_a_hundred(court)
    found = kinds(court.graph, scopes_of_role(ROLE))
    registers = Registers(all_of=len(found))

    body = await asked(
        engine_of(court, registers), query([text for _, text in found.values()]), n=case.number
    )

    assert len(found) >= 5
    assert len(registers.calls) == len(found)
    assert {len(subjects) for _, _, subjects in registers.calls} == {100}
    assert len(body["data"]["case"]["debtors"]) == 100
    assert "errors" not in body


async def test_three_dead_departments_cost_their_fields_alone(court: World) -> None:
    case = await a_case_of_a_hundred(court)
    found = kinds(court.graph, scopes_of_role(ROLE))
    dead = frozenset(sorted({department for department, _ in found.values()})[:3])
    registers = Registers(dead=dead)
    registers.open.set()

    body = await asked(
        engine_of(court, registers), query([text for _, text in found.values()]), n=case.number
    )

    silent = {name for name, (department, _) in found.items() if department in dead}
    assert len(dead) == 3
    for debtor in body["data"]["case"]["debtors"]:
        assert {name for name in found if debtor[name] is None} == silent
    assert {error["extensions"]["department"] for error in body["errors"]} <= dead
    assert {error["extensions"]["code"] for error in body["errors"]} == {"DEPARTMENT_TIMEOUT"}
    statuses = {one["id"]: one["status"] for one in body["extensions"]["departments"]}
    assert {one for one, status in statuses.items() if status == "TIMEOUT"} == dead


async def test_what_follows_in_one_case_does_not_wait_for_another_case(court: World) -> None:
    """The relations of the first case come only after people of the second were asked about."""
    first, second = mine(court)[:2]
    registers = Registers()
    registers.open.set()
    held = registers.held["related_to", first.number] = asyncio.Event()
    text = (
        "query ($n: [CaseNumber!]!) { cases(numbers: $n, purpose: PROPERTY_INQUIRY) { debtors { "
        "relatedPersons { person { vehicles { plateNumber } } } } } }"
    )
    work = asyncio.create_task(
        asked(engine_of(court, registers), text, n=[first.number, second.number])
    )

    def vehicles_of(case: CaseRecord) -> int:
        return sum(
            question.name == "owned_by" and authority.case_number == case.number
            for question, authority, _ in registers.calls
        )

    with anyio.fail_after(30):
        await registers.asked["owned_by", second.number].wait()
    before = vehicles_of(first)
    held.set()
    body = await work

    assert before == 0
    assert vehicles_of(first) == vehicles_of(second) == 1
    assert "errors" not in body


async def test_every_kind_says_when_its_data_were_taken(court: World) -> None:
    """Each asset in a field of its own; what is no asset in the status of its department."""
    case = mine(court)[0]
    found = kinds(court.graph, scopes_of_role(ROLE))
    registers = Registers()
    registers.open.set()

    body = await asked(
        engine_of(court, registers), query([text for _, text in found.values()]), n=case.number
    )

    assets = {name for name, (_, text) in found.items() if "sourceRecordId" in text}
    assert {"vehicles", "housingFund", "securities"} <= assets
    assert {name for name in assets if " asOf " not in found[name][1]} == set()
    statuses = {one["id"]: one["asOf"] for one in body["extensions"]["departments"]}
    assert statuses.keys() == {department for department, _ in found.values()}
    assert None not in statuses.values()


ASSETS = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  assets { kind status assets { id controllableAmount { fen } } } } } }"""


def entry_of(body: dict[str, Any], kind: str) -> dict[str, Any]:
    assert "errors" not in body
    [entry] = [one for one in body["data"]["case"]["debtors"][0]["assets"] if one["kind"] == kind]
    return cast("dict[str, Any]", entry)


async def test_a_kind_that_is_switched_off_has_its_entry_and_nobody_is_asked(court: World) -> None:
    registers = Registers()
    registers.open.set()
    engine = engine_of(court, registers, off=frozenset({"vessel"}))

    body = await asked(engine, ASSETS, n=mine(court)[0].number)

    assert entry_of(body, "VESSEL") == {"kind": "VESSEL", "status": "SWITCHED_OFF", "assets": None}
    assert entry_of(body, "VEHICLE")["status"] == "ANSWERED"
    assert "transport" not in {question.department for question, _, _ in registers.calls}


@pytest.mark.parametrize(("percent", "fen"), [(0, "10000"), (30, "7000")])
async def test_what_a_sale_is_expected_to_lose_is_not_counted_as_controllable(
    court: World, percent: int, fen: str
) -> None:
    registers = Registers(
        known={"holdings_of": {"market_value": 100_00, "quantity": 10, "available_quantity": 10}}
    )
    registers.open.set()
    policy = CoverPolicy(haircuts={"securities": percent})

    body = await asked(engine_of(court, registers, policy=policy), ASSETS, n=mine(court)[0].number)

    [holding] = entry_of(body, "SECURITIES")["assets"]
    assert holding["controllableAmount"] == {"fen": fen}
