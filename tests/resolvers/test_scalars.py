"""What the graph's scalars refuse is said with a code, whatever was sent."""

import pytest
from graphql import GraphQLError

from resolvers.scalars import SCALARS, Date, DateTime


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        (DateTime, "0001-01-01T00:00:00+14:00"),
        (DateTime, "9999-12-31T23:59:59-14:00"),
        (DateTime, "2026-11-23T09:00:00"),
        (DateTime, "yesterday"),
        (DateTime, 7),
        (Date, "9999-12-31"),
        (Date, "0001-01-01"),
        (Date, "2026-02-30"),
    ],
)
def test_a_time_that_is_none_is_bad_input(scalar: object, value: object) -> None:
    parse = SCALARS[scalar].parse_value
    assert parse is not None

    with pytest.raises(GraphQLError) as refused:
        parse(value)

    assert refused.value.extensions == {"code": "BAD_USER_INPUT"}
