"""Screening by ranges over a socket: the same verdicts as `POST /screen`, at the department's own desk."""

import asyncio
import importlib.util
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio.to_thread
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.scopes import Entitlements
from gateway.accounts import StoredAccounts
from gateway.ledger import StoredLedger
from gateway.range_http import range_routes
from gateway.screening_http import screening_routes
from gateway.server import server_config
from resolvers.screening import Screener
from resolvers.watched_ranges import WatchedRanges
from tests.domain.people import MAN, WOMAN
from tests.resolvers.list_world import KEY, ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
TRIGGER = "consumption.lodging"
PRIVATE = Path(__file__).parents[2] / "examples" / "screening-client" / "private.py"


class Office:
    """A court that is asked by ranges and by name, and a department with its token."""

    def __init__(self, court: ListWorld, ranges: WatchedRanges, base: str, issuer: Issuer) -> None:
        self.court = court
        self.ranges = ranges
        self.base = base
        self.issuer = issuer

    def token(self, unit: str = "tourism", role: str = "dept:screening-only") -> str:
        return self.issuer.token_for(
            role=role, subject=f"clerk-{unit}", organisation=unit, client_id=unit
        )

    async def ask(self, path: str, body: Any = None, **who: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token(**who)}"}
        async with httpx.AsyncClient(base_url=self.base, trust_env=False) as client:
            if body is None:
                return await client.get(path, headers=headers)
            return await client.post(path, headers=headers, json=body)

    async def plain(self, *people: tuple[str, str]) -> list[str]:
        subjects = [{"idNumber": number, "name": name} for number, name in people]
        self.court.keys += 1
        question = {
            "trigger": TRIGGER,
            "businessReference": f"单{self.court.keys}",
            "subjects": subjects,
        }
        answer = (await self.ask("/screen", question)).json()
        return [one["verdict"] for one in answer["results"]]

    async def private(self, *people: tuple[str, str]) -> list[str]:
        def judge() -> list[str]:
            desk = client().PrivateScreening(self.base, self.token())
            return [desk.verdict(number, name)[0] for number, name in people]

        return await anyio.to_thread.run_sync(judge)


def client() -> ModuleType:
    found = importlib.util.spec_from_file_location("private_screening_client", PRIVATE)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    world = await open_world(tmp_path)
    court = ListWorld(world)
    await court.watched.open()
    ranges = WatchedRanges(world.database, b"s" * 32, lambda: world.now, least_rows=1_000)
    await ranges.follow()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        keys, entitlements = SigningKeys.generate(), Entitlements.from_catalogue()
        issuer = Issuer(
            url=url,
            audience="chakong",
            keys=keys,
            accounts=StoredAccounts(world.database),
            ledger=StoredLedger(world.database, longest_seconds=300),
            entitlements=entitlements,
            passwords=Passwords(),
        )
        guard = Guard(keys, url, "chakong", entitlements=entitlements)
        screener = Screener(world.database, court.watched, KEY)
        app = Starlette(
            routes=[
                *range_routes(ranges, guard, per_minute=100),
                *screening_routes(screener, guard, lambda: world.now, per_minute=10**6),
            ]
        )
        config = server_config(app)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield Office(court, ranges, url, issuer)
        server.should_exit = True
        await serving
    await world.database.close()


async def test_verdicts_are_those_of_the_plain_mode(office: Office) -> None:
    await office.court.listed()
    await office.ranges.follow()
    number, name = office.court.debtor
    people = [(number, name), (number, "王另"), (MAN, name), (WOMAN, "李四"), (number, f" {name}")]

    private = await office.private(*people)

    assert private == await office.plain(*people)
    assert private == ["HIT", "UNDECIDED", "NO_HIT", "NO_HIT", "HIT"]


async def test_a_removal_is_seen_with_the_next_answer(office: Office) -> None:
    entry = await office.court.listed()
    await office.ranges.follow()
    person = office.court.debtor
    before = await office.private(person)

    await office.court.removed(entry)
    await office.ranges.follow()

    assert before == ["HIT"]
    assert await office.private(person) == ["NO_HIT"]


async def test_an_answer_has_a_thousand_rows_whoever_is_in_it(office: Office) -> None:
    empty = (await office.ask("/screen/ranges", await question(office))).json()["answers"][0]
    await office.court.listed()
    await office.ranges.follow()
    full = (await office.ask("/screen/ranges", await question(office))).json()["answers"][0]

    assert len(empty["rows"]) == len(full["rows"]) == 42_668  # base64 of 32,000 bytes
    assert empty["rows"] != full["rows"]


async def question(office: Office, **changes: Any) -> dict[str, Any]:
    keys = (await office.ask("/screen/ranges/keys")).json()
    return {"period": keys["period"], "ranges": [0], **changes}


async def test_another_departments_answer_opens_with_its_own_keys_alone(office: Office) -> None:
    own = (await office.ask("/screen/ranges/keys")).json()
    other = (await office.ask("/screen/ranges/keys", unit="education")).json()

    assert own["rangeKey"] == other["rangeKey"]
    assert own["rowKey"] != other["rowKey"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"period": "2019-01"}, 409, "PERIOD_OVER", id="old keys"),
        pytest.param({"ranges": [10**6]}, 400, "NO_SUCH_RANGE", id="no range"),
        pytest.param({"ranges": [-1]}, 400, "NO_SUCH_RANGE", id="below them all"),
        pytest.param({"ranges": []}, 400, "BAD_USER_INPUT", id="none"),
        pytest.param({"ranges": [0] * 9}, 400, "BAD_USER_INPUT", id="too many at once"),
        pytest.param({"ranges": "0"}, 400, "BAD_USER_INPUT", id="no list"),
        pytest.param({"more": 1}, 400, "BAD_USER_INPUT", id="an unknown member"),
    ],
)
async def test_a_bad_question_is_said(
    office: Office, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await office.ask("/screen/ranges", await question(office, **changes))

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_a_unit_that_asks_for_too_many_ranges_waits(office: Office) -> None:
    eight = await question(office, ranges=[0] * 8)
    answers = [(await office.ask("/screen/ranges", eight)).status_code for _ in range(14)]

    assert answers[:12] == [200] * 12
    assert 429 in answers


async def test_who_may_not_have_the_list_has_no_ranges(office: Office) -> None:
    for who in ({"role": "court-executor", "unit": "court"}, {"role": "auditor", "unit": "court"}):
        answer = await office.ask("/screen/ranges/keys", **who)
        assert answer.status_code == 403


async def test_ranges_that_were_not_read_lately_answer_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await question(office)
    monkeypatch.setattr(office.ranges, "_looked_at", float("-inf"))

    answer = await office.ask("/screen/ranges", asked)

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "LIST_NOT_CURRENT"


async def test_a_new_month_has_new_keys(office: Office) -> None:
    before = await question(office)
    office.court.world.now += timedelta(days=40)
    await office.ranges.follow()

    answer = await office.ask("/screen/ranges", before)

    assert answer.status_code == 409
    assert (await question(office))["period"] != before["period"]
