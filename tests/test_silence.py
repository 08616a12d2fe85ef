"""The gateway's log and its errors tell of events, never of people."""

import re
from pathlib import Path
from typing import Any

from tests.running import ASSETS, ask
from tests.test_faults import order_fault

IDENTITY_NUMBER = re.compile(r"99020[0-9]{12}[0-9Xx]")


def log_of(demo: dict[str, Any]) -> str:
    state = Path(demo["departments"][0]["wireLog"]).parent
    while not (state / "gateway.log").exists():
        state = state.parent
    return (state / "gateway.log").read_text(encoding="utf-8")


def test_nothing_personal_is_logged_whatever_goes_wrong(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    shown = ask(demo, "court-executor", ASSETS, n=case["number"]).json()
    [debtor] = shown["data"]["case"]["debtors"]
    order_fault(demo, "traffic-police", "garbage")
    try:
        ask(demo, "court-executor", ASSETS, n=case["number"])
    finally:
        order_fault(demo, "traffic-police", "none")
    ask(demo, "court-executor", "{ broken", n=case["number"])
    ask(demo, "dept:screening-only", ASSETS, n=case["number"])

    log = log_of(demo)

    assert "request.answered" in log
    assert not IDENTITY_NUMBER.search(log)
    assert debtor["identity"]["name"] not in log
    assert debtor["vehicles"][0]["plateNumber"] not in log
    assert demo["tokens"]["court-executor"] not in log
    assert "Traceback" not in log


def test_an_error_repeats_no_number_that_was_sent(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["debtors"][0]
    query = (
        f'{{ case(number: "{demo["cases"][0]["number"]}", purpose: CONTROL) '
        f'{{ debtor(idNumber: "{number}x") {{ id }} n{number}: number x: nothing }} }}'
    )

    answer = ask(demo, "court-executor", query)

    assert answer.status_code == 400
    assert number not in answer.text
