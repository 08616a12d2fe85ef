"""What stands between a question and its department: tries, breaker, company, cache."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
import redis.asyncio
from prometheus_client import CollectorRegistry, generate_latest

from connectors.answer_cache import AnswerCache, open_store
from connectors.base import Connector
from connectors.control import ControlOrder, Standing
from connectors.departments import Departments
from connectors.errors import (
    DepartmentBusy,
    DepartmentError,
    DepartmentRefused,
    DepartmentSpared,
    DepartmentTimeout,
    DepartmentUnreachable,
)
from connectors.line import Line, SparingPort
from connectors.metrics import DepartmentMetrics
from connectors.question import Answer, Authority, Projection, question
from connectors.records import IdentityRecord
from connectors.time_left import limit_time
from domain.identity import IdNumber

pytestmark = pytest.mark.anyio

ANNA, BEN = IdNumber("990203199003070012"), IdNumber("990203199003070020")
WANT = Projection({"name"})
AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
AUTHORITY = Authority(
    case_number="（2026）示9903执1号",
    officer="示9903-0001",
    organisation="court",
    purpose="CONTROL",
    request_id="r1",
)


class Register(Connector):
    """A department that does as it is told, and counts."""

    department = "register"
    stem = "register"

    def __init__(self, *ends: DepartmentError | None, deadline: float = 2.0) -> None:
        super().__init__(deadline=deadline)
        self.ends = list(ends)
        self.asked: list[tuple[IdNumber, ...]] = []
        self.wait = 0.0

    @question(record=IdentityRecord, plural=False, limit=10, lifetime=60)
    async def name_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[IdentityRecord | None]]:
        del want, authority
        self.asked.append(tuple(subjects))
        await asyncio.sleep(self.wait)
        error = self.ends.pop(0) if self.ends else None
        if error is not None:
            raise error
        return {
            subject: Answer(value=IdentityRecord(name=f"name of {subject}"), as_of=AS_OF)
            for subject in subjects
        }


def ask(departments: Departments, *subjects: IdNumber, authority: Authority = AUTHORITY) -> Any:
    return departments.ask(Register.name_of, subjects or (ANNA,), WANT, authority)


def metrics() -> DepartmentMetrics:
    return DepartmentMetrics(CollectorRegistry())


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(DepartmentUnreachable("register"), id="connection lost"),
        pytest.param(DepartmentBusy("register", 0.05), id="come back in 50 ms"),
    ],
)
async def test_a_question_is_tried_once_more(error: DepartmentError) -> None:
    register = Register(error)

    answers = await ask(Departments([register]))

    assert answers[ANNA].get().name.startswith("name of")
    assert len(register.asked) == 2


@pytest.mark.parametrize(
    ("ends", "times"),
    [
        pytest.param([DepartmentRefused("register")] * 3, 1, id="a refusal is final"),
        pytest.param([DepartmentUnreachable("register")] * 3, 2, id="two tries are enough"),
        pytest.param([DepartmentBusy("register", 60)] * 3, 1, id="too long to wait for"),
    ],
)
async def test_what_cannot_help_is_not_tried(ends: list[DepartmentError], times: int) -> None:
    register = Register(*ends)

    with pytest.raises(type(ends[0])):
        await ask(Departments([register]))

    assert len(register.asked) == times


async def test_a_department_that_fails_is_left_alone() -> None:
    register = Register(*[DepartmentUnreachable("register")] * 100)
    departments = Departments([register])
    for _ in range(10):
        with pytest.raises(DepartmentUnreachable):
            await ask(departments)
    before = len(register.asked)

    with pytest.raises(DepartmentSpared) as spared:
        await ask(departments)

    assert spared.value.retryable
    assert len(register.asked) == before


async def test_refusals_do_not_open_the_breaker() -> None:
    register = Register(*[DepartmentRefused("register")] * 20)
    departments = Departments([register])
    for _ in range(20):
        with pytest.raises(DepartmentRefused):
            await ask(departments)

    assert (await ask(departments))[ANNA].error is None


async def test_orders_are_sent_once_and_not_at_all_to_a_department_that_fails() -> None:
    sent: list[str] = []

    class Port:
        answers_for_keys = True

        async def control(self, order: Any) -> Any:
            sent.append(order)
            raise DepartmentUnreachable("register")

        async def outcome_of(self, key: str) -> None:
            del key

        async def standing_of(self, key: str) -> None:
            del key

        async def holds_since(self, day: date) -> tuple[Standing, ...]:
            del day
            return ()

    port = SparingPort(Port(), Line("register", 2.0, metrics()))
    order: ControlOrder = "order"  # type: ignore[assignment]  # nobody looks into it
    for _ in range(10):
        with pytest.raises(DepartmentUnreachable):
            await port.control(order)
    assert len(sent) == 10

    with pytest.raises(DepartmentSpared):
        await port.control(order)
    assert len(sent) == 10


async def test_a_request_hands_down_what_is_left_of_its_time() -> None:
    register = Register(deadline=30.0)
    register.wait = 5.0
    limit_time(0.1)

    with pytest.raises(DepartmentTimeout):
        await register.in_batches((ANNA,), 10, lambda _: asyncio.sleep(5, ()))


async def test_the_same_question_at_the_same_time_is_asked_once() -> None:
    register = Register()
    register.wait = 0.05
    departments = Departments([register])
    other = msgspec.structs.replace(AUTHORITY, request_id="r2")

    first, second = await asyncio.gather(
        ask(departments, ANNA, BEN), ask(departments, ANNA, BEN, authority=other)
    )

    assert first == second
    assert len(register.asked) == 1


@pytest.mark.parametrize("part", ["case_number", "officer", "organisation", "purpose"])
async def test_another_authority_is_never_given_somebody_elses_answer(part: str) -> None:
    register = Register()
    register.wait = 0.05
    departments = Departments([register], cache=AnswerCache(open_store("memory"), b"k", metrics()))
    other = msgspec.structs.replace(AUTHORITY, **{part: "another"})

    await asyncio.gather(ask(departments), ask(departments, authority=other))
    await ask(departments, authority=other)

    assert len(register.asked) == 2


class Further(Connector):
    """Another system of the same department, whose question has the same name."""

    department = "register"
    stem = "further"

    @question(record=IdentityRecord, plural=False, limit=10, lifetime=60)
    async def name_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[IdentityRecord | None]]:
        del want, authority
        return {one: Answer(value=IdentityRecord(name="another"), as_of=AS_OF) for one in subjects}


async def test_another_system_of_a_department_is_never_given_its_answer() -> None:
    cache = AnswerCache(open_store("memory"), b"k", metrics())
    departments = Departments([Register(), Further(deadline=2.0)], cache=cache)

    first = (await ask(departments))[ANNA]
    other = (await departments.ask(Further.name_of, [ANNA], WANT, AUTHORITY))[ANNA]

    assert first.get().name != other.get().name == "another"  # type: ignore[union-attr]
    assert not other.cached


async def test_who_gives_up_takes_nobody_else_along() -> None:
    register = Register()
    register.wait = 0.1
    departments = Departments([register])
    first = asyncio.ensure_future(ask(departments))
    await asyncio.sleep(0.01)
    second = asyncio.ensure_future(ask(departments))
    await asyncio.sleep(0.01)

    first.cancel()

    assert (await second)[ANNA].error is None


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.needs("redis"))])
async def cached(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Register, Departments]]:
    url = "memory"
    if request.param == "redis":
        url = "redis://127.0.0.1:6379/9"
        try:
            async with redis.asyncio.from_url(url) as client:
                await client.ping()
        except redis.exceptions.ConnectionError:
            pytest.skip("Redis does not answer")
    register = Register()
    key = os.urandom(16)  # nobody else's keys
    departments = Departments([register], cache=AnswerCache(open_store(url), key, metrics()))
    yield register, departments
    await departments.aclose()


async def test_a_kept_answer_says_that_it_is_and_from_when(
    cached: tuple[Register, Departments],
) -> None:
    register, departments = cached
    first = (await ask(departments))[ANNA]

    again = (await ask(departments, ANNA, BEN))[ANNA]

    assert (first.cached, again.cached) == (False, True)
    assert (again.value, again.as_of) == (first.value, AS_OF)
    assert register.asked == [(ANNA,), (BEN,)]


async def test_an_error_is_never_kept(cached: tuple[Register, Departments]) -> None:
    register, departments = cached
    register.ends = [DepartmentRefused("register")]
    with pytest.raises(DepartmentRefused):
        await ask(departments)

    assert (await ask(departments))[ANNA].error is None
    assert len(register.asked) == 2


async def test_a_cache_that_is_gone_costs_nothing_but_a_moment() -> None:
    register, registry = Register(), CollectorRegistry()
    counted = DepartmentMetrics(registry)
    store = open_store("redis://127.0.0.1:1/0")  # nobody listens there
    departments = Departments([register], cache=AnswerCache(store, b"k", counted))

    for _ in range(3):
        assert (await ask(departments))[ANNA].error is None

    assert len(register.asked) == 3
    assert b'gateway_cached_answers_total{department="register",result="error"}' in (
        generate_latest(registry)
    )
