"""A record that cannot be written: nothing is shown, nobody is asked, and it comes back by itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from gateway.demo.tokens import fresh_token
from tests.databases import ENGINES, empty_database
from tests.gateway.paper_office import pdf
from tests.installation import installed
from tests.ordering import approved, draft_of, ended_order, targets
from tests.running import ASSETS, ask, wire
from tests.test_order_documents import attach, upload

REFUSED: Final = (503, "RECORD_UNAVAILABLE")
DRAFT: Final = """
mutation ($i: DraftOrderInput!) { draftOrder(input: $i, idempotencyKey: "out") { __typename } }
"""
WATCH: Final = """
subscription ($n: CaseNumber!, $a: ID) { orderChanged(caseNumber: $n, after: $a) {
  id debtor { vehicles { plateNumber } securities { quantity } } } }
"""
PROPOSE: Final = """
mutation ($i: ProposeEntryInput!) { proposeEntry(input: $i, idempotencyKey: "proposed") {
  ... on ListEntry { id } } }
"""
STOP: Final = {
    "sqlite": (
        "CREATE TRIGGER no_entry BEFORE INSERT ON record_entries "
        "BEGIN SELECT RAISE(ABORT, 'not now'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$",
        "CREATE TRIGGER no_entry BEFORE INSERT ON record_entries EXECUTE FUNCTION no_entry()",
    ),
}
GO_ON: Final = {
    "sqlite": ("DROP TRIGGER no_entry",),
    "postgresql": ("DROP FUNCTION no_entry CASCADE",),
}
KEPT: Final = ("orders", "order_events", "entries", "hits", "screenings", "documents")


@dataclass(frozen=True)
class Court:
    """A court with an order that was executed, its paper, and a listing that was proposed."""

    demo: dict[str, Any]
    state: Path
    url: str
    database: Engine
    order: str
    entry: str
    another: dict[str, Any]  # order, to be drafted

    @property
    def case(self) -> dict[str, Any]:
        return dict(self.demo["cases"][-1])

    def look(self) -> httpx.Response:
        return ask(self.demo, "court-executor", ASSETS, n=self.case["number"])

    def kept(self) -> dict[str, list[str]]:
        """Return what the court decided, row by row."""
        with self.database.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}"))))
                for name in KEPT
            }

    def entries(self, kind: str) -> list[dict[str, Any]]:
        with self.database.connect() as connection:
            wanted = text("SELECT leaf FROM record_entries WHERE kind = :kind ORDER BY n")
            return [
                json.loads(bytes(leaf)) for leaf in connection.scalars(wanted, {"kind": kind}).all()
            ]

    def tell(self, statements: Mapping[str, tuple[str, ...]]) -> None:
        with self.database.begin() as connection:
            for one in statements[self.database.dialect.name]:
                connection.execute(text(one))

    @contextmanager
    def out(self) -> Iterator[None]:
        """Let nothing into the record; everything else can be written as ever."""
        self.tell(STOP)
        try:
            yield
        finally:
            self.tell(GO_ON)
            end = time.monotonic() + 30
            while self.look().status_code != 200:
                assert time.monotonic() < end, "it did not come back"
                time.sleep(0.2)


@pytest.fixture(scope="module", params=ENGINES)
def court(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Court]:
    place = tmp_path_factory.mktemp("unavailable")
    with (
        empty_database(request.param, place) as url,
        installed(place, CHAKONG_DATABASE_URL=url) as installation,
    ):
        demo = installation.start()
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        case = demo["cases"][-1]
        draft = draft_of(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
        attach(demo, draft["id"], "RULING", upload(demo, pdf("ruling")).json()["sha256"])
        ended_order(demo, approved(demo, draft))
        proposal = {
            "caseNumber": case["number"],
            "idNumber": case["debtors"][0],
            "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "未报告财产"}],
        }
        proposed = ask(demo, "court-executor", PROPOSE, i=proposal).json()["data"]["proposeEntry"]
        id_number, record = targets(demo, case)["VEHICLE"]
        yield Court(
            demo=demo,
            state=place / "state",
            url=url,
            database=engine,
            order=draft["id"],
            entry=proposed["id"],
            another={
                "caseNumber": case["number"],
                "idNumber": id_number,
                "assetKind": "VEHICLE",
                "action": "SEAL",
                "recordId": record,
                "amount": {"fen": 100},
                "rulingNumber": f"{case['number']}之一",
                "noticeNumber": f"{case['number']}之二",
                "officers": ["示9903-0001", "示9903-0002"],
                "reason": "未履行生效法律文书确定的义务",
            },
        )
        engine.dispose()


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def streamed(court: Court) -> tuple[int, str]:
    accept = {"accept": "text/event-stream"}
    watched = {"n": court.case["number"], "a": "0"}
    return said(ask(court.demo, "court-executor", WATCH, accept, **watched))


@contextmanager
def watching(court: Court, after: str) -> Iterator[Any]:
    """Yield a WebSocket that is subscribed to the case's orders."""
    url = court.demo["graphql"].replace("http", "ws")
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        token = f"Bearer {court.demo['tokens']['court-executor']}"
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": token}}))
        assert json.loads(socket.recv(5))["type"] == "connection_ack"
        payload = {"query": WATCH, "variables": {"n": court.case["number"], "a": after}}
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        yield socket


def over_a_socket(court: Court) -> tuple[int, str]:
    with watching(court, "0") as socket:
        message = json.loads(socket.recv(10))
    assert message["type"] == "error", message
    return 503, message["payload"][0]["extensions"]["code"]


def plain(court: Court, role: str, path: str, **body: Any) -> tuple[int, str]:
    return said(
        httpx.request(
            "POST" if body else "GET",
            f"{court.demo['issuer']}{path}",
            headers={"authorization": f"Bearer {fresh_token(court.state, role)}"},
            timeout=30,
            trust_env=False,
            follow_redirects=True,
            **body,
        )
    )


def test_while_the_record_cannot_be_written_nothing_leaves_and_nobody_is_asked(
    court: Court,
) -> None:
    demo, executor = court.demo, "court-executor"
    order, own = f"/orders/{court.order}", demo["cases"][0]["debtors"][0]
    person = {"name": "无名氏", "idNumber": court.case["debtors"][0]}
    screened = {"trigger": "consumption.lodging", "businessReference": "r", "subjects": [person]}
    exported = {"format": "csv", "document": "（2026）示9903审1号"}
    outages = len(court.entries("OUTAGE"))

    with court.out():
        learnt = court.look()  # departments were asked before anybody could know
        wires, kept = wire(demo), court.kept()
        answers = {
            "query": said(court.look()),
            "mutation": said(ask(demo, executor, DRAFT, i=court.another)),
            "events": streamed(court),
            "socket": over_a_socket(court),
            "screen": plain(court, "dept:tourism", "/screen", json=screened),
            "upload": said(upload(demo, pdf("while it is out"))),
            "paper": plain(court, executor, f"{order}/documents/RULING"),
            "form": plain(court, executor, f"{order}/forms/assistance-notice"),
            "entry form": plain(court, executor, f"/list/entries/{court.entry}/forms/risk-warning"),
            "snapshot": plain(court, "dept:tourism", "/list/snapshot"),
            "export": plain(court, "auditor", "/record/export", json=exported),
            "tracker": plain(court, "data-subject", f"/tracker/findUsage?userCode={own}"),
        }
        public = [
            httpx.get(f"{demo['issuer']}{path}", trust_env=False).status_code
            for path in ("/public", "/record/key")
        ]
        after = wire(demo), court.kept()

    assert said(learnt) == REFUSED
    assert answers == dict.fromkeys(answers, REFUSED)
    assert after == (wires, kept), "nobody was asked, nothing was decided"
    assert public == [200, 200]
    assert len(court.entries("OUTAGE")) == outages + 1
    drafted = ask(demo, executor, DRAFT, i=court.another).json()
    assert drafted["data"]["draftOrder"]["__typename"] == "Order", "its key was never taken"


def test_a_subscription_ends_before_its_event_asks_what_could_not_be_recorded(
    court: Court,
) -> None:
    with court.database.connect() as connection:
        newest = connection.scalar(text("SELECT max(sequence) FROM order_events"))
    with watching(court, str(newest)) as socket:
        time.sleep(0.5)
        with court.out():
            court.look()
            wires = wire(court.demo)
            lapse(court)  # an event, hours after the subscription was allowed

            message = json.loads(socket.recv(15))
            after = wire(court.demo)

    assert message["type"] in {"next", "error"}, message
    payload = message["payload"]
    [error] = payload if message["type"] == "error" else payload["errors"]
    assert error["extensions"]["code"] == "RECORD_UNAVAILABLE"
    assert "data" not in payload
    assert after == wires, "nobody was asked"


@pytest.mark.parametrize("what", ["entries", "export"])
def test_a_command_takes_nothing_out_that_it_cannot_record(
    court: Court, tmp_path: Path, what: str
) -> None:
    asked, place = tmp_path / "asked.json", tmp_path / "out"
    asked.write_text(json.dumps({"format": "csv", "document": "（2026）示9903审1号"}))
    place.mkdir()
    words = (
        "audit",
        what,
        str(place / "taken"),
        *(("--where", str(asked)) if what == "entries" else ()),
    )

    with court.out():
        refused = command(court, *words)
        left = list(place.iterdir())
    exports = len(court.entries("EXPORT"))
    taken = command(court, *words)

    assert (refused.returncode, left) == (2, []), refused.stderr
    assert "it cannot be recorded" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert taken.returncode == 0, taken.stderr
    assert [one.name for one in place.iterdir()] == ["taken"]
    assert "manifest.json" in {one.name for one in (place / "taken").iterdir()}
    assert len(court.entries("EXPORT")) == exports + 1
    assert command(court, *words).returncode == 2, "it is not written over"


def lapse(court: Court) -> None:
    """Let the order's hold come to its end, by the command that an operator has."""
    done = command(court, "orders", "tick", "--as-of", "2031-01-01")
    assert done.returncode == 0, done.stderr


def command(court: Court, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from gateway.cli import app; app()", *words],
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "CHAKONG_DATA_DIR": str(court.state),
            "CHAKONG_DATABASE_URL": court.url,
            "COLUMNS": "200",
        },
    )
