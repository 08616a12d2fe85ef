"""Answers that come later: told within the deadline, collected without asking anew."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from connectors.base import Connector, Heard
from connectors.departments import Departments
from connectors.errors import (
    DepartmentContractBroken,
    DepartmentError,
    DepartmentPending,
    DepartmentTimeout,
)
from connectors.pending import waited_for
from connectors.question import Answer, Authority, Projection, question
from connectors.records import SecurityHoldingRecord
from connectors.securities import SecuritiesConnector
from domain.identity import IdNumber
from tests.connectors.conftest import Listen
from tests.connectors.people import ANNA, BEN, NOW, person
from tests.connectors.servers import Behaviour, Reply, Request, json_reply
from tests.connectors.test_securities import TICKET, WANT, WORKING, connector_at, ready, then

pytestmark = pytest.mark.anyio

HELD = {"securityCode": "600000", "quantity": 100, "marketValueYuan": "1.00"}
ROW = {"subject": ANNA, "found": True, "holdings": [HELD]}


def pending(answer: Answer[Any]) -> DepartmentPending:
    assert isinstance(answer.error, DepartmentPending)
    return answer.error


async def test_what_is_not_ready_in_time_is_collected_later_and_asked_once(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(then(TICKET, WORKING))
    departments = Departments([connector_at(department.url, deadline=0.3)])
    ask = SecuritiesConnector.holdings_of

    answers = await departments.ask(ask, [ANNA], WANT, authority)
    later = pending(answers[ANNA])
    department.answer = then(WORKING, ready(ROW))
    collected = await departments.collect(ask, later.claim, [ANNA], WANT, authority, within=5)
    await departments.aclose()

    [record] = collected[ANNA].get()
    assert (record.quantity, collected[ANNA].as_of) == (100, datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert [one.method for one in department.heard].count("POST") == 1
    assert departments.line("securities").state("question").name == "CLOSED"


async def test_a_department_that_says_when_is_not_waited_for(
    listen: Listen, authority: Authority
) -> None:
    when = datetime.now(UTC) + timedelta(hours=2)
    taken = {"ticket": "t-1", "pollAfterMs": 1, "readyAt": when.isoformat()}
    department = await listen(then(json_reply(taken, 202)))
    connector = connector_at(department.url, deadline=60)

    answers = await connector.holdings_of([ANNA], WANT, authority)
    await connector.aclose()

    assert pending(answers[ANNA]).eta == when
    assert [one.method for one in department.heard] == ["POST"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"readyAt": "9999-12-31T23:59:59Z"}, id="ready behind all time"),
        pytest.param({"readyAt": "0001-01-01T00:00:00+08:00"}, id="ready before all time"),
        pytest.param({"pollAfterMs": 10**400}, id="a pause that nobody can count"),
    ],
)
async def test_a_ticket_for_no_time_that_there_is_breaks_the_contract(
    listen: Listen, authority: Authority, more: dict[str, object]
) -> None:
    content = json.dumps({"ticket": "t-1", **more}).encode()
    department = await listen(then(Reply(202, content)))
    connector = connector_at(department.url)

    with pytest.raises(DepartmentContractBroken):
        await connector.holdings_of([ANNA], WANT, authority)
    await connector.aclose()


async def test_a_department_that_names_no_pause_is_asked_less_often_the_longer_it_takes(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(then(json_reply({"state": "WORKING"})))
    departments = Departments([connector_at(department.url)])
    ask = SecuritiesConnector.holdings_of

    with pytest.raises(DepartmentTimeout):
        await departments.collect(ask, "t-1", [ANNA], WANT, authority, within=1.5)
    await departments.aclose()

    assert len(department.heard) < 100  # a thousand a second otherwise


async def test_each_part_of_a_large_question_has_a_claim_of_its_own(
    listen: Listen, authority: Authority
) -> None:
    def answer(request: Request) -> Behaviour:
        subjects = request.json()["subjects"] if request.method == "POST" else []
        assert isinstance(subjects, list)
        if request.method == "POST":
            return json_reply({"ticket": f"n-{len(subjects)}", "pollAfterMs": 1}, 202)
        if request.path.endswith("n-1"):
            return ready({"subject": person(100), "found": False})
        return WORKING

    department = await listen(answer)
    connector = connector_at(department.url, deadline=0.4)

    answers = await connector.holdings_of([person(n) for n in range(101)], WANT, authority)
    await connector.aclose()

    assert {pending(answers[person(n)]).claim for n in range(100)} == {"n-100"}
    assert answers[person(100)].get() == ()


@pytest.mark.parametrize(
    ("replies", "within", "expected"),
    [
        pytest.param([Reply(404)], 5, DepartmentContractBroken, id="the ticket is lost"),
        pytest.param([WORKING], 0.2, DepartmentTimeout, id="never ready"),
    ],
)
async def test_an_answer_that_never_comes_says_so(
    listen: Listen,
    authority: Authority,
    replies: list[Behaviour],
    within: float,
    expected: type[DepartmentError],
) -> None:
    department = await listen(then(*replies))
    departments = Departments([connector_at(department.url)])
    ask = SecuritiesConnector.holdings_of

    with pytest.raises(expected):
        await departments.collect(ask, "t-1", [ANNA], WANT, authority, within=within)
    await departments.aclose()


async def test_a_department_that_is_away_for_a_moment_is_tried_again(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(then(Reply(503), ready(ROW)))
    departments = Departments([connector_at(department.url)])
    ask = SecuritiesConnector.holdings_of

    collected = await departments.collect(ask, "t-1", [ANNA], WANT, authority, within=30)
    await departments.aclose()

    assert len(collected[ANNA].get()) == 1


async def test_who_stops_waiting_leaves_nothing_behind(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(then(WORKING))
    departments = Departments([connector_at(department.url)])
    ask = SecuritiesConnector.holdings_of
    before = asyncio.all_tasks()

    with anyio.move_on_after(0.1):
        await departments.collect(ask, "t-1", [ANNA], WANT, authority, within=60)
    await anyio.sleep(0.1)  # for a call that was on its way
    heard = len(department.heard)
    await anyio.sleep(0.2)
    await departments.aclose()

    assert len(department.heard) == heard
    assert {one for one in asyncio.all_tasks() - before if "serve" not in repr(one)} == set()


class Inbox(Connector):
    """Somebody types the answer: what a manual inbox needs to be asynchronous."""

    department = "village-committee"
    stem = "village"
    typed = asyncio.Event()

    @question(record=SecurityHoldingRecord, plural=True, limit=10)
    async def lots_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[SecurityHoldingRecord, ...]]]:
        del want, authority

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[SecurityHoldingRecord, ...]]:
            later = DepartmentPending(self.department, claim="row-1", lasts=86_400)
            return await waited_for(lambda: self._read(batch), later)

        return await self.in_batches(subjects, 10, ask)

    @lots_of.collected
    async def _collected(
        self, _claim: str, batch: Sequence[IdNumber], _want: Projection, _authority: Authority
    ) -> Heard[tuple[SecurityHoldingRecord, ...]]:
        return await self._read(batch)

    async def _read(self, batch: Sequence[IdNumber]) -> Heard[tuple[SecurityHoldingRecord, ...]]:
        await self.typed.wait()
        return [(one, Answer(value=(), as_of=datetime.fromisoformat(NOW))) for one in batch]


async def test_an_inbox_where_people_type_is_a_connector_of_few_lines(
    authority: Authority,
) -> None:
    inbox = Inbox(deadline=1)
    departments = Departments([inbox])

    answers = await departments.ask(Inbox.lots_of, [ANNA, BEN], WANT, authority)
    later = pending(answers[ANNA])
    inbox.typed.set()
    collected = await departments.collect(
        Inbox.lots_of, later.claim, [ANNA, BEN], WANT, authority, within=5
    )

    assert later.lasts == 86_400
    assert {one: answer.get() for one, answer in collected.items()} == {ANNA: (), BEN: ()}
