"""What stands out in the auditor's graph, from the look that an officer takes to the question it raises."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from connectors.departments import Departments
from domain.case_number import CaseNumber
from gateway.app import Gateway, build_gateway
from gateway.case_register import read_register
from gateway.settings import Settings
from sandbox.cases import case_register
from sandbox.population import populate
from storage.cases import CaseRecord, keep_cases, keep_officers
from storage.database import open_database
from storage.migration import migrate

pytestmark = pytest.mark.anyio
LOOK: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { name } } }
"""
ANOMALIES: Final = """
query ($s: DateTime!, $u: DateTime!) { recordAnomalies(since: $s, until: $u) {
  kind who count on caseNumber entry } }
"""
MONDAY: Final = datetime(2026, 9, 14, 2, tzinfo=UTC)  # ten o'clock of a working day
MANY: Final = 200
SCOPES: Final = {
    "court-executor": frozenset({"cases:read"}),  # names are masked, for one factor
    "auditor": frozenset({"audit:read"}),
}


def shanghai(text: str) -> datetime:
    """Return the instant of a civil time."""
    return datetime.fromisoformat(f"{text}+08:00")


@dataclass
class Office:
    """A gateway with a clock of its own, and the cases that stand in its register."""

    gateway: Gateway
    client: httpx.AsyncClient
    clock: "Clock"
    cases: Sequence[CaseRecord]

    async def ask(self, subject: str, role: str, query: str, **variables: Any) -> dict[str, Any]:
        made = self.gateway.issuer.token_for(
            role=role,
            subject=subject,
            organisation="court",
            client_id="test",
            scopes=SCOPES[role],
        )
        answer = await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {made}"},
        )
        body = dict(answer.json())
        assert "errors" not in body, body
        return body

    def of(self, officer: str) -> Iterator[CaseRecord]:
        """Yield the open cases that *officer* works on."""
        for case in self.cases:
            if case.state == "OPEN" and officer in {one.officer.id for one in case.officers}:
                yield case

    async def look(self, officer: str, case: CaseNumber) -> int:
        """Let *officer* look at the debtors of *case*; return the number of the look's entry."""
        body = await self.ask(officer, "court-executor", LOOK, n=case)
        return int(body["extensions"]["receipt"]["entry"])

    async def standing_out(self, kind: str, days: int = 1) -> list[dict[str, Any]]:
        """Return what of *kind* stands out up to now."""
        self.clock.now += timedelta(minutes=1)
        now = self.clock()
        around = {"s": (now - timedelta(days=days)).isoformat(), "u": now.isoformat()}
        body = await self.ask("auditor-1", "auditor", ANOMALIES, **around)
        return [one for one in body["data"]["recordAnomalies"] if one["kind"] == kind]


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def open_office(place: Path, url: str) -> AsyncIterator[Office]:
    register = place / "register.json"
    register.write_text(json.dumps(case_register(populate(1, 2000), 1)))
    officers, cases = read_register(register)
    database = open_database(url)
    await migrate(database)
    await database.write(lambda c: keep_officers(c, officers))
    await database.write(lambda c: keep_cases(c, cases))
    await database.close()
    clock = Clock(MONDAY)
    settings = Settings(
        data_dir=place / "state",
        database_url=url,
        public_url="http://127.0.0.1",
        persons_per_hour=10_000,
        record_lag_seconds=366 * 86400,  # the clock jumps
    )
    gateway = build_gateway(settings, departments=Departments.open([]), utc_now=clock)
    transport = httpx.ASGITransport(app=gateway.app)
    async with (
        gateway.app.router.lifespan_context(gateway.app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        yield Office(gateway, client, clock, cases)


@pytest.fixture
async def office(record_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, record_url) as made:
        yield made


async def test_two_hundred_people_on_one_day_stand_out_and_fewer_do_not(office: Office) -> None:
    """The day's first look is named, so that an auditor reads on from there."""
    office.clock.now = shanghai("2026-09-14 10:00")
    seen: set[str] = set()
    entries: list[int] = []
    before: list[dict[str, Any]] = []
    for case in office.of("executor-1"):
        people = {one.id_number for one in case.obligors}
        if len(seen | people) >= MANY and not before:
            before = [{"looked": len(seen)}, *await office.standing_out("MANY_SUBJECTS")]
        seen |= people
        office.clock.now += timedelta(minutes=1)
        entries.append(await office.look("executor-1", case.number))
    assert len(seen) >= MANY

    found = await office.standing_out("MANY_SUBJECTS")

    assert before[0]["looked"] > 0
    assert before[1:] == [], "not yet"
    [one] = found
    assert (one["who"], one["count"], one["on"]) == ("executor-1", len(seen), "2026-09-14")
    assert int(one["entry"]) == entries[0]


async def test_the_tenth_look_at_one_person_stands_out(office: Office) -> None:
    case = next(office.of("executor-1"))
    entries = [await office.look("executor-1", case.number) for _ in range(9)]
    nine = await office.standing_out("REPEATED")
    await office.look("executor-1", case.number)

    ten = await office.standing_out("REPEATED")

    assert nine == []
    assert len(ten) == len({one.id_number for one in case.obligors})
    assert {(one["who"], one["count"], int(one["entry"])) for one in ten} == {
        ("executor-1", 10, entries[0])
    }


async def test_looks_at_night_and_on_rest_days_stand_out(office: Office) -> None:
    case = next(office.of("executor-1")).number
    at = {
        "2026-09-18 06:59": True,
        "2026-09-18 07:00": False,
        "2026-09-18 19:59": False,
        "2026-09-18 20:00": True,
        "2026-09-19 10:00": True,  # a Saturday
        "2026-09-20 10:00": False,  # a Sunday that is worked
        "2026-09-25 10:00": True,  # a Friday: Mid-Autumn Festival
        "2026-09-28 10:00": False,
    }
    entries = {}
    for text in at:
        office.clock.now = shanghai(text)
        entries[text] = await office.look("executor-1", case)

    found = await office.standing_out("OUT_OF_HOURS", days=20)

    assert [(one["who"], one["on"], one["count"], int(one["entry"])) for one in found] == [
        ("executor-1", "2026-09-18", 2, entries["2026-09-18 06:59"]),
        ("executor-1", "2026-09-19", 1, entries["2026-09-19 10:00"]),
        ("executor-1", "2026-09-25", 1, entries["2026-09-25 10:00"]),
    ]


async def test_a_case_looked_into_without_an_order_stands_out_after_thirty_days(
    office: Office,
) -> None:
    case = next(office.of("executor-1")).number
    entry = await office.look("executor-1", case)
    await office.look("executor-1", case)
    office.clock.now += timedelta(days=29)
    early = await office.standing_out("NO_ORDER", days=31)
    office.clock.now += timedelta(days=1)

    late = await office.standing_out("NO_ORDER", days=31)

    assert early == []
    [one] = late
    assert (one["who"], one["caseNumber"], one["count"]) == ("executor-1", case, 2)
    assert int(one["entry"]) == entry
