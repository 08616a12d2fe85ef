"""Departments are counted by how they answered; a breaker is shown as it is, also when only time passed."""

from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.answer_cache import AnswerCache, open_store
from connectors.breaker import BreakerRule
from connectors.errors import DepartmentBusy, DepartmentSpared, DepartmentUnreachable
from connectors.identity import IdentityConnector
from connectors.line import QUESTIONS, Line
from connectors.metrics import DepartmentMetrics
from connectors.question import Answer, Authority, Projection
from domain.identity import IdNumber
from tests.domain.people import MAN, WOMAN

pytestmark = pytest.mark.anyio
POLICE = "traffic-police"


async def answers() -> Mapping[IdNumber, Answer[Any]]:
    return {MAN: Answer(value=None)}


async def is_gone() -> Mapping[IdNumber, Answer[Any]]:
    raise DepartmentUnreachable(POLICE)


async def test_calls_are_counted_by_department_and_outcome_alone() -> None:
    registry = CollectorRegistry()
    line = Line(POLICE, 2.0, DepartmentMetrics(registry))

    async def busy() -> Mapping[IdNumber, Answer[Any]]:
        raise DepartmentBusy(POLICE, 60)

    await line.ask(answers)
    await line.order(answers)
    with pytest.raises(DepartmentBusy):
        await line.ask(busy)

    counted = {
        tuple(sorted(sample.labels.items())): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "gateway_department_requests_total"
    }
    assert counted == {
        (("department", POLICE), ("outcome", "ANSWERED")): 2,
        (("department", POLICE), ("outcome", "DEPARTMENT_BUSY")): 1,
    }


async def test_a_breaker_shows_that_it_is_open_and_that_it_would_try_again() -> None:
    registry = CollectorRegistry()
    line = Line(POLICE, 2.0, DepartmentMetrics(registry))
    clock = [0.0]
    breaker = line._breakers[QUESTIONS]
    breaker._clock = lambda: clock[0]

    def shown() -> float | None:
        labels = {"department": POLICE, "kind": QUESTIONS}
        return registry.get_sample_value("gateway_breaker_state", labels)

    closed = shown()
    for _ in range(BreakerRule().volume):
        with pytest.raises((DepartmentUnreachable, DepartmentSpared)):
            await line.ask(is_gone)
    opened = shown()
    clock[0] += BreakerRule().rest

    assert (closed, opened, shown()) == (0, 2, 1)


async def test_keys_of_answers_in_memory_name_nobody() -> None:
    store = open_store("memory")
    cache = AnswerCache(store, b"k" * 32, DepartmentMetrics(CollectorRegistry()))
    authority = Authority(
        case_number="（2026）示9903执1号",
        officer="示9903-0001",
        organisation="court",
        purpose="PROPERTY_INQUIRY",
        request_id="r",
    )
    kept: dict[IdNumber, Answer[Any]] = {number: Answer(value=None) for number in (MAN, WOMAN)}
    await cache.keep(IdentityConnector.identity_of, kept, Projection({"name"}), authority)

    keys = list(store._cache)  # type: ignore[attr-defined]  # aiocache's own dictionary
    await cache.aclose()

    assert len(keys) == 2
    assert all(key.removeprefix("answer:").isalnum() and key.isascii() for key in keys)
    assert not [key for key in keys if MAN in key or WOMAN in key]
