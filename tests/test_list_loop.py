"""The whole loop over real sockets: listed, taken over, matched, held, decided, fed back, removed, released, proven."""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateway.demo.tokens import fresh_token
from tests.installation import Installation, installed
from tests.ports import free_port
from tests.processes import running

UNITS: Final = {
    "tourism": "consumption.lodging",
    "commerce": "approval.localFinancialOrganization",
    "drc": "approval.publicCorporateBond",
    "civil-affairs": "registration.socialOrganizationFounder",
    "finance": "procurement.supplierAdmission",
}
CHANGES: Final = """
query ($a: ID) { done: listChanges(after: $a, first: 100) { cursor nodes { kind entryId idNumber name } } }
"""
ENTRY: Final = "... on ListEntry { id state } ... on ListRefused { code guard message }"
HIT: Final = "... on SanctionHit { id state } ... on ListRefused { code guard message }"
SEEN: Final = """
query ($e: ID!) { done: listEntry(id: $e) { state receivers { unit removalReceivedAt } } }
"""


class Called(BaseHTTPRequestHandler):
    """A unit's endpoint: it keeps what it is sent."""

    heard: Final[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        del format, args


class Court:
    def __init__(self, place: Path, installation: Installation) -> None:
        self._state = place / "state"
        self._installation = installation
        self.demo = installation.start()
        self._keys = 0

    def again(self) -> None:
        self._installation.kill()
        self.demo = self._installation.start()

    @property
    def base(self) -> str:
        return str(self.demo["issuer"])

    def token(self, role: str) -> str:
        return fresh_token(self._state, role)

    def ask(self, role: str, document: str, **variables: Any) -> Any:
        answer = httpx.post(
            self.demo["graphql"],
            json={"query": document, "variables": variables},
            headers={"authorization": f"Bearer {self.token(role)}"},
            timeout=30,
            trust_env=False,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]["done"]

    def step(self, role: str, name: str, shape: str, declared: str, given: str, **more: Any) -> Any:
        self._keys += 1
        document = (
            f"mutation ($k: String!{declared}) "
            f"{{ done: {name}(idempotencyKey: $k{given}) {{ {shape} }} }}"
        )
        done = self.ask(role, document, k=f"loop-{self._keys}", **more)
        assert "code" not in done, done
        return done

    def entry(self, role: str, name: str, entry: str, **more: str) -> Any:
        kinds = {"servedOn": "Date!", "cause": "ExitCause!"}
        declared = ", $id: ID!" + "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
        given = ", id: $id" + "".join(f", {one}: ${one}" for one in more)
        return self.step(role, name, ENTRY, declared, given, id=entry, **more)

    def hit(self, unit: str, name: str, hit: str, **more: str) -> Any:
        declared = ", $id: ID!" + "".join(f", ${one}: String!" for one in more)
        given = ", id: $id" + "".join(f", {one}: ${one}" for one in more)
        return self.step(f"dept:{unit}", name, HIT, declared, given, id=hit, **more)


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    place = tmp_path_factory.mktemp("loop")
    with installed(place, CHAKONG_CLOCK_SECONDS="0.3") as installation:
        yield Court(place, installation)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Called)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def debtor(court: Court) -> tuple[str, str, str]:
    case = court.demo["cases"][0]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [found, *_] = court.ask("court-executor", document, n=case)["debtors"]
    return case, found["idNumber"], found["name"]


def listed(court: Court, case: str, number: str, part: int = 1, **changes: str) -> str:
    proposal = {
        "caseNumber": case,
        "idNumber": number,
        "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "未报告财产"}],
        **changes,
    }
    declared, given = ", $i: ProposeEntryInput!", ", input: $i"
    entry: str = court.step("court-executor", "proposeEntry", ENTRY, declared, given, i=proposal)[
        "id"
    ]
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    court.entry("court-executor", "warnDebtor", entry, servedOn=today, proof="送达回证")
    court.entry("list-officer", "submitEntry", entry)
    signed = {"decisionNumber": f"决{part}号", "restrictionNumber": f"限{part}号"}
    court.entry("court-president", "signEntry", entry, **signed)
    told = court.entry("list-officer", "publishEntry", entry)["state"]
    assert told == ("NOTIFIED" if changes else "PUBLISHED")
    return entry


def screen(court: Court, unit: str, trigger: str, *people: dict[str, str]) -> httpx.Response:
    return httpx.post(
        f"{court.base}/screen",
        json={"trigger": trigger, "businessReference": f"{unit}-1", "subjects": people},
        headers={"authorization": f"Bearer {court.token(f'dept:{unit}')}"},
        trust_env=False,
    )


def until(court: Court, entry: str, state: str) -> Any:
    over = time.monotonic() + 60
    while time.monotonic() < over:
        seen = court.ask("list-officer", SEEN, e=entry)
        if seen["state"] == state:
            return seen
        time.sleep(0.1)
    raise AssertionError(seen)


def test_the_whole_loop_with_five_departments_and_a_killed_gateway(
    court: Court, endpoint: str
) -> None:
    case, number, name = debtor(court)
    made = "mutation ($u: String!) { done: addWebhook(url: $u) { secret } }"
    assert court.ask("dept:tourism", made, u=endpoint)["secret"].startswith("whsec_")

    entry = listed(court, case, number)

    time.sleep(1.0)  # on every gateway within a second
    cursors, hits = {}, {}
    for unit, trigger in UNITS.items():
        page = court.ask(f"dept:{unit}", CHANGES)
        assert [(one["kind"], one["idNumber"]) for one in page["nodes"]] == [("LISTED", number)]
        cursors[unit] = page["cursor"]
        [result] = screen(court, unit, trigger, {"idNumber": number, "name": name}).json()[
            "results"
        ]
        assert (result["verdict"], result["action"]) == ("HIT", "hold")
        hits[unit] = result["hitId"]
        court.hit(unit, "confirmHit", result["hitId"], effect="不予办理", reason="身份一致")
        done = court.hit(unit, "feedBackHit", result["hitId"], outcome="已限制")
        assert done["state"] == "FED_BACK"

    court.again()  # killed, and started on the same data

    court.entry("court-executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
    assert court.entry("list-officer", "shieldEntry", entry)["state"] == "SHIELDED"
    time.sleep(1.0)
    for unit, trigger in UNITS.items():
        answer = screen(court, unit, trigger, {"idNumber": number, "name": f"{name} "})
        assert answer.status_code == 409, "the reference stands for what was asked first"
        page = court.ask(f"dept:{unit}", CHANGES, a=cursors[unit])
        assert [(one["kind"], one["name"]) for one in page["nodes"]] == [("REMOVED", None)]
        court.hit(unit, "releaseHit", hits[unit], remark="已解除")
        court.ask(f"dept:{unit}", CHANGES, a=page["cursor"])

    seen = until(court, entry, "CLOSED")
    assert {one["unit"] for one in seen["receivers"]} == set(UNITS)
    assert all(one["removalReceivedAt"] for one in seen["receivers"])
    assert [one["type"] for one in Called.heard] == ["list.listed", "list.removed"]
    assert name not in json.dumps(Called.heard, ensure_ascii=False)


def test_the_example_holds_a_form_and_lets_it_go_on(court: Court) -> None:
    path = Path(__file__).parents[1] / "examples/screening-client/screening.py"
    spec = importlib.util.spec_from_file_location("screening_client", path)
    assert spec is not None
    assert spec.loader is not None
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    case = court.demo["cases"][1]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [one, *_] = court.ask("court-executor", document, n=case)["debtors"]
    listed(court, case, one["idNumber"], 2)
    time.sleep(1.0)
    person = {"idNumber": one["idNumber"], "name": one["name"]}
    token = court.token("dept:tourism")

    held = client.screened(court.base, token, "consumption.lodging", "form-1", [person])
    free = client.screened(
        court.base, token, "consumption.lodging", "form-2", [{"idNumber": "", "name": "查无此人"}]
    )

    assert (held.may_go_on, len(held.notes)) == (False, 1)
    assert (free.may_go_on, free.notes) == (True, ())


def test_the_example_adapter_is_called_holds_and_releases(court: Court, tmp_path: Path) -> None:
    """What the conformance test's stand-in plays, with the real court."""
    case = court.demo["cases"][2]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [one, *_] = court.ask("court-executor", document, n=case)["debtors"]
    person = {"idNumber": one["idNumber"], "name": one["name"]}
    base = f"http://127.0.0.1:{free_port()}"
    made = "mutation ($u: String!) { done: addWebhook(url: $u) { secret } }"
    secret = court.ask("dept:tourism", made, u=f"{base}/webhook")["secret"]
    for name, text in (("secret", secret), ("token", court.token("dept:tourism"))):
        (tmp_path / name).write_text(text)
    program = Path(__file__).parents[1] / "examples/screening-client/adapter.py"
    command = [
        *(sys.executable, str(program), "--court", court.base, "--port", base.rpartition(":")[2]),
        *("--token-file", str(tmp_path / "token"), "--secret-file", str(tmp_path / "secret")),
        *("--data", str(tmp_path / "adapter.db")),
    ]

    def shown(path: str) -> Any:
        return httpx.get(f"{base}{path}", trust_env=False).json()

    def soon(right: Callable[[], bool]) -> None:
        over = time.monotonic() + 60
        while not right():
            assert time.monotonic() < over
            time.sleep(0.05)

    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        entry = listed(court, case, one["idNumber"], 3)
        soon(lambda: entry in shown("/list")["entries"])
        time.sleep(1.0)
        item = {"reference": "adapter-1", "people": [person]}
        held = httpx.post(f"{base}/business", json=item, trust_env=False).json()
        court.entry("court-executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
        court.entry("list-officer", "shieldEntry", entry)
        soon(lambda: shown("/business/adapter-1")["state"] == "GOES_ON")
        left = shown("/list")["entries"]

    assert held["state"] == "HELD"
    assert entry not in left
    [tourism] = court.ask("list-officer", SEEN, e=entry)["receivers"]
    assert tourism["removalReceivedAt"]


def test_a_department_begins_with_the_snapshot_of_a_running_court(court: Court) -> None:
    headers = {"authorization": f"Bearer {court.token('dept:drc')}"}
    with httpx.Client(base_url=court.base, headers=headers, trust_env=False) as client:
        answer = client.get("/list/snapshot", follow_redirects=True)
        signature = client.get(f"{answer.url.path}.sig")

    header, *rows, closing = [json.loads(line) for line in answer.text.splitlines()]
    assert closing["entries"] == len(rows)
    assert signature.text.count(".") == 2
    page = court.ask("dept:drc", CHANGES, a=header["cursor"])
    assert (page["nodes"], page["cursor"]) == ([], header["cursor"])


def test_a_subscription_tells_each_change_and_is_no_receipt(court: Court) -> None:
    case = court.demo["cases"][3]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [one, *_] = court.ask("court-executor", document, n=case)["debtors"]
    entry = listed(court, case, one["idNumber"], 4)
    query = "subscription ($a: ID) { listChanged(after: $a) { cursor kind entryId name } }"
    headers = {
        "authorization": f"Bearer {court.token('dept:education')}",
        "accept": "text/event-stream",
    }
    heard: list[dict[str, Any]] = []
    body = {"query": query, "variables": {"a": "0"}}
    with httpx.stream(
        "POST", court.demo["graphql"], json=body, headers=headers, timeout=20, trust_env=False
    ) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                heard.append(json.loads(line.removeprefix("data: "))["data"]["listChanged"])
            if heard and heard[-1]["entryId"] == entry:
                break
    seen = """query ($e: ID!) { done: listEntry(id: $e) { receivers { unit receivedAt } } }"""
    told = court.ask("list-officer", seen, e=entry)["receivers"]
    court.ask("dept:education", CHANGES, a=heard[-1]["cursor"])
    taken = court.ask("list-officer", seen, e=entry)["receivers"]

    cursors = [int(change["cursor"]) for change in heard]
    assert cursors == list(range(1, len(cursors) + 1)), "none left out"
    assert (heard[-1]["kind"], heard[-1]["name"]) == ("LISTED", one["name"])
    assert told == [{"unit": "education", "receivedAt": None}]
    assert [bool(receiver["receivedAt"]) for receiver in taken] == [True]


@pytest.mark.parametrize(
    ("form", "role", "answer"),
    [
        ("decision", "list-officer", (200, "决定：将")),
        ("decision", "court-executor", (200, "决6号")),
        ("employer-notice", "list-officer", (200, "某局：")),
        ("risk-warning", "list-officer", (404, "")),  # it is decided
        ("anything", "list-officer", (404, "")),
        ("decision", "dept:tourism", (403, "")),
    ],
)
def test_a_listing_is_printed_for_who_works_on_it(
    court: Court, notified: tuple[str, str], form: str, role: str, answer: tuple[int, str]
) -> None:
    entry, number = notified
    headers = {"authorization": f"Bearer {court.token(role)}"}
    path = f"{court.base}/list/entries/{entry}/forms/{form}"
    page = httpx.get(path, headers=headers, trust_env=False)

    status, said = answer
    assert page.status_code == status
    assert said in page.text
    assert number not in page.text, "masked as the public list has it"
    assert "<script" not in page.text


@pytest.fixture(scope="module")
def notified(court: Court) -> tuple[str, str]:
    """An entry that its employer was told of, and the debtor's number."""
    case = court.demo["cases"][5]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [one, *_] = court.ask("court-executor", document, n=case)["debtors"]
    changes = {"mode": "NOTIFY_EMPLOYER", "employer": "某局"}
    return listed(court, case, one["idNumber"], 6, **changes), one["idNumber"]


def test_the_record_names_whom_a_screening_told_of(court: Court) -> None:
    """By the checked number, however it was typed, and by either way of asking."""
    case = court.demo["cases"][4]["number"]
    document = """query ($n: CaseNumber!) { done: case(number: $n, purpose: CONTROL) {
      debtors { idNumber name } } }"""
    [one, *_] = court.ask("court-executor", document, n=case)["debtors"]
    number, name = one["idNumber"], one["name"]
    listed(court, case, number, 5)
    time.sleep(1.0)
    typed = {"idNumber": f" {number[:6]} {number[6:]}", "name": name}
    body = {"trigger": "consumption.lodging", "businessReference": "seen-1", "subjects": [typed]}
    token = {"authorization": f"Bearer {court.token('dept:tourism')}"}
    told = httpx.post(f"{court.base}/screen", json=body, headers=token, trust_env=False)
    asked = """mutation ($s: [SubjectInput!]!) { done: screen(subjects: $s, trigger: "consumption.lodging",
      businessReference: "seen-2") { results { verdict } } }"""
    again = court.ask("dept:tourism", asked, s=[typed])

    entries = """query ($n: IdNumber!) { done: recordEntries(first: 20, where: {subject: $n},
      document: "示执监5号", reason: "核对比对留痕") { nodes { unit kind } } }"""
    over = time.monotonic() + 60
    found: list[str] = []
    while len(found) < 2 and time.monotonic() < over:
        nodes = court.ask("auditor", entries, n=number)["nodes"]
        found = [node["kind"] for node in nodes if node["unit"] == "tourism"]
        time.sleep(0.1)

    assert told.json()["results"][0]["verdict"] == again["results"][0]["verdict"] == "HIT"
    assert len(found) == 2, found
    assert "SCREENING" in found


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"", 400, "BAD_USER_INPUT", id="nothing"),
        pytest.param(b"[" * 100_000, 400, "BAD_USER_INPUT", id="deep"),
        pytest.param(b"\xff", 400, "BAD_USER_INPUT", id="no UTF-8"),
        pytest.param(b'{"subjects": []}', 400, "BAD_USER_INPUT", id="half a question"),
        pytest.param(b"x" * 5_000_000, 413, "TOO_LARGE", id="too large"),
    ],
)
def test_a_question_of_another_shape_is_refused(
    court: Court, body: bytes, status: int, code: str
) -> None:
    headers = {"authorization": f"Bearer {court.token('dept:tourism')}"}
    answer = httpx.post(f"{court.base}/screen", content=body, headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_ten_thousand_and_one_are_refused_and_ten_thousand_answered(court: Court) -> None:
    people = [{"name": f"人{turn}"} for turn in range(10_001)]
    token = {"authorization": f"Bearer {court.token('dept:tourism')}"}

    def post(count: int) -> httpx.Response:
        body = {
            "trigger": "consumption.lodging",
            "businessReference": f"bulk-{count}",
            "subjects": people[:count],
        }
        return httpx.post(f"{court.base}/screen", json=body, headers=token, trust_env=False)

    refused, answered = post(10_001), post(10_000)

    assert refused.status_code == 400
    assert "10,000" in refused.text
    assert len(answered.json()["results"]) == 10_000


def test_nobody_screens_without_the_scope(court: Court) -> None:
    body = {"trigger": "x", "businessReference": "x", "subjects": [{"name": "陈一"}]}
    without = httpx.post(f"{court.base}/screen", json=body, trust_env=False)
    headers = {"authorization": f"Bearer {court.token('court-executor')}"}
    executor = httpx.post(f"{court.base}/screen", json=body, headers=headers, trust_env=False)

    assert (without.status_code, executor.status_code) == (401, 403)
