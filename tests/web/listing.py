"""Somebody on the list of a running demo, and somebody removed from it, by the steps that people take."""

import time
from pathlib import Path
from typing import Any, Final

from gateway.demo.tokens import fresh_token
from tests.running import ask

_ENTRY: Final = "... on ListEntry { id state } ... on ListRefused { code guard message }"
_KINDS: Final = {
    "id": "ID!",
    "servedOn": "Date!",
    "input": "ProposeEntryInput!",
    "cause": "ExitCause!",
}
_DEBTORS: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber name } } }
"""


def listed(demo: dict[str, Any], case: str) -> dict[str, str]:
    """Publish the first debtor of *case*; return idNumber, name and entry."""
    [debtor, *_] = ask(demo, "court-executor", _DEBTORS, n=case).json()["data"]["case"]["debtors"]
    proposal = {
        "caseNumber": case,
        "idNumber": debtor["idNumber"],
        "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "未报告财产"}],
    }
    given: dict[str, Any] = {"input": proposal}
    entry = _step(demo, "court-executor", "proposeEntry", **given)
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    _step(demo, "court-executor", "warnDebtor", id=entry, servedOn=today, proof="送达回证")
    _step(demo, "list-officer", "submitEntry", id=entry)
    signed = {"decisionNumber": f"决{entry}", "restrictionNumber": f"限{entry}"}
    _step(demo, "court-president", "signEntry", id=entry, **signed)
    _step(demo, "list-officer", "publishEntry", id=entry)
    return {**debtor, "entry": entry}


def removed(demo: dict[str, Any], entry: str) -> None:
    proof = {"cause": "PERFORMED", "proof": "结案通知书"}
    _step(demo, "court-executor", "findExitCause", id=entry, **proof)
    _step(demo, "list-officer", "shieldEntry", id=entry)


def _step(demo: dict[str, Any], role: str, name: str, **given: Any) -> str:
    declared = "".join(f", ${one}: {_KINDS.get(one, 'String!')}" for one in given)
    passed = "".join(f", {one}: ${one}" for one in given)
    document = (
        f"mutation ($k: String!{declared}) {{ {name}(idempotencyKey: $k{passed}) {{ {_ENTRY} }} }}"
    )
    key = f"{name}-{given.get('id', given)}"[:64]
    token = {"authorization": f"Bearer {fresh_token(Path(demo['state']), role)}"}
    answer = ask(demo, "court-executor", document, token, k=key, **given).json()["data"][name]
    assert "code" not in answer, answer
    return str(answer["id"])
