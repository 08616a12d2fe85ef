"""Parameters are read in one way only, or not at all."""

import pytest
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
)

from auth import parameters


def test_values_are_decoded_and_empty_ones_are_absent() -> None:
    assert parameters.parse(b"a=1+2&b=%E6%9F%A5&c=&d") == {"a": "1 2", "b": "查"}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"a=1&a=1", id="twice"),
        pytest.param(b"a=&a=1", id="twice, once empty"),
        pytest.param(b"a=%ff", id="not UTF-8"),
        pytest.param(b"a=%ed%a0%80", id="a surrogate"),
        pytest.param(b"a=\xe6\x9f\xa5", id="raw bytes"),
        pytest.param(b"a=%00", id="NUL"),
        pytest.param(b"a=%0d%0ab", id="line break"),
        pytest.param(b"a%7f=1", id="control character in a name"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(41)), id="too many"),
        pytest.param(b"a=" + b"1" * parameters.LONGEST, id="too long"),
    ],
)
def test_anything_else_is_a_bad_request(raw: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        parameters.parse(raw)


@pytest.mark.parametrize("value", ['"', "\\", "查", "\x80"])
def test_oauth_parameters_are_plain_ascii(value: str) -> None:
    with pytest.raises(InvalidRequestError):
        parameters.oauth({"scope": value})


def test_a_state_may_hold_quotes() -> None:
    assert parameters.oauth({"state": '"\\'}) == {"state": '"\\'}
