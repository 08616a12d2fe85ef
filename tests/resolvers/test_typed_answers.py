"""Units on paper: asked once, answered by a person of theirs, shown as of then and no longer than valid."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection

from auth.caller import Caller
from connectors.address import DepartmentAddress
from connectors.contract import Examination
from connectors.departments import Departments
from connectors.errors import DepartmentPending
from connectors.manual_department import AskedOfPeople, Awaited, Typed
from connectors.question import Answer, Authority, Projection
from connectors.subdistrict_clues import SubdistrictCluesConnector
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from resolvers import typing_steps
from resolvers.declare import camel
from resolvers.order_steps import Idempotency, KeyConflict, Step
from resolvers.refusals import BadInput, NotAnObligor
from resolvers.typed_answers import AnswersOfPeople
from resolvers.typing_steps import AnsweredBefore, TypedRequestNotFound
from storage.cases import find_case, keep_cases
from storage.database import Database
from storage.idempotency_keys import find_request
from storage.typed_requests import (
    TypedRequestRecord,
    answer_typed_request,
    erase_typed,
    lock_typed_request,
    typed_requests_page,
)
from tests.resolvers.order_world import START, open_world

pytestmark = pytest.mark.anyio

VALID: Final = timedelta(days=30)
ADDRESS: Final = Projection({"current_address"})
BOTH: Final = Projection({"current_address", "phone_numbers"})
UNIT: Final = "subdistricts"
KNOWN: Final = {"currentAddress": "示例市示例区示例路1号"}
WHOLE: Final = {
    **KNOWN,
    "deliveryAddress": "示例市示例区示例路2号",
    "phoneNumbers": ["12900000001"],
}


@dataclass
class Street:
    """A court, and a subdistrict whose clerk types."""

    database: Database
    departments: Departments
    case: str
    debtors: tuple[IdNumber, ...]
    now: datetime = START

    def authority(self, **other: str) -> Authority:
        given: dict[str, Any] = {
            "case_number": self.case,
            "organisation": "court",
            "purpose": "LOCATE",
        } | other
        return Authority(officer="示9903-0001", request_id="r", **given)

    async def ask(
        self, want: Projection = ADDRESS, authority: Authority | None = None
    ) -> Answer[tuple[Any, ...]]:
        question: Any = SubdistrictCluesConnector.clues_of
        under = authority or self.authority()
        answers = await self.departments.ask(question, [self.debtors[0]], want, under)
        return answers[self.debtors[0]]

    async def listed(self, unit: str = UNIT, *, is_open: bool = True) -> list[TypedRequestRecord]:
        page = partial(typed_requests_page, unit=unit, is_open=is_open, first=100, after=None)
        return await self.database.read(page)

    async def type(
        self,
        request: str,
        *rows: dict[str, Any],
        fields: tuple[str, ...] = ("currentAddress",),
        unit: str = UNIT,
        key: str | None = None,
    ) -> TypedRequestRecord:
        caller = Caller(
            subject="clerk-1",
            organisation=unit,
            role="dept:subdistrict",
            client_id="test",
            scopes=frozenset({"assist:ack"}),
            token_id="t",
            expires_at=2**40,
        )
        step = Step(caller=caller, now=self.now, request_id="r")
        idempotency = Idempotency(actor="clerk-1", key=key or secrets.token_hex(8))
        return await self.database.write(
            partial(typing_steps.type_answer, request, fields, rows, VALID, idempotency, step)
        )


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    world = await open_world(tmp_path)
    street = Street(
        database=world.database,
        departments=Departments([]),
        case=world.case.number,
        debtors=tuple(party.id_number for party in world.case.obligors),
    )
    answers = AnswersOfPeople(street.database, {"subdistrict_clues": UNIT}, lambda: street.now)
    street.departments = Departments([SubdistrictCluesConnector(answers)])
    yield street
    await street.database.close()


async def test_asking_makes_one_request_however_often_it_is_asked(street: Street) -> None:
    first = await street.ask()
    again = await street.ask()

    assert isinstance(first.error, DepartmentPending)
    assert isinstance(again.error, DepartmentPending)
    assert first.error.claim == again.error.claim
    assert first.error.eta == datetime(2026, 11, 26, 16, tzinfo=UTC)  # three working days (DL-33)
    [request] = await street.listed()
    assert (request.id, request.id_number) == (first.error.claim, street.debtors[0])
    assert request.fields == {"current_address"}


async def test_more_that_is_asked_while_it_is_open_joins_the_request(street: Street) -> None:
    await street.ask(ADDRESS)
    await street.ask(Projection({"phone_numbers"}))

    [request] = await street.listed()
    assert request.fields == {"current_address", "phone_numbers"}
    with pytest.raises(AnsweredBefore):  # the clerk read it before it grew
        await street.type(request.id, KNOWN, fields=("currentAddress",))
    assert [one.state for one in await street.listed()] == ["OPEN"]


async def test_what_was_typed_is_shown_as_of_when_it_was(street: Street) -> None:
    await street.ask(BOTH)
    [request] = await street.listed()
    street.now += timedelta(hours=5)
    typed = {**KNOWN, "phoneNumbers": ["12900000001"]}

    await street.type(request.id, typed, fields=("currentAddress", "phoneNumbers"))
    street.now += timedelta(days=2)
    answer = await street.ask(Projection({*BOTH, "as_of"}))

    [clue] = answer.get()
    assert clue.current_address == "示例市示例区示例路1号"
    assert clue.phone_numbers == ("12900000001",)
    assert clue.as_of == answer.as_of == START + timedelta(hours=5)
    assert await street.listed() == []


async def test_nothing_known_is_an_answer_too(street: Street) -> None:
    await street.ask()
    [request] = await street.listed()

    await street.type(request.id)

    assert (await street.ask()).get() == ()


async def test_after_its_validity_an_answer_is_asked_anew_and_erased(street: Street) -> None:
    await street.ask()
    [request] = await street.listed()
    await street.type(request.id, KNOWN)
    street.now += VALID

    stale = await street.ask()
    erased = await street.database.write(partial(erase_typed, now=street.now))

    assert isinstance(stale.error, DepartmentPending)
    assert stale.error.claim != request.id
    assert erased == 1
    [old] = await street.listed(is_open=False)
    assert (old.id, old.state, old.rows) == (request.id, "EXPIRED", None)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"case_number": "（2026）示9903执2号"}, id="another case"),
        pytest.param({"organisation": "higher-court"}, id="another organisation"),
        pytest.param({"purpose": "SERVICE"}, id="another purpose"),
    ],
)
async def test_an_answer_is_shown_under_no_other_authority(
    street: Street, other: dict[str, str]
) -> None:
    await street.ask()
    [request] = await street.listed()
    await street.type(request.id, KNOWN)

    answer = await street.ask(authority=street.authority(**other))

    assert isinstance(answer.error, DepartmentPending)
    assert answer.error.claim != request.id


async def test_the_hash_of_what_was_typed_goes_with_it(street: Street) -> None:
    """A telephone number is found by its hash in an afternoon."""
    await street.ask()
    [request] = await street.listed()
    await street.type(request.id, KNOWN, key="k")
    find = partial(find_request, actor="clerk-1", key="k")
    kept = await street.database.read(find)

    await street.database.write(partial(erase_typed, now=street.now + VALID))

    assert kept is not None
    assert await street.database.read(find) is None
    with pytest.raises(AnsweredBefore):
        await street.type(request.id, KNOWN, key="k")


async def test_who_is_no_obligor_any_more_is_neither_listed_nor_answered_for(
    street: Street,
) -> None:
    await street.ask()
    [request] = await street.listed()

    def take_out(connection: Connection) -> None:
        case = find_case(connection, CaseNumber(street.case))
        assert case is not None
        keep_cases(connection, [replace(case, obligors=case.applicants)])

    await street.database.write(take_out)

    assert await street.listed() == []
    with pytest.raises(NotAnObligor):
        await street.type(request.id, KNOWN)


async def test_another_unit_neither_sees_nor_answers(street: Street) -> None:
    await street.ask()
    [request] = await street.listed()

    with pytest.raises(TypedRequestNotFound):
        await street.type(request.id, KNOWN, unit="traffic-police")

    assert await street.listed("traffic-police") == []
    assert [one.state for one in await street.listed()] == ["OPEN"]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"currentAddress": "示例\0路"}, id="what a database cannot keep"),
        pytest.param({"currentAddress": "示例\u202e路"}, id="what nobody can see"),
        pytest.param({"currentAddress": "x" * 2001}, id="a book"),
        pytest.param({"currentAddress": ["a", "b"]}, id="a list for one value"),
        pytest.param({"currentAddress": ""}, id="nothing"),
        pytest.param({"phoneNumbers": ["12900000001"]}, id="what was not asked for"),
    ],
)
async def test_what_has_another_form_is_refused_without_its_value(
    street: Street, row: dict[str, Any]
) -> None:
    await street.ask()
    [request] = await street.listed()

    with pytest.raises(BadInput) as refused:
        await street.type(request.id, row)

    assert "12900000001" not in str(refused.value)
    assert isinstance((await street.ask()).error, DepartmentPending)


async def test_an_answer_is_typed_once_and_its_repeat_changes_nothing(street: Street) -> None:
    await street.ask()
    [request] = await street.listed()

    await street.type(request.id, KNOWN, key="k")
    repeat = await street.type(request.id, KNOWN, key="k")
    with pytest.raises(KeyConflict):
        await street.type(request.id, {"currentAddress": "别处"}, key="k")
    with pytest.raises(AnsweredBefore):
        await street.type(request.id, {"currentAddress": "别处"})

    assert repeat.state == "ANSWERED"
    [clue] = (await street.ask()).get()
    assert clue.current_address == KNOWN["currentAddress"]


async def test_a_case_that_is_no_longer_open_is_not_listed(street: Street) -> None:
    await street.ask()
    closed = CaseNumber(street.case)

    def close(connection: Connection) -> None:
        case = find_case(connection, closed)
        assert case is not None
        keep_cases(connection, [replace(case, state="CLOSED")])

    await street.database.write(close)

    assert await street.listed() == []


@dataclass
class Clerk:
    """Types whatever is asked before anybody waits for it: then what people say is held to the contract.

    Strangers, who are no obligors and are never asked about through the graph, are answered with nothing.
    """

    street: Street
    answers: AnswersOfPeople

    async def of(
        self, asked: AskedOfPeople, subjects: Sequence[IdNumber]
    ) -> Mapping[IdNumber, Typed | Awaited]:
        said = await self.answers.of(asked, subjects)
        waiting = {one.request: who for who, one in said.items() if isinstance(one, Awaited)}
        for request in await self.street.database.read(partial(_open_ones, waiting=waiting)):
            if request.id_number in self.street.debtors:
                names = tuple(sorted(map(camel, request.fields)))
                values = {name: one for name, one in WHOLE.items() if name in names}
                await self.street.type(request.id, values, fields=names)
            else:
                nothing = partial(
                    answer_typed_request,
                    id_=request.id,
                    rows=[],
                    by="clerk-1",
                    at=self.street.now,
                    valid_until=self.street.now + VALID,
                )
                await self.street.database.write(nothing)
        return await self.answers.of(asked, subjects)


def _open_ones(connection: Connection, waiting: Mapping[str, IdNumber]) -> list[TypedRequestRecord]:
    found = (lock_typed_request(connection, one, unit=UNIT) for one in waiting)
    return [one for one in found if one is not None]


async def test_what_people_type_keeps_the_contract_that_every_department_keeps(
    street: Street,
) -> None:
    answers = AnswersOfPeople(street.database, {"subdistrict_clues": UNIT}, lambda: street.now)

    def opened(address: DepartmentAddress) -> SubdistrictCluesConnector:
        clerk = Clerk(street, answers)
        return SubdistrictCluesConnector(clerk, deadline=address.deadline_seconds)

    found = await Examination(
        connector=SubdistrictCluesConnector,
        address=DepartmentAddress(id=UNIT, url="", deadline_seconds=60),
        authority=street.authority(),
        subjects=list(street.debtors),
        opening=opened,
    ).findings()

    assert [one for one in found if one.verdict == "BROKEN"] == []
    kept = {one.promise for one in found if one.verdict == "KEPT"}
    assert kept >= {"fields", "projection", "batches", "unknown-subject", "instant", "slow-answer"}
    [fields] = [one for one in found if one.promise == "fields"]
    assert "never filled" not in fields.seen
