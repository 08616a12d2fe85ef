"""Looks that come together find each other; what is over is forgotten."""

import pytest

from resolvers.looks_under_way import Looks, LooksUnderWay


def test_of_two_requests_one_is_first_and_a_request_is_not_in_its_own_way() -> None:
    gateway = LooksUnderWay()

    with Looks(gateway) as one, Looks(gateway) as other:
        assert [one.begin("auditor-1", ["a", "b"]) for _ in range(2)] == [False, False]
        assert other.begin("auditor-1", ["b"])
        assert not other.begin("auditor-2", ["a"])

    assert not gateway.requests


def test_a_look_that_failed_is_in_nobodys_way() -> None:
    gateway = LooksUnderWay()

    def look() -> None:
        with Looks(gateway) as one:
            one.begin("auditor-1", ["a"])
            raise TimeoutError

    with pytest.raises(TimeoutError):
        look()

    assert not Looks(gateway).begin("auditor-1", ["a"])
