"""A client may ask for less than its role holds (RFC 6749, section 3.3): such a token works, for that."""

from typing import Any

import pytest

from tests.demo_tokens import ENTITLEMENTS, ask_with, demo_token

SCHEMA = "{ __schema { types { name fields { name } } } }"
APPROVE = """
mutation { approveOrder(id: "x", documentHash: "x", idempotencyKey: "k") {
  __typename ... on OrderRefused { code } } }
"""
CELLS = sorted(
    (role, scope)
    for role in ("court-executor", "court-approver", "list-officer", "data-subject")
    for scope in ENTITLEMENTS.of(role)
)


@pytest.mark.parametrize(("role", "scope"), CELLS)
def test_a_token_of_one_scope_sees_a_schema(demo: dict[str, Any], role: str, scope: str) -> None:
    token = demo_token(demo, "somebody-1", role, scopes=frozenset({scope}))

    answer = ask_with(demo, token, SCHEMA)

    assert answer.status_code == 200, answer.text
    types = answer.json()["data"]["__schema"]["types"]
    assert all(one["fields"] != [] for one in types)


def test_a_step_is_taken_with_its_own_scope_alone(demo: dict[str, Any]) -> None:
    scopes = frozenset({"orders:approve"})
    token = demo_token(demo, "approver-1", "court-approver", scopes=scopes)

    answer = ask_with(demo, token, APPROVE)

    assert answer.json()["data"]["approveOrder"] == {
        "__typename": "OrderRefused",
        "code": "ORDER_NOT_FOUND",
    }
