"""What a department says of an asset holds its order back at every step, over the demo's departments."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ordering import drafted
from tests.running import ask, wire
from tests.test_faults import order_fault
from tests.test_money_orders import EXEMPT, Place, every, orders_heard, refused, wanted

BANKS = "financial-institutions"
OUTCOME = "... on Order { id state documentHash } ... on OrderRefused { code guard message }"
STEPS = {
    "reviseOrder": (
        "mutation ($id: ID!, $p: PapersInput!, $k: String!) "
        f"{{ reviseOrder(id: $id, papers: $p, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
    "submitOrder": (
        "mutation ($id: ID!, $k: String!) "
        f"{{ submitOrder(id: $id, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
    "approveOrder": (
        "mutation ($id: ID!, $h: String!, $k: String!) "
        f"{{ approveOrder(id: $id, documentHash: $h, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
}


@pytest.fixture
def silent_banks(demo: dict[str, Any]) -> Iterator[dict[str, Any]]:
    order_fault(demo, BANKS, "unavailable")
    yield demo
    order_fault(demo, BANKS, "none")


@pytest.fixture
def protected(demo: dict[str, Any]) -> Place:
    """An account that the law protects, found before its bank falls silent."""
    return next(
        one
        for one in every(demo, "bankDeposits")
        if one[2]["specialPurposeFlag"] in EXEMPT["bankDeposits"]
    )


def taken(demo: dict[str, Any], role: str, step: str, **given: Any) -> dict[str, Any]:
    answer = ask(demo, role, STEPS[step], k=secrets.token_hex(8), **given).json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"][step]
    return found


def papers(order: dict[str, Any]) -> dict[str, Any]:
    named = ("rulingNumber", "noticeNumber", "officers", "reason")
    return {name: order[name] for name in named}


def test_a_protected_account_is_protected_under_a_refunds_name_as_well(
    demo: dict[str, Any], protected: Place
) -> None:
    order = wanted(
        protected, "EXPORT_TAX_REBATE", gates=["PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"]
    )
    heard, lines = orders_heard(demo, BANKS), len(wire(demo)[BANKS])

    answer = refused(demo, order, secrets.token_hex(8))

    assert (answer["code"], answer["guard"]) == ("GUARD_REFUSED", "G7")
    assert orders_heard(demo, BANKS) == heard
    [asked] = wire(demo)[BANKS][lines:]
    assert sorted(asked["fields"]) == ["recordId", "specialPurpose"]


def test_what_was_not_known_at_the_draft_holds_back_every_later_step(
    protected: Place, silent_banks: dict[str, Any]
) -> None:
    demo, order = silent_banks, wanted(protected, "BANK_DEPOSIT")
    heard = orders_heard(demo, BANKS)
    draft = drafted(demo, order)
    also_draft = drafted(demo, order)
    submitted = taken(demo, "court-executor", "submitOrder", id=also_draft["id"])
    assert submitted["state"] == "PENDING_APPROVAL"
    order_fault(demo, BANKS, "none")

    answers = [
        taken(demo, "court-executor", "reviseOrder", id=draft["id"], p=papers(order)),
        taken(demo, "court-executor", "submitOrder", id=draft["id"]),
        taken(
            demo,
            "court-approver",
            "approveOrder",
            id=also_draft["id"],
            h=submitted["documentHash"],
        ),
    ]

    assert [(one["code"], one["guard"]) for one in answers] == [("GUARD_REFUSED", "G7")] * 3
    assert orders_heard(demo, BANKS) == heard


def test_nobody_is_asked_for_a_step_that_the_caller_cannot_take(
    protected: Place, silent_banks: dict[str, Any]
) -> None:
    demo = silent_banks
    draft = drafted(demo, wanted(protected, "BANK_DEPOSIT"))
    order_fault(demo, BANKS, "none")
    lines = len(wire(demo)[BANKS])

    early = taken(demo, "court-approver", "approveOrder", id=draft["id"], h="0" * 64)

    assert early["code"] != "GUARD_REFUSED"
    assert wire(demo)[BANKS][lines:] == []
