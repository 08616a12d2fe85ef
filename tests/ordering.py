"""A court at work: orders drafted, submitted and approved over HTTP."""

import secrets
import time
from typing import Any, Final

from tests.running import ask

FOUND = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
  vehicles { sourceRecordId holds { rank } } housingFund { sourceRecordId holds { rank } }
  securities { sourceRecordId holds { rank } } } } }
"""
OUTCOME = "... on Order { id state documentHash } ... on OrderRefused { code guard message }"
HISTORY = """
query ($id: ID!) { order(id: $id) { state receipts { number result } history { toState } } }
"""
ENDED = {"EXECUTED", "PARTIALLY_EXECUTED", "WAITING", "NOT_EXECUTED", "REFUSED"}


Target = tuple[str, str]  # whose asset, and the department's number of it
_ORDERS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "VEHICLE": ("vehicles", "SEAL", {"amount": {"fen": 100}}),
    "HOUSING_FUND": ("housingFund", "FREEZE", {"amount": {"fen": 100}}),
    "SECURITIES": ("securities", "FREEZE", {"quantity": "1"}),
}


def targets(demo: dict[str, Any], case: dict[str, Any]) -> dict[str, Target]:
    """Return, for each kind of asset, the first in *case* that nothing holds yet, if there is one."""
    debtors = ask(demo, "court-executor", FOUND, n=case["number"]).json()["data"]["case"]["debtors"]
    found: dict[str, Target] = {}
    for kind, (field, _, _) in _ORDERS.items():
        for debtor in debtors:
            assets = debtor[field] if isinstance(debtor[field], list) else [debtor[field]]
            for asset in assets:
                if asset is not None and not asset["holds"]:
                    found.setdefault(kind, (debtor["idNumber"], asset["sourceRecordId"]))
    return found


def case_with_free(demo: dict[str, Any], kind: str) -> tuple[dict[str, Any], Target]:
    """Return a case with an asset of *kind* that nothing holds yet: tests share a demo's cases."""
    for case in demo["cases"]:
        target = targets(demo, case).get(kind)
        if target is not None:
            return case, target
    raise LookupError(f"every {kind} in the demo's cases is held")


def draft_of(
    demo: dict[str, Any], kind: str, case: dict[str, Any], target: Target, **limit: Any
) -> dict[str, Any]:
    """Return a draft, with all documents, to hold a little of *target*, or as much as *limit*."""
    id_number, record = target
    _, action, little = _ORDERS[kind]
    wanted = {
        "caseNumber": case["number"],
        "idNumber": id_number,
        "assetKind": kind,
        "action": action,
        "recordId": record,
        **(limit or little),
        "rulingNumber": f"{case['number']}之一",
        "noticeNumber": f"{case['number']}之二",
        "officers": ["示9903-0001", "示9903-0002"],
        "reason": "未履行生效法律文书确定的义务",
    }
    return drafted(demo, wanted)


def drafted(demo: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the draft of the order *wanted*."""
    return _step(
        demo, "court-executor", "draftOrder", "$i: DraftOrderInput!", "input: $i", i=wanted
    )


def approved_order(
    demo: dict[str, Any],
    kind: str,
    case: dict[str, Any],
    target: Target,
    **limit: Any,
) -> str:
    """Return the id of an order to hold a little of *target*, approved by another officer."""
    return approved(demo, draft_of(demo, kind, case, target, **limit))


def on_hold(
    demo: dict[str, Any], name: str, case: dict[str, Any], order_id: str, **given: Any
) -> str:
    """Return the id of an approved order that acts on the hold of *order_id*."""
    kind = name.replace("Order", "").capitalize()
    wanted = {
        "orderId": order_id,
        "papers": {
            "rulingNumber": f"{case['number']}之三",
            "noticeNumber": f"{case['number']}之四",
            "officers": ["示9903-0001", "示9903-0002"],
            "reason": "依法办理",
        },
        **given,
    }
    declared = f"$i: {kind}OrderInput!"
    return approved(demo, _step(demo, "court-executor", name, declared, "input: $i", i=wanted))


def approved(demo: dict[str, Any], drafted: dict[str, Any]) -> str:
    submitted = _step(
        demo, "court-executor", "submitOrder", "$id: ID!", "id: $id", id=drafted["id"]
    )
    approved = _step(
        demo,
        "court-approver",
        "approveOrder",
        "$id: ID!, $h: String!",
        "id: $id, documentHash: $h",
        id=drafted["id"],
        h=submitted["documentHash"],
    )
    assert approved["state"] == "APPROVED", approved
    return str(drafted["id"])


def _step(
    demo: dict[str, Any], role: str, name: str, declared: str, given: str, **variables: Any
) -> dict[str, Any]:
    key = secrets.token_hex(8)
    query = f'mutation ({declared}) {{ {name}({given}, idempotencyKey: "{key}") {{ {OUTCOME} }} }}'
    body = ask(demo, role, query, **variables).json()
    outcome: dict[str, Any] = body["data"][name]
    assert "id" in outcome, outcome
    return outcome


def order_of(demo: dict[str, Any], order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = ask(demo, "court-executor", HISTORY, id=order_id).json()["data"][
        "order"
    ]
    return order


def ended_order(demo: dict[str, Any], order_id: str, within: float = 20.0) -> dict[str, Any]:
    """Return the order once its department has answered."""
    until = time.monotonic() + within
    while True:
        order = order_of(demo, order_id)
        if order["state"] in ENDED or time.monotonic() > until:
            return order
        time.sleep(0.1)
