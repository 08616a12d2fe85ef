"""A record that signs nothing any more: what is the court's ends, what is everybody's goes on."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text

from gateway.demo.tokens import fresh_token
from tests.databases import ENGINES, empty_database, kept, opened
from tests.gateway.paper_office import pdf
from tests.installation import installed
from tests.running import ASSETS, ask, wire
from tests.test_order_documents import upload

REFUSED: Final = (503, "RECORD_BEHIND")
DRAFT: Final = """
mutation ($i: DraftOrderInput!) { draftOrder(input: $i, idempotencyKey: "behind") { __typename } }
"""
STOP: Final = {
    "sqlite": (
        "CREATE TRIGGER no_signature BEFORE INSERT ON record_checkpoints "
        "BEGIN SELECT RAISE(ABORT, 'not now'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no_signature() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$",
        "CREATE TRIGGER no_signature BEFORE INSERT ON record_checkpoints "
        "EXECUTE FUNCTION no_signature()",
    ),
}
GO_ON: Final = {
    "sqlite": ("DROP TRIGGER no_signature",),
    "postgresql": ("DROP FUNCTION no_signature CASCADE",),
}


@dataclass(frozen=True)
class Court:
    demo: dict[str, Any]

    def look(self) -> httpx.Response:
        return ask(self.demo, "court-executor", ASSETS, n=self.demo["cases"][0]["number"])

    def tell(self, statements: Mapping[str, tuple[str, ...]]) -> None:
        engine = opened(self.demo["database"])
        with engine.begin() as connection:
            for one in statements[engine.dialect.name]:
                connection.execute(text(one))

    def send(self, role: str, path: str, **body: Any) -> httpx.Response:
        return httpx.request(
            "POST" if body else "GET",
            f"{self.demo['issuer']}{path}",
            headers={"authorization": f"Bearer {fresh_token(Path(self.demo['data']), role)}"},
            timeout=30,
            trust_env=False,
            **body,
        )

    def plain(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.demo['issuer']}{path}", timeout=30, trust_env=False)


@pytest.fixture(params=ENGINES)
def court(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Court]:
    place = tmp_path_factory.mktemp("behind")
    with (
        empty_database(request.param, place) as url,
        installed(place, CHAKONG_DATABASE_URL=url, CHAKONG_RECORD_LAG_SECONDS="5") as installation,
    ):
        yield Court({**installation.start(), "data": str(place / "state"), "database": url})


def until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.2)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def test_while_nothing_is_signed_the_court_waits_and_the_public_reads_on(court: Court) -> None:
    demo, case = court.demo, court.demo["cases"][0]
    person = {"name": "无名氏", "idNumber": case["debtors"][0]}
    screened = {"trigger": "consumption.lodging", "businessReference": "r", "subjects": [person]}
    exported = {"format": "csv", "document": "（2026）示9903审1号"}
    drafted = {
        "caseNumber": case["number"],
        "idNumber": case["debtors"][0],
        "assetKind": "VEHICLE",
        "action": "SEAL",
        "recordId": "V1",
        "amount": {"fen": 100},
        "rulingNumber": f"{case['number']}之一",
        "noticeNumber": f"{case['number']}之二",
        "officers": ["示9903-0001", "示9903-0002"],
        "reason": "未履行生效法律文书确定的义务",
    }
    assert court.look().status_code == 200

    court.tell(STOP)
    last = court.look().json()["extensions"]["receipt"]["entry"]  # nobody will sign it for now
    until(lambda: court.look().status_code == 503)
    wires = wire(demo)
    orders = kept(demo, "SELECT count(*) FROM orders")
    answers = {
        "query": said(court.look()),
        "mutation": said(ask(demo, "court-executor", DRAFT, i=drafted)),
        "screening": said(court.send("dept:tourism", "/screen", json=screened)),
        "upload": said(upload(demo, pdf("while it is behind"))),
        "export": said(court.send("auditor", "/record/export", json=exported)),
        "tracker": said(
            court.send("data-subject", f"/tracker/findUsage?userCode={case['debtors'][0]}")
        ),
    }
    public = {
        path: court.plain(path).status_code
        for path in ("/public", "/record/key", "/record/checkpoint")
    }
    health = court.plain("/health")
    after = wire(demo), kept(demo, "SELECT count(*) FROM orders")
    court.tell(GO_ON)
    until(lambda: court.look().status_code == 200)

    assert answers == dict.fromkeys(answers, REFUSED)
    assert after == (wires, orders), "nobody was asked, nothing was drafted"
    assert public == dict.fromkeys(public, 200)
    assert health.json() == {"status": "DEGRADED", "record": "RECORD_BEHIND"}
    proof = court.plain(f"/record/inclusion?entry={last}")
    assert proof.status_code == 200, "signed in the end"
