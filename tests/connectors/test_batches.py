"""Splitting, asking at once, merging: for every department the same."""

from collections.abc import Sequence

import anyio
import pytest

from connectors.base import Connector, Heard
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentTimeout,
)
from connectors.question import Answer
from domain.identity import IdNumber
from tests.connectors.people import ANNA, BEN, person

pytestmark = pytest.mark.anyio


class Somewhere(Connector):
    department = "somewhere"
    stem = "somewhere"


async def test_a_large_batch_is_split_and_asked_at_once() -> None:
    calls: list[int] = []
    everyone = [person(n) for n in range(25)]

    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        calls.append(len(batch))
        await anyio.sleep(0.05)
        return [(one, Answer(value=one)) for one in batch]

    started = anyio.current_time()
    answers = await Somewhere(deadline=10).in_batches([*everyone, ANNA], 10, ask)

    assert calls == [10, 10, 5]
    assert anyio.current_time() - started < 0.14
    assert list(answers) == everyone
    assert all(answers[one].get() == one for one in everyone)


async def test_nobody_asked_about_means_nobody_asked() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        raise AssertionError(batch)

    assert await Somewhere(deadline=10).in_batches([], 10, ask) == {}


async def test_a_call_that_fails_costs_only_its_own_subjects() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        if BEN in batch:
            raise DepartmentBusy("somewhere", 3)
        return [(one, Answer(value=one)) for one in batch]

    answers = await Somewhere(deadline=10).in_batches([ANNA, BEN], 1, ask)

    assert answers[ANNA].get() == ANNA
    assert isinstance(answers[BEN].error, DepartmentBusy)


async def test_when_every_call_fails_the_question_fails() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        raise DepartmentBusy("somewhere", len(batch))

    with pytest.raises(DepartmentBusy):
        await Somewhere(deadline=10).in_batches([ANNA, BEN], 1, ask)


async def test_the_deadline_is_of_the_whole_question() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        await anyio.sleep(0 if ANNA in batch else 5)
        return [(one, Answer(value=one)) for one in batch]

    answers = await Somewhere(deadline=0.1).in_batches([person(n) for n in range(1, 30)], 1, ask)

    assert answers[ANNA].get() == ANNA
    assert isinstance(answers[BEN].error, DepartmentTimeout)
    with pytest.raises(DepartmentTimeout):
        await Somewhere(deadline=0.05).in_batches([BEN], 1, ask)


async def test_a_stranger_is_dropped_and_a_missing_subject_says_so() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        return [(one, Answer(value=one)) for one in (*batch[:1], person(99))]

    answers = await Somewhere(deadline=10).in_batches([ANNA, BEN], 10, ask)

    assert list(answers) == [ANNA, BEN]
    assert answers[ANNA].get() == ANNA
    assert isinstance(answers[BEN].error, DepartmentContractBroken)


async def test_a_subject_answered_twice_is_not_believed() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        return [(one, Answer(value=value)) for one in batch for value in ("poor", "rich")]

    answers = await Somewhere(deadline=10).in_batches([ANNA], 10, ask)

    assert isinstance(answers[ANNA].error, DepartmentContractBroken)


async def test_the_callers_own_cancellation_is_not_mistaken_for_a_slow_department() -> None:
    async def ask(batch: Sequence[IdNumber]) -> Heard[str]:
        await anyio.sleep(5)
        return [(one, Answer(value=one)) for one in batch]

    with anyio.move_on_after(0.05) as scope:
        try:
            await Somewhere(deadline=5).in_batches([ANNA], 1, ask)
        except DepartmentError as error:
            raise AssertionError from error

    assert scope.cancelled_caught
