"""Two gateways on one database: who guesses, and who asks about a whole city, is one for both."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from domain.case_number import parse_case_number
from domain.identity import parse_id_number
from storage.cases import AssignedOfficer, Officer, Party, keep_cases, keep_officers
from tests.gateway.access_office import Enrolled, Office, ask, open_office, sign_in
from tests.resolvers.order_world import blank_case

pytestmark = pytest.mark.anyio
SERVER = "postgresql://postgres@127.0.0.1:5432"
OFFICER = Officer(id="executor-1", name="合成执行员", credential="示9903-1", role="court-executor")
PEOPLE = ("990203198804264358", "990203197903114107")
CASES = ("（2026）示9903执1号", "（2026）示9903执2号")
LOOK = '{ case(number: "%s", purpose: PROPERTY_INQUIRY) { debtors { vehicles { brandModel } } } }'


@contextlib.contextmanager
def empty_database(kind: str, place: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{place / 'shared.db'}"
        return
    name = f"chakong_two_{os.getpid()}"
    admin = create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    try:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    try:
        yield f"{SERVER}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Office]]:
    """Yield two gateways with one database and one directory of keys, about one person an hour."""
    with empty_database(request.param, tmp_path) as url:
        async with contextlib.AsyncExitStack() as stack:
            settings = {"database_url": url, "persons_per_hour": 1}
            yield [
                await stack.enter_async_context(open_office(tmp_path, **settings)) for _ in range(2)
            ]


async def handling_two_cases(office: Office) -> Enrolled:
    """Return an officer who handles a case of each of two people."""
    assigned = (AssignedOfficer(officer=OFFICER, capacity="HANDLER"),)
    cases = [
        replace(
            blank_case(
                (Party(id_number=parse_id_number(one), name="合成人", kind="NATURAL_PERSON"),),
                assigned,
            ),
            number=parse_case_number(number),
        )
        for number, one in zip(CASES, PEOPLE, strict=True)
    ]
    await office.gateway.database.write(lambda c: keep_officers(c, [OFFICER]))
    await office.gateway.database.write(lambda c: keep_cases(c, cases))
    return await office.enrolled()


async def test_who_guesses_at_one_waits_at_the_other(both: list[Office]) -> None:
    person = await both[0].enrolled()
    statuses = []
    for number in range(10):
        async with both[number % 2].browser() as browser:
            statuses.append((await sign_in(browser, person, code="000000")).status_code)
    shut = []
    for office in both:
        async with office.browser() as browser:
            shut.append((await sign_in(browser, person)).status_code)

    assert statuses == [400] * 10
    assert shut == [429, 429]


async def test_who_asked_about_enough_people_at_one_has_asked_at_the_other(
    both: list[Office],
) -> None:
    person = await handling_two_cases(both[0])
    async with both[0].browser() as browser:
        await sign_in(browser, person)
        cookies = dict(browser.cookies)
        first = await ask(browser, LOOK % CASES[0])
    async with both[1].browser() as browser:
        browser.cookies.update(cookies)
        again = await ask(browser, LOOK % CASES[0])
        other = await ask(browser, LOOK % CASES[1])

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 429)
    assert other.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_PERSONS"
    assert int(other.headers["retry-after"]) > 3000


async def test_who_cannot_be_counted_is_not_answered(both: list[Office]) -> None:
    person = await handling_two_cases(both[0])
    await both[0].gateway.database.write(lambda c: c.execute(text("DROP TABLE persons_asked")))
    async with both[1].browser() as browser:
        await sign_in(browser, person)
        answer = await ask(browser, LOOK % CASES[0])

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "ACCESS_UNDECIDED"
