"""The court in the storm: officers whose every request is repeated with its key until it is answered."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.chaos.recorded import receipt_of

_FOUND: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
  vehicles { sourceRecordId } housingFund { sourceRecordId } securities { sourceRecordId pledgedQuantity } } } }
"""
_OUTCOME: Final = "... on Order { id state documentHash } ... on OrderRefused { code message }"
_DRAFT: Final = (
    "mutation ($i: DraftOrderInput!, $k: String!) "
    f"{{ done: draftOrder(input: $i, idempotencyKey: $k) {{ {_OUTCOME} }} }}"
)
_SUBMIT: Final = (
    "mutation ($id: ID!, $k: String!) "
    f"{{ done: submitOrder(id: $id, idempotencyKey: $k) {{ {_OUTCOME} }} }}"
)
_APPROVE: Final = (
    "mutation ($id: ID!, $h: String!, $k: String!) "
    f"{{ done: approveOrder(id: $id, documentHash: $h, idempotencyKey: $k) {{ {_OUTCOME} }} }}"
)
_LIMITS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "VEHICLE": ("SEAL", {"amount": {"fen": 1}}),
    "HOUSING_FUND": ("FREEZE", {"amount": {"fen": 1}}),
    "SECURITIES": ("FREEZE", {"quantity": "1"}),
}
_PATIENCE: Final = 90.0  # seconds for one answer


@dataclass
class Court:
    """Officers at work, on whichever gateway answers.

    Attributes:
        accepted: orders whose approval was answered: these must reach their department.
        refused: what was answered with a refusal, in words.
        receipts: number and leaf hash of the entry that each answer said it has.
    """

    ports: Sequence[int]
    tokens: dict[str, str]
    lot: random.Random
    targets: list[dict[str, Any]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    receipts: set[tuple[int, str]] = field(default_factory=set)

    async def look_round(self, cases: Sequence[str]) -> None:
        """Find what can be ordered in *cases*."""
        for number in cases:
            data = await self._ask("court-executor", _FOUND, {"n": number})
            for debtor in data["case"]["debtors"]:
                found = {
                    "VEHICLE": debtor["vehicles"] or [],
                    "HOUSING_FUND": [debtor["housingFund"]] if debtor["housingFund"] else [],
                    "SECURITIES": [
                        lot for lot in debtor["securities"] or [] if lot["pledgedQuantity"] == "0"
                    ],  # of pledged ones an officer has to say more (G10)
                }
                self.targets += [
                    {
                        "caseNumber": number,
                        "idNumber": debtor["idNumber"],
                        "assetKind": kind,
                        "action": _LIMITS[kind][0],
                        "recordId": asset["sourceRecordId"],
                        **_LIMITS[kind][1],
                    }
                    for kind, assets in found.items()
                    for asset in assets
                ]

    async def order(self, name: str) -> None:
        """Draft, submit and have approved one order."""
        target = self.lot.choice(self.targets)
        wanted = {
            **target,
            "rulingNumber": f"{target['caseNumber']}之一",
            "noticeNumber": f"{target['caseNumber']}之二",
            "officers": ["示9903-0001", "示9903-0002"],
            "reason": "未履行",
        }
        drafted = await self._done("court-executor", _DRAFT, i=wanted, k=f"{name}-d")
        if drafted is None:
            return
        submitted = await self._done("court-executor", _SUBMIT, id=drafted["id"], k=f"{name}-s")
        if submitted is None:
            return
        approved = await self._done(
            "court-approver",
            _APPROVE,
            id=drafted["id"],
            h=submitted["documentHash"],
            k=f"{name}-a",
        )
        if approved is not None:
            self.accepted.append(drafted["id"])

    async def _done(self, role: str, document: str, **variables: Any) -> dict[str, Any] | None:
        done: dict[str, Any] = (await self._ask(role, document, variables))["done"]
        if "id" in done:
            return done
        self.refused.append(f"{done['code']}: {done['message']}")
        return None

    async def _ask(self, role: str, document: str, variables: dict[str, Any]) -> Any:
        """Return the data, however many gateways die before they answer."""
        until = asyncio.get_running_loop().time() + _PATIENCE
        headers = {"authorization": f"Bearer {self.tokens[role]}"}
        while True:
            port = self.lot.choice(self.ports)
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                    answer = await client.post(
                        f"http://127.0.0.1:{port}/graphql",
                        json={"query": document, "variables": variables},
                        headers=headers,
                    )
                body = answer.json()
                if (receipt := receipt_of(body)) is not None:
                    self.receipts.add(receipt)
                if answer.status_code == 200 and body.get("data") and not body.get("errors"):
                    return body["data"]
            except (httpx.HTTPError, ValueError):
                pass
            if asyncio.get_running_loop().time() > until:
                raise TimeoutError("no gateway answers")
            await asyncio.sleep(0.05)
