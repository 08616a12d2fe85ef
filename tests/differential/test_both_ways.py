"""Compiled plans answer as graphql-core does, and nothing leaves that was not permitted.

The long form is ``python -m tests.differential.campaign --documents 10000``.
"""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.checks import check
from tests.differential.documents import Maker, documents
from tests.differential.world import World, both_ways, comparable, world

ROLES = ("court-executor", "court-approver", "court-supervisor", "dept:traffic-police", "auditor")


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> Iterator[World]:
    opened = world(tmp_path_factory.mktemp("differential"))
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("role", ROLES)
def test_both_ways_agree_and_nothing_leaks(role: str, place: World, runner: asyncio.Runner) -> None:
    cases = [case.number for case in place.cases]

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(document=documents(place.schema(role), cases, place.people), seed=st.integers(0, 2**32))
    def agree(document: str, seed: int) -> None:
        runner.run(check(place, role, document, seed))

    agree()


@pytest.mark.parametrize("role", [role for role in ROLES if role.startswith("court")])
@pytest.mark.parametrize("partial", [False, True], ids=["whole", "in part"])
def test_documents_that_reach_too_far_are_refused_or_answered_in_part(
    role: str, place: World, runner: asyncio.Runner, *, partial: bool
) -> None:
    """Drawn from the whole schema: what is denied is not asked, whole or in part."""
    cases = [case.number for case in place.cases]
    lot, executed = random.Random(f"{role} {partial}"), 0

    for _ in range(60):
        one = random.Random(lot.getrandbits(64))
        document = Maker(place.graph.schema, one, cases, place.people).document()
        executed += runner.run(check(place, role, document, lot.getrandbits(32), partial=partial))

    assert executed > 0
    assert partial or executed < 60


def test_a_shape_that_lies_is_caught(place: World, runner: asyncio.Runner) -> None:
    """A comparison that cannot fail would prove nothing."""
    document = f'{{ case(number: "{place.cases[0].number}", purpose: CONTROL) {{ number }} }}'

    async def compared() -> tuple[Any, Any]:
        compiled, plain, _ = await both_ways(place, "court-executor", document, 1)
        compiled.body["data"]["case"]["number"] = "another"
        return comparable(compiled), comparable(plain)

    one, other = runner.run(compared())

    assert one != other
