"""The database goes away in the middle of the work: what is said of that names nobody."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.databases import SERVER
from tests.installation import installed
from tests.marks import marks
from tests.marks.marks import Marks
from tests.marks.places import Places, collector
from tests.marks.test_marks import port_of
from tests.marks.walk import Walk

PROPOSE = """mutation ($i: ProposeEntryInput!, $k: String!) { proposeEntry(input: $i, idempotencyKey: $k) {
  ... on ListEntry { id } ... on ListRefused { code message } } }"""


class Server:
    """A database of our own that can be shut to everybody and opened again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._admin = create_engine(
            f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
            isolation_level="AUTOCOMMIT",
        )

    def do(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for one in statements:
                connection.execute(text(one))

    def shut(self) -> None:
        self.do(
            f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )

    def open(self) -> None:
        self.do(f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS true")

    def close(self) -> None:
        self.do(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self._admin.dispose()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(f"chakong_marks_{os.getpid()}")
    try:
        server.do(f"DROP DATABASE IF EXISTS {server.name}", f"CREATE DATABASE {server.name}")
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    yield server
    server.close()


@pytest.mark.needs("postgresql")
def test_nobody_is_named_while_the_database_is_away(tmp_path: Path, server: Server) -> None:
    errors = tmp_path / "stderr.txt"
    with (
        collector() as traces,
        installed(
            tmp_path,
            errors,
            CHAKONG_DATABASE_URL=f"{SERVER}/{server.name}",
            CHAKONG_LOG_LEVEL="debug",
            CHAKONG_METRICS_PORT="0",
            CHAKONG_OTLP_ENDPOINT=traces.endpoint,
            CHAKONG_TRACE_RATIO="1",
            OTEL_BSP_SCHEDULE_DELAY="200",
        ) as installation,
    ):
        known = Marks()
        with Walk(installation.start(), tmp_path / "state", known) as walk:
            walk.whole_case()
            walk.order()
            answered = len(walk.heard)
            server.shut()
            wanted = {
                "caseNumber": walk.case,
                "idNumber": walk.demo["cases"][0]["debtors"][0],
                "conditions": [
                    {"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": marks.REASON}
                ],
            }
            for turn in range(4):
                key = f"{marks.WORD}-{turn}"
                walk.graph("propose", "court-executor", PROPOSE, i=wanted, k=key)
                walk.whole_case()
            person = {"idNumber": marks.NUMBER, "name": marks.NAME}
            asked = {
                "trigger": "consumption.lodging",
                "businessReference": f"{marks.WORD}-away",
                "subjects": [person],
            }
            walk.send("screen", "POST", "/screen", "dept:tourism", json=asked)
            walk.public(person)
            walk.own_and_audit()
            walk.signing_in_badly()
            places = Places(tmp_path / "state", errors, traces, installation)
            left = places.everywhere(port_of(places.log()))
            server.open()

    away = walk.heard[answered:]
    assert {heard.status for heard in away if heard.what in {"case", "propose"}} <= {500, 503}
    assert b"record.unavailable" in left["log"]
    assert {place: found for place, told in left.items() if (found := known.found(told))} == {}
    assert {one.what: found for one in away if (found := known.found(one.told()))} == {}
    lag = next(
        line
        for line in left["metrics"].decode().splitlines()
        if line.startswith("gateway_audit_lag")
    )
    assert float(lag.split()[1]) > 0
