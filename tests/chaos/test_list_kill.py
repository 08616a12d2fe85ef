"""A gateway killed in the middle of every step of a listing: each step is there once, whoever repeats it (I-51)."""

import contextlib
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.ports import free_port
from tests.resolvers.order_world import CASE

ENTRY: Final = "... on ListEntry { id state } ... on ListRefused { code message }"
HIT: Final = "... on SanctionHit { id state } ... on ListRefused { code message }"
PATIENCE: Final = 60.0  # seconds for one answer


class KilledCourt:
    """A gateway that dies while it answers, and the people who ask again with the same key."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._chance = random.Random(20261130)
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self._port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.chaos.list_instance", "--place", str(self._place)]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        over = time.monotonic() + PATIENCE
        while time.monotonic() < over:
            try:
                httpx.get(f"{self.base}/health", trust_env=False).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the gateway did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def post(self, who: str, path: str, body: dict[str, Any], *, killed: bool = True) -> Any:
        """Return what *who* is answered in the end; while the first answer is made the gateway dies."""
        token = json.loads((self._place / "tokens.json").read_text())[who]
        headers = {"authorization": f"Bearer {token}"}
        if killed:
            threading.Timer(self._chance.uniform(0.0, 0.03), self.kill).start()
            with contextlib.suppress(httpx.HTTPError):
                httpx.post(f"{self.base}{path}", json=body, headers=headers, trust_env=False)
            while self._process is not None:
                time.sleep(0.01)
            self.kills += 1
            self.start()
        over = time.monotonic() + PATIENCE
        while True:
            answer = httpx.post(
                f"{self.base}{path}", json=body, headers=headers, trust_env=False, timeout=30
            )
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > over:
                return answer.json()
            time.sleep(0.1)

    def ask(self, who: str, document: str, *, killed: bool = True, **variables: Any) -> Any:
        body = {"query": document, "variables": variables}
        answer = self.post(who, "/graphql", body, killed=killed)
        assert "errors" not in answer, answer
        return answer["data"]["done"]

    def step(self, who: str, name: str, id_: str, **more: Any) -> Any:
        kinds = {"servedOn": "Date!", "cause": "ExitCause!"}
        declared = "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
        given = "".join(f", {one}: ${one}" for one in more)
        document = (
            f"mutation ($id: ID!, $k: String!{declared}) {{ done: {name}(id: $id, "
            f"idempotencyKey: $k{given}) {{ {HIT if name.endswith('Hit') else ENTRY} }} }}"
        )
        done = self.ask(who, document, id=id_, k=f"{name}-1", **more)
        assert "code" not in done, done
        return done


@pytest.fixture
def court(tmp_path: Path) -> Iterator[KilledCourt]:
    made = KilledCourt(tmp_path)
    yield made
    made.kill()


def test_every_step_of_a_listing_survives_a_kill_and_is_there_once(court: KilledCourt) -> None:
    debtors = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    found = court.ask("executor", debtors, n=CASE, killed=False)["debtors"][0]
    proposal = {
        "caseNumber": CASE,
        "idNumber": found["idNumber"],
        "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "未报告财产"}],
    }
    propose = (
        "mutation ($i: ProposeEntryInput!, $k: String!) "
        f"{{ done: proposeEntry(input: $i, idempotencyKey: $k) {{ {ENTRY} }} }}"
    )
    entry = court.ask("executor", propose, i=proposal, k="propose-1")["id"]
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    court.step("executor", "warnDebtor", entry, servedOn=today, proof="送达回证")
    court.step("officer", "submitEntry", entry)
    signed = {"decisionNumber": "决1号", "restrictionNumber": "限1号"}
    court.step("president", "signEntry", entry, **signed)
    court.step("officer", "publishEntry", entry)
    question = {
        "trigger": "consumption.lodging",
        "businessReference": "单1",
        "subjects": [{"idNumber": found["idNumber"], "name": found["name"]}],
    }
    hit = court.post("tourism", "/screen", question)["results"][0]["hitId"]
    court.step("tourism", "confirmHit", hit, effect="不予入住", reason="身份一致")
    court.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
    court.step("officer", "shieldEntry", entry)
    court.step("tourism", "releaseHit", hit, remark="已解除")

    history = "query ($e: ID!) { done: listEntry(id: $e) { history { event } } }"
    changes = "{ done: listChanges { nodes { kind entryId } } }"
    hits = "{ done: hits(first: 9, states: [RELEASED]) { nodes { id } } }"
    events = court.ask("officer", history, e=entry, killed=False)["history"]
    told = court.ask("tourism", changes, killed=False)["nodes"]
    kept = court.ask("tourism", hits, killed=False)["nodes"]
    once = Counter(one["event"] for one in events if one["event"] != "CLOSE")
    assert court.kills == 10
    assert once == dict.fromkeys(
        ("PROPOSE", "WARN", "SUBMIT", "SIGN", "PUBLISH", "FIND_EXIT_CAUSE", "SHIELD"), 1
    )
    assert told == [{"kind": "REMOVED", "entryId": entry}] * 2
    assert kept == [{"id": hit}]
