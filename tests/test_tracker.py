"""A person sees who looked at him: in the graph, and as Estonia's data tracker asks."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.databases import ENGINES, empty_database, kept
from tests.installation import installed
from tests.ordering import approved_order, ended_order, targets
from tests.running import ASSETS, ask

pytestmark = pytest.mark.each_engine
MINE = "{ mine { idNumber disclosures(first: 50) { hiddenForDays endCursor nodes { at action actionEn receiver } } } }"
ORDERS = """
query ($n: CaseNumber!) { case(number: $n, purpose: SUPERVISION, document: "示督字第1号",
  reason: "当事人再次来信反映") { number debtors { name } } }
"""


def tracked(demo: dict[str, Any], path: str, role: str = "data-subject") -> httpx.Response:
    return httpx.get(
        f"{demo['issuer']}/tracker/{path}",
        headers={
            "authorization": f"Bearer {demo['tokens'][role]}",
            "x-road-userid": "CN990203",
        },
        timeout=30,
        trust_env=False,
    )


def seen(demo: dict[str, Any]) -> dict[str, Any]:
    answer = ask(demo, "data-subject", MINE).json()
    assert "errors" not in answer, answer
    return dict(answer["data"]["mine"]["disclosures"])


@pytest.fixture(scope="module", params=ENGINES)
def own_court(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """A court in which nobody else has a hold executed."""
    place = tmp_path_factory.mktemp("tracker")
    with (
        empty_database(request.param, place) as url,
        installed(place, CHAKONG_DATABASE_URL=url) as made,
    ):
        yield {**made.start(), "data": str(place / "state"), "database": url}


def test_a_look_for_enforcement_is_told_once_a_hold_on_that_person_was_executed(
    own_court: dict[str, Any],
) -> None:
    """Two obligors of one case, one after the other: a hold on the first warns the second of nothing."""
    case = own_court["cases"][-1]
    found = targets(own_court, case)
    held = found["SECURITIES"]
    other = next(one for one in found.values() if one[0] != held[0])
    looked = ask(own_court, "court-executor", ASSETS, n=case["number"])
    entry = looked.json()["extensions"]["receipt"]["entry"]
    until_indexed(own_court, entry)

    hidden = {number: view(own_court, number) for number, _ in (held, other)}
    order = approved_order(own_court, "SECURITIES", case, held)
    assert ended_order(own_court, order)["state"] == "EXECUTED"
    after = {number: view(own_court, number) for number, _ in (held, other)}

    for seen_before in hidden.values():
        assert seen_before["hiddenForDays"] == 30
        assert enforcement(seen_before) == []
    assert enforcement(after[held[0]]) != []
    # Whom nothing was held of is told what he was told before, to the letter: a number would warn.
    assert after[other[0]]["nodes"] == hidden[other[0]]["nodes"]


def view(demo: dict[str, Any], number: str) -> dict[str, Any]:
    """Return what *number* is told, once the account of the demo's debtor was checked to be his."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from gateway.cli import app; app()"),
            *("people", "verify", "debtor-1", "--by", "示9903-0001"),
        ],
        input=number,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "CHAKONG_DATA_DIR": demo["data"],
            "CHAKONG_DATABASE_URL": demo["database"],
        },
    )
    assert done.returncode == 0, done.stderr
    return seen(demo)


def enforcement(told: dict[str, Any]) -> list[str]:
    """Return the look-ups in *told* that are hidden for a while."""
    return [
        one["action"]
        for one in told["nodes"]
        if "财产调查" in one["action"] or "财产控制" in one["action"]
    ]


def until_indexed(demo: dict[str, Any], entry: int) -> None:
    """Wait until entry *entry* is signed: it is found by whom it is about then."""
    end = time.monotonic() + 10
    path = f"{demo['issuer']}/record/inclusion?entry={entry}"
    while httpx.get(path, trust_env=False).status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(1.2)


def test_what_nothing_hides_is_told_in_plain_words(demo: dict[str, Any]) -> None:
    ask(demo, "court-supervisor", ORDERS, n=demo["cases"][0]["number"])

    for _ in range(100):
        nodes = [one for one in seen(demo)["nodes"] if one["action"] == "因执行监督查询您的信息"]
        if nodes:
            break
        time.sleep(0.1)

    assert nodes[0]["receiver"] == "court"
    assert nodes[0]["actionEn"].startswith("Your data were looked at")
    usages = tracked(demo, f"findUsage?userCode={demo['cases'][0]['debtors'][0]}").json()
    assert usages["totalUsages"] >= 1
    assert usages["usages"][0].keys() == {
        "logtime",
        "action",
        "receiverCode",
        "receiverName",
        "receiverSystem",
    }
    assert usages["usages"][0]["receiverCode"] == "court"


def test_the_tracker_says_since_when_and_that_it_lives(demo: dict[str, Any]) -> None:
    assert tracked(demo, "heartbeat").json()["status"] == "OK"
    assert tracked(demo, "usagePeriod").json()["periodStart"].endswith("Z")


def test_nobody_sees_who_looked_at_somebody_else(demo: dict[str, Any]) -> None:
    other = next(one for case in demo["cases"][1:] for one in case["debtors"])
    assert other != demo["cases"][0]["debtors"][0]

    assert tracked(demo, f"findUsage?userCode={other}").status_code == 403
    assert tracked(demo, "findUsage").status_code == 400
    assert tracked(demo, f"findUsage?userCode={other}", "court-executor").status_code == 403
    refused = ask(demo, "court-executor", MINE)
    assert refused.status_code in {400, 403}


def test_bad_input_is_said(demo: dict[str, Any]) -> None:
    own = demo["cases"][0]["debtors"][0]

    for query in (
        "limit=-1",
        "offset=x",
        "periodStart=yesterday",
        "periodStart=0001-01-01T00:00:00%2B14:00",  # before year 1 in UTC
        "periodEnd=9999-12-31T23:59:59-14:00",
    ):
        assert tracked(demo, f"findUsage?userCode={own}&{query}").status_code == 400, query


def test_the_total_is_of_all_usages_whatever_page_is_asked_for(demo: dict[str, Any]) -> None:
    own = demo["cases"][0]["debtors"][0]
    for _ in range(2):
        ask(demo, "court-supervisor", ORDERS, n=demo["cases"][0]["number"])
    for _ in range(100):  # until what others did before is told, too
        whole = tracked(demo, f"findUsage?userCode=CN{own}").json()
        page = tracked(demo, f"findUsage?userCode={own}&limit=1&offset=1").json()
        if page["totalUsages"] == whole["totalUsages"] >= 2:
            break
        time.sleep(0.1)

    assert page["totalUsages"] == whole["totalUsages"] == len(whole["usages"])
    assert page["usages"] == whole["usages"][1:2]
    assert [one["logtime"] for one in whole["usages"]] == sorted(
        (one["logtime"] for one in whole["usages"]), reverse=True
    )


def test_what_a_person_is_shown_of_himself_is_an_entry_and_no_look_at_him(
    demo: dict[str, Any],
) -> None:
    own = demo["cases"][0]["debtors"][0]
    before = entries(demo)

    tracked(demo, f"findUsage?userCode={own}")

    [entry] = entries(demo)[len(before) :]
    leaf = json.loads(entry)
    assert leaf["what"] == {"tracker": "findUsage"}
    assert (leaf["purpose"], leaf["basis"]) == ("SUBJECT_ACCESS", ["PIPL 45"])
    assert own not in entry.decode()
    assert not any(
        "查看" in one["action"] and "委托" in one["action"] for one in seen(demo)["nodes"]
    )


def entries(demo: dict[str, Any]) -> list[bytes]:
    rows = kept(demo, "SELECT leaf FROM record_entries WHERE kind NOT LIKE '%EVENT' ORDER BY n")
    return [leaf for (leaf,) in rows]
