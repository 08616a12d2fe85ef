"""The part of the walk that waits for somebody: plans, watched refunds, typed answers, tickets, sessions, a new department."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx

from tests.marks import marks
from tests.marks.walk import Walk
from tests.test_control_plan import PLAN
from tests.test_late_answers import ANSWERED, HOLDINGS
from tests.test_money_orders import FOUND, WATCH, WATCHES
from tests.test_refund_watches import END
from tests.test_typed_answers import CLERK, CLUES, FIELDS, LIST, TYPE

DRAFT_PLAN: Final = """
mutation ($i: DraftPlanInput!, $k: String!) { draftControlPlan(input: $i, idempotencyKey: $k) {
  ... on DraftedPlan { orders { id state reason } }
  ... on ControlPlanRefused { line code guard message } } }
"""
LOOKS: Final = "{ affiliateLooks(first: 10) { nodes { caseNumber officer request } } }"
_PAPERS: Final = {
    "rulingNumber": marks.RULING,
    "noticeNumber": f"{marks.RULING}二",
    "officers": ["示9903-0001", "示9903-0002"],
}
_OFFICER: Final = "court-executor"


def plan(walk: Walk) -> None:
    """A plan, drafted with somebody's words in it; and lines that do not fit."""
    found = walk.graph("plan", _OFFICER, PLAN, n=walk.case)
    walk.marks.harvest(found)
    lines = [
        {
            "idNumber": one["debtor"]["idNumber"],
            "assetKind": one["asset"]["kind"],
            "recordId": one["asset"]["id"],
            "action": one["action"],
            "amount": one["amount"] and {"fen": one["amount"]["fen"]},
            "quantity": one["quantity"],
            "reason": marks.REASON,
        }
        for one in found["case"]["controlPlan"]["lines"]
        if one["decision"] == "TAKE"
    ]
    assert lines
    for key, given in (
        ("good", lines[:1]),
        ("unknown", [{**lines[0], "idNumber": marks.NUMBER, "recordId": marks.VIN}]),
    ):
        drafted = {"caseNumber": walk.case, "lines": given, **_PAPERS}
        told = walk.graph(
            "draftControlPlan", _OFFICER, DRAFT_PLAN, i=drafted, k=f"{marks.WORD}-{key}"
        )
        if key == "good":
            assert told["draftControlPlan"]["orders"], told


def typed(walk: Walk) -> None:
    """A clerk types an answer with marks in it, well and badly; the officer reads it."""
    walk.graph("clues", _OFFICER, CLUES, n=walk.case)
    listed = walk.graph("typedRequests", CLERK, LIST)["typedRequests"]["nodes"]
    walk.marks.harvest(listed)
    [request] = [
        one for one in listed if (one["caseNumber"], one["purpose"]) == (walk.case, "SERVICE")
    ]
    good: list[dict[str, Any]] = [
        {"field": "currentAddress", "value": f"{marks.NAME}住{marks.PLATE}号"},
        {"field": "phoneNumbers", "values": [marks.PHONE]},
    ]
    walk.marks.add("typed address", str(good[0]["value"]))
    for number, values in enumerate(
        (
            [{"field": marks.NAME, "value": marks.NUMBER}],
            [{"field": "phoneNumbers", "values": [marks.NUMBER, marks.NAME]}],
            good,
        )
    ):
        key = f"{marks.WORD}-typed-{number}"
        told = walk.graph(
            "typeAnswer", CLERK, TYPE, id=request["id"], f=FIELDS, r=[{"values": values}], k=key
        )
    assert "answeredAt" in told["typeAnswer"], told
    shown = walk.graph("clues", _OFFICER, CLUES, n=walk.case)["case"]["debtors"][0]
    assert shown["residenceClues"][0]["currentAddress"] == good[0]["value"]


def watched(walk: Walk) -> None:
    """A refund is watched, its bureau approves it, the clock drafts, the officer ends it."""
    for case in walk.demo["cases"]:
        found = walk.graph("refunds", _OFFICER, FOUND, n=case["number"])["case"]["debtors"]
        expected = [
            (one["idNumber"], refund["sourceRecordId"])
            for one in found
            for refund in one["exportTaxRebates"] or ()
            if refund["refundStatus"] == "DECLARED" and not refund["holds"]
        ]
        if expected:
            break
    [(number, record), *_] = expected
    walk.marks.harvest(found)
    order = {
        "caseNumber": case["number"],
        "idNumber": number,
        "assetKind": "EXPORT_TAX_REBATE",
        "action": "FREEZE",
        "recordId": record,
        "amount": {"fen": "1000"},
        "executionRoute": "VIA_TAX_AUTHORITY",
        "gates": ["PLEDGE_PRIORITY_NOTED"],
        "reason": marks.REASON,
        **_PAPERS,
    }
    for watch in ({"refundId": marks.NAME, "order": order}, {"refundId": record, "order": order}):
        walk.graph("watchRefund", _OFFICER, WATCH, i=watch)
    [bureau] = [one for one in walk.demo["departments"] if one["id"] == "state-tax-shibei"]
    for status in ("UNDER_REVIEW", "APPROVED"):
        moved = {"record": record, "status": status}
        httpx.post(f"{bureau['url']}/_sandbox/refund", json=moved, trust_env=False)
    until = time.monotonic() + 15
    states: set[str] = set()
    while "DRAFTED" not in states and time.monotonic() < until:
        told = walk.graph("refundWatches", _OFFICER, WATCHES, n=case["number"])
        states = {one["state"] for one in told["case"]["refundWatches"]}
        time.sleep(0.1)
    assert "DRAFTED" in states, states
    for one in (told["case"]["refundWatches"][-1]["id"], marks.WORD):
        walk.graph("endRefundWatch", _OFFICER, END, id=one, r=marks.REASON)


def ticketed(walk: Walk) -> None:
    """A depository answers later than a query waits: its ticket is collected, by others too."""
    url = next(
        one["url"] for one in walk.demo["departments"] if one["id"] == "securities-depository"
    )
    fault = f"{url}/_sandbox/faults"
    httpx.post(fault, json={"mode": "slow", "latencyMs": 4500}, trust_env=False)
    body = {"query": HOLDINGS, "variables": {"n": walk.case}}
    answer = walk.send("pending", "POST", "/graphql", _OFFICER, json=body).json()
    httpx.post(fault, json={"mode": "none"}, trust_env=False)
    ticket = answer["extensions"]["tickets"][0]["ticket"]
    walk.marks.add("ticket", ticket)
    for role in ("court-supervisor", _OFFICER):
        for one in (ticket, f"{marks.WORD}-{marks.NUMBER}"):
            later = {"query": ANSWERED, "variables": {"t": [one]}}
            stream = {"accept": "text/event-stream"}
            told = walk.send("answered", "POST", "/graphql", role, json=later, headers=stream)
            walk.answered |= role == _OFFICER and '"status":"ANSWERED"' in told.text


def sessions(walk: Walk) -> None:
    """Forms and JSON under /session, with marks in every place."""
    for page in ("sign-in", "activate"):
        shown = walk.send("session page", "GET", f"/session/{page}")
        ticket = re.findall(r'name="ticket" value="([^"]*)"', shown.text)
        filled = {
            "ticket": ticket[0] if ticket else marks.WORD,
            "username": marks.NAME,
            "password": f"{marks.WORD}-password",
            "code": marks.NUMBER,
            marks.NUMBER: marks.NAME,
        }
        walk.send("session form", "POST", f"/session/{page}", data=filled)
        walk.send("session form", "POST", f"/session/{page}", content=marks.NAME.encode())
    headers = {"x-chakong-session": "1", "content-type": "application/json"}
    token = walk.token(_OFFICER)
    for body in (
        {"token": f"{marks.WORD}.{marks.WORD}.x"},
        {"token": [marks.NAME]},
        {"token": token},
        {"session": marks.NAME},
    ):
        for path in ("token", "end"):
            content = json.dumps(body).encode()
            walk.send("session", "POST", f"/session/{path}", content=content, headers=headers)
            for name in walk.web.cookies:
                walk.marks.add("cookie", walk.web.cookies[name])
    for path in ("", "/list", "/step-up", "/password", f"/{marks.WORD}"):
        walk.send("session", "GET", f"/session{path}", headers=headers)
    walk.web.cookies.clear()


def new_department(walk: Walk, place: Path) -> bytes:
    """The contract suite about real (synthetic) people; return all that it printed and wrote."""
    [vehicles] = [one for one in walk.demo["departments"] if one["stem"] == "vehicles"]
    numbers = [one for case in walk.demo["cases"] for one in case["debtors"]][:5]
    for one in numbers:
        walk.marks.add("examined", one)
    files: dict[str, Any] = {
        "good": [*numbers, marks.NUMBER],
        "no number": [marks.NAME, *numbers],
        "a wrong digit": [f"{numbers[0][:-1]}{'1' if numbers[0][-1] != '1' else '2'}"],
    }
    printed = b""
    for at, (name, lines) in enumerate(files.items()):
        subjects, report = place / f"subjects-{at}.txt", place / f"report-{at}.md"
        subjects.write_text("\n".join(lines), encoding="utf-8")
        walk.marks.add(name, lines[0])
        trial = place / f"order-{at}.json"
        wanted = {"subject": marks.NUMBER, "subject_name": marks.NAME, "record": marks.VIN}
        trial.write_text(json.dumps(wanted if at else {**wanted, "limit": 100}), encoding="utf-8")
        for more in ((), ("--json",), ("--order", str(trial))):
            command = [
                *(sys.executable, "-c", "from gateway.cli import app; app()", "connector", "check"),
                *("vehicles", "--subjects", str(subjects), "--url", vehicles["url"]),
                *("--case", walk.case, "--deadline", "5", "--report", str(report), *more),
            ]
            done = subprocess.run(command, check=False, capture_output=True, timeout=120)
            printed += done.stdout + done.stderr
        printed += report.read_bytes() if report.exists() else b""
    assert b"KEPT" in printed
    return printed
