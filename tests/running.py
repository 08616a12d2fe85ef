"""A running demo, and how tests speak to it."""

import json
from pathlib import Path
from typing import Any

import httpx

ASSETS = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY, reason: "核查关联人名下财产",
familyReason: HELD_FOR_DEBTOR) { debtors { idNumber
  identity { name } vehicles { plateNumber sourceRecordId } housingFund { balance { fen } sourceRecordId }
  securities { quantity sourceRecordId } relatedPersons { relation person { vehicles { plateNumber } } } } } }
"""


def ask(
    demo: dict[str, Any],
    role: str,
    query: str,
    headers: dict[str, str] | None = None,
    **variables: Any,
) -> httpx.Response:
    return httpx.post(
        demo["graphql"],
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {demo['tokens'][role]}", **(headers or {})},
        timeout=30,
        trust_env=False,
    )


def wire(demo: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what each system was asked: by department, a further system of one as ``id/stem``."""
    logs: dict[str, list[dict[str, Any]]] = {}
    for d in demo["departments"]:
        name = d["id"] if d["id"] not in logs else f"{d['id']}/{d['stem']}"
        logs[name] = [json.loads(line) for line in Path(d["wireLog"]).read_text().splitlines()]
    return logs
