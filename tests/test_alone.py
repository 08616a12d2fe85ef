"""What may be tried alone after it failed beside others, and what may not."""

import pytest

from tests.alone import MOST, taken_again

SLOW = "tests/web/test_console.py::test_a_page"


def test_a_few_that_came_too_late_are_tried_alone() -> None:
    assert taken_again({SLOW: True, "tests/test_demo.py::test_it": True}) == [
        "tests/test_demo.py::test_it",
        SLOW,
    ]


def test_many_failures_are_a_fault() -> None:
    assert taken_again([f"{SLOW}[{n}]" for n in range(MOST + 1)]) == []


@pytest.mark.parametrize(
    "proof",
    ["tests/chaos/test_chaos.py::test_it", "tests/record/test_kills.py::test_it[sqlite]"],
)
def test_what_proves_that_nothing_is_lost_is_never_tried_again(proof: str) -> None:
    assert taken_again([SLOW, proof]) == []


def test_a_run_that_failed_without_a_failed_test_stays_failed() -> None:
    assert taken_again({}) == []
