"""Clerks of the departments: they report what their systems answered as well, early, late and twice."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from tests.chaos.recorded import receipt_of

LEDGERS: Final = ("traffic-police", "housing-fund-center", "securities-depository")
_REPORT: Final = """
mutation ($id: ID!, $r: ReportInput!, $k: String!) { done: reportOrder(id: $id, report: $r,
  idempotencyKey: $k) { ... on Order { id } ... on OrderRefused { code message } } }
"""
_RECEIVE: Final = """
mutation ($id: ID!, $k: String!) { done: acknowledgeOrder(id: $id, idempotencyKey: $k) {
  ... on Order { id } ... on OrderRefused { code message } } }
"""
_LATEST: Final = 3.0  # seconds after the department's system knew
_PATIENCE: Final = 60.0


class Clerks:
    """Whoever reports for the departments, on whichever gateway answers.

    Attributes:
        reported: how many reports were answered.
        faults: reports that were refused though they only repeat what is so.
        receipts: number and leaf hash of the entry that each answer said it has.
    """

    def __init__(
        self,
        ports: Sequence[int],
        tokens: dict[str, str],
        lot: random.Random,
        departments: Path,
        share: float,
    ) -> None:
        self._ports = ports
        self._tokens = tokens
        self._lot = lot
        self._departments = departments
        self._share = share
        self._seen: set[str] = set()
        self._reporting: set[asyncio.Task[None]] = set()
        self.reported = 0
        self.receipts: set[tuple[int, str]] = set()
        self.faults: list[str] = []

    async def report(self, orders: Callable[[], list[dict[str, Any]]]) -> None:
        """Look at the ledgers again and again, and report some of what is new there, to the end.

        Args:
            orders: the court's orders, for whose key is whose.
        """
        while True:
            await asyncio.sleep(0.2)
            try:
                known = {row["delivery_key"]: row["id"] for row in await asyncio.to_thread(orders)}
            except Exception:  # noqa: BLE001, S112 -- the database is away just now
                continue
            for department in LEDGERS:
                for key, receipt in self._receipts(department):
                    if key in self._seen or key not in known:
                        continue
                    self._seen.add(key)
                    if self._lot.random() < self._share:
                        task = asyncio.create_task(self._echo(department, known[key], receipt))
                        self._reporting.add(task)
                        task.add_done_callback(self._reporting.discard)

    async def have_reported(self) -> None:
        """Wait until what was begun is reported."""
        await asyncio.gather(*self._reporting)

    def _receipts(self, department: str) -> list[tuple[str, dict[str, Any]]]:
        with sqlite3.connect(self._departments / f"{department}.db") as ledger:
            rows = ledger.execute("SELECT key, receipt FROM receipts").fetchall()
        return [(key, json.loads(receipt)) for key, receipt in rows]

    async def _echo(self, department: str, order: str, receipt: dict[str, Any]) -> None:
        """Report once or twice, at once or later, and acknowledge whenever."""
        report = _report(department, receipt)
        deeds = [(_REPORT, {"r": report})] * self._lot.choice([1, 2, 2])
        if self._lot.random() < 0.3:
            deeds.insert(self._lot.randrange(len(deeds) + 1), (_RECEIVE, {}))
        for turn, (document, more) in enumerate(deeds):
            await asyncio.sleep(self._lot.choice([0, 0, self._lot.uniform(0, _LATEST)]))
            done = await self._ask(
                department, document, {"id": order, "k": f"{order}-{turn}", **more}
            )
            self.reported += 1
            # Received, after it was reported: too late to say.
            if "code" in done and document is _REPORT:
                self.faults.append(f"{order} reported again: {done['code']} {done['message']}")

    async def _ask(
        self, department: str, document: str, variables: dict[str, Any]
    ) -> dict[str, Any]:
        until = asyncio.get_running_loop().time() + _PATIENCE
        headers = {"authorization": f"Bearer {self._tokens[f'dept:{department}']}"}
        said = "nothing"
        while asyncio.get_running_loop().time() < until:
            port = self._lot.choice(self._ports)
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
                    return dict(body["data"]["done"])
                said = answer.text
            except (httpx.HTTPError, ValueError):
                pass
            await asyncio.sleep(0.05)
        raise TimeoutError(f"no gateway takes a department's report: {said}")


def _report(department: str, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return *receipt* of a ledger as a clerk writes it."""
    controlled = receipt["controlled"]
    shares = department == "securities-depository"
    return {
        "result": receipt["result"],
        "controlledQuantity" if shares else "controlled": str(controlled)
        if shares
        else {"fen": str(controlled)},
        "reason": receipt.get("reason") or None,
        "rank": receipt.get("rank") or None,
        "startsOn": receipt.get("startsOn") or None,
        "endsOn": receipt.get("endsOn") or None,
        "receiptNumber": receipt["receiptNumber"],
        "handler": receipt["handler"],
    }
