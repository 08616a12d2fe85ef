"""Housing fund: an exchange database on SQLite and PostgreSQL that keeps nothing of a question."""

import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.address import DepartmentAddress
from connectors.control import PriorHold, Standing
from connectors.errors import (
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    DepartmentUnreachable,
    KeyReused,
    OutcomeUnknown,
)
from connectors.exchange import Exchange
from connectors.exchange_database import ExchangeDatabase, PostgresExchange, open_database
from connectors.exchange_tables import make_tables
from connectors.housing_fund import ACCOUNTS, HousingFundConnector
from connectors.http import LARGEST_ANSWER
from connectors.question import Authority, Projection
from connectors.records import EncumbranceRecord, HoldRecord
from domain.money import Fen
from tests.connectors.centres import Centre
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, BEN, NOW, an_order, person

pytestmark = pytest.mark.anyio

POSTGRES = "postgresql+asyncpg://postgres@127.0.0.1:5432/test"
SHORT = 1.0  # seconds; time enough for a connection to a busy PostgreSQL
WANT = Projection({"balance", "last_contribution_on"})
BODY = {"grzhye": "1234.50", "mjny": "2026-10"}


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
async def databases(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[ExchangeDatabase, ExchangeDatabase]]:
    """Two sides of one exchange."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/exchange.db"
        both = (open_database(url), open_database(url))
        yield both
        for one in both:
            await one.aclose()
        return
    schema = f"exchange_{secrets.token_hex(6)}"
    admin = create_async_engine(POSTGRES)
    try:
        async with admin.begin() as connection:
            await connection.execute(text(f"CREATE SCHEMA {schema}"))
    except (OSError, SQLAlchemyError):
        await admin.dispose()
        pytest.skip("no PostgreSQL at 127.0.0.1:5432")
    inside = {"server_settings": {"search_path": schema}}
    sides = [PostgresExchange(create_async_engine(POSTGRES, connect_args=inside)) for _ in "ab"]
    yield sides[0], sides[1]
    for side in sides:
        await side.aclose()
    async with admin.begin() as connection:
        await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    await admin.dispose()


@pytest.fixture
async def centre(databases: tuple[ExchangeDatabase, ExchangeDatabase]) -> Centre:
    return Centre(databases[0])


def asking(
    databases: tuple[ExchangeDatabase, ExchangeDatabase], deadline: float = 2
) -> HousingFundConnector:
    exchange = Exchange("housing-fund-center", databases[1])
    return HousingFundConnector(exchange, deadline=deadline)


async def nothing_left(centre: Centre) -> bool:
    tables = ("query_request", "query_reply", "standing_request", "standing_reply")
    return not [row for table in tables for row in await centre.rows(table)]


Databases = tuple[ExchangeDatabase, ExchangeDatabase]


async def test_an_account_comes_back_and_no_row_stays(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {ANNA: BODY, BEN: None}
    connector = asking(databases)

    async with centre.at_work():
        answers = await connector.accounts_of([ANNA, BEN], WANT, authority)

    assert answers[ANNA].get() == (
        ACCOUNTS.record(balance=Fen(123450), last_contribution_on="2026-10"),
    )
    assert answers[ANNA].as_of == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert answers[BEN].get() == ()
    assert await nothing_left(centre)


async def test_the_request_row_names_subjects_wanted_fields_and_authority(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {ANNA: BODY}
    connector = asking(databases)

    async with centre.at_work():
        await connector.accounts_of([ANNA, ANNA], WANT, authority)

    (question,) = centre.questions
    assert json.loads(question["subjects"]) == [ANNA]
    assert json.loads(question["fields"]) == ["grzhye", "mjny"]
    assert (question["case_number"], question["officer"], question["purpose"]) == (
        authority.case_number,
        authority.officer,
        authority.purpose,
    )
    assert datetime.fromisoformat(question["created_at"]).utcoffset() == timedelta(hours=8)


async def test_holds_and_encumbrances_become_records(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {
        ANNA: {
            "dyxx": [{"lx": "LOAN", "je": "5.00", "qlr": "某行", "djrq": "2024-01-01"}],
            "djxx": [
                {"jg": "示9904", "sx": 1, "je": "1.00", "jzrq": "2027-01-01", "zt": "ACTIVE"},
                {
                    "jg": "示9903",
                    "ajbh": "案",
                    "sx": 2,
                    "je": "2.00",
                    "qsrq": None,
                    "jzrq": None,
                    "zt": "WAITING",
                },
            ],
        }
    }
    connector = asking(databases)

    async with centre.at_work():
        answers = await connector.accounts_of(
            [ANNA], Projection({"holds", "encumbrances"}), authority
        )

    (record,) = answers[ANNA].get()
    assert record.encumbrances == (
        EncumbranceRecord(
            kind="LOAN", amount=Fen(500), beneficiary="某行", registered_on=date(2024, 1, 1)
        ),
    )
    assert record.holds == (
        HoldRecord(
            authority="示9904", rank=1, amount=Fen(100), ends_on=date(2027, 1, 1), state="ACTIVE"
        ),
        HoldRecord(authority="示9903", case_number="案", rank=2, amount=Fen(200), state="WAITING"),
    )


async def test_nobody_answering_is_a_timeout_that_leaves_no_row(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    connector = asking(databases, deadline=SHORT)

    async with centre.at_work():
        with pytest.raises(DepartmentTimeout):
            await connector.accounts_of([ANNA], WANT, authority)

    assert len(centre.questions) == 1
    assert await nothing_left(centre)


async def test_giving_up_leaves_no_row(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    connector = asking(databases)

    async with centre.at_work():
        with anyio.move_on_after(SHORT) as scope:
            await connector.accounts_of([ANNA], WANT, authority)

    assert scope.cancelled_caught
    assert len(centre.questions) == 1
    assert await nothing_left(centre)


@pytest.mark.parametrize(
    "databases",
    [pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))],
    indirect=True,
)
async def test_giving_up_while_the_answer_is_being_written_leaves_no_row(
    databases: Databases, authority: Authority
) -> None:
    theirs = databases[0]
    assert isinstance(theirs, PostgresExchange)
    await theirs.write(make_tables)

    async def ask() -> None:
        with anyio.move_on_after(SHORT):
            await asking(databases).accounts_of([ANNA], WANT, authority)

    async with theirs._engine.connect() as writing, anyio.create_task_group() as group:
        group.start_soon(ask)
        done = await writing.execute(text("UPDATE query_request SET state = 'DONE'"))
        while done.rowcount == 0:  # not asked yet
            await anyio.sleep(0.01)
            done = await writing.execute(text("UPDATE query_request SET state = 'DONE'"))
        await writing.execute(
            text("INSERT INTO query_reply SELECT id, :who, 0, NULL, :at FROM query_request"),
            {"who": ANNA, "at": NOW},
        )
        await anyio.sleep(SHORT)
        await writing.commit()

    assert done.rowcount == 1
    assert await nothing_left(Centre(theirs))


async def test_a_failed_question_is_refused_and_leaves_no_row(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.fails = True
    connector = asking(databases)

    async with centre.at_work():
        with pytest.raises(DepartmentRefused):
            await connector.accounts_of([ANNA], WANT, authority)

    assert await nothing_left(centre)


async def test_more_than_any_answer_may_be_is_not_read_and_leaves_no_row(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {ANNA: BODY, BEN: " " * LARGEST_ANSWER}
    connector = asking(databases)

    async with centre.at_work():
        with pytest.raises(DepartmentContractBroken):
            await connector.accounts_of([ANNA, BEN], WANT, authority)

    assert await nothing_left(centre)


async def test_strangers_half_answers_and_wrong_forms_cost_only_their_subjects(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {
        person(1): BODY,
        person(2): {**BODY, "grzhye": 1234.5},
        person(3): '{"grzhye": "1',
        person(4): {**BODY, "grzh": "6222", "x": 1},
        person(5): {"grzhye": "1.00"},
        person(7): json.dumps(BODY) + "," + json.dumps(BODY),
        person(99): BODY,
    }
    connector = asking(databases)

    async with centre.at_work():
        answers = await connector.accounts_of([person(n) for n in range(1, 8)], WANT, authority)

    broken = [n for n in range(1, 8) if answers[person(n)].error is not None]
    assert list(answers) == [person(n) for n in range(1, 8)]
    assert broken == [3, 6, 7]
    assert broken_values(answers[person(2)]) == {"balance"}
    assert broken_values(answers[person(5)]) == set(WANT) - {"balance"}
    assert {type(answers[person(n)].error) for n in broken} == {DepartmentContractBroken}
    assert answers[person(4)].get() == answers[person(1)].get()
    assert answers[person(4)].overdelivered == 2
    assert await nothing_left(centre)


async def test_many_questions_at_once_are_all_answered(
    databases: Databases, centre: Centre, authority: Authority
) -> None:
    centre.answers = {ANNA: BODY}
    connector = asking(databases, deadline=5)
    answered: list[object] = []

    async def once() -> None:
        answers = await connector.accounts_of([ANNA], WANT, authority)
        answered.append(answers[ANNA].get())

    async with centre.at_work(), anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(once)

    assert len(answered) == 20
    assert len(centre.questions) == 20
    assert await nothing_left(centre)


async def test_both_sides_may_make_the_tables_at_the_same_instant(
    databases: Databases, authority: Authority
) -> None:
    sides = [asking((one, one), deadline=SHORT) for one in databases * 3]
    outcomes: list[BaseException] = []

    async def ask(connector: HousingFundConnector) -> None:
        try:
            await connector.accounts_of([ANNA], WANT, authority)
        except DepartmentTimeout as error:
            outcomes.append(error)

    async with anyio.create_task_group() as group:
        for side in sides:
            group.start_soon(ask, side)

    assert len(outcomes) == 6


async def test_an_exchange_that_is_not_there_is_out_of_reach(
    tmp_path: Path, authority: Authority
) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/place.db", "postgresql://nobody@127.0.0.1:1/x"):
        connector = HousingFundConnector.open(
            DepartmentAddress(id="housing-fund-center", url=url, deadline_seconds=10)
        )

        with pytest.raises(DepartmentUnreachable):
            await connector.accounts_of([ANNA], WANT, authority)
        with pytest.raises(DepartmentUnreachable):
            await connector.control(an_order(amount_fen=Fen(100000)))
        await connector.aclose()


def freezing(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "receiptNumber": "R1",
        "result": "PART",
        "asked": order["amount"],
        "controlled": "300.00",
        "reason": "",
        "rank": 2,
        "startsOn": "2026-11-23",
        "endsOn": "2027-11-22",
        "priorHolds": [{"authority": "示9904", "amount": "200.00", "expiresOn": "2027-01-01"}],
        "balance": "500.00",
        "handler": "h",
        "at": NOW,
    }


async def test_freezing_money_gives_a_receipt_and_the_key_is_remembered(
    databases: Databases, centre: Centre
) -> None:
    centre.receipt = freezing
    connector = asking(databases)
    order = an_order(amount_fen=Fen(100000))

    async with centre.at_work():
        receipt = await connector.control(order)
        again = await connector.control(order)
        found, missing = await connector.outcome_of("key-1"), await connector.outcome_of("key-2")
        with pytest.raises(KeyReused):
            await connector.control(an_order(amount_fen=Fen(100000), document_hash="b" * 64))

    assert (receipt.asked, receipt.controlled, receipt.balance) == (100000, 30000, 50000)
    assert receipt.prior_holds == (
        PriorHold(authority="示9904", amount=20000, expires_on=date(2027, 1, 1)),
    )
    assert again == found == receipt
    assert missing is None
    (row,) = await centre.rows("control_request")
    assert json.loads(row["body"])["subjectName"] == "甲<&>㐀𠮷"
    assert row["document_hash"] == "a" * 64


async def test_an_order_nobody_answers_is_unknown_and_stays(
    databases: Databases, centre: Centre
) -> None:
    connector = asking(databases, deadline=SHORT)

    async with centre.at_work():
        with pytest.raises(OutcomeUnknown):
            await connector.control(an_order(amount_fen=Fen(100000)))
        with pytest.raises(DepartmentTimeout):
            await connector.outcome_of("key-1")

    assert len(await centre.rows("control_request")) == 1


@pytest.mark.parametrize(
    "alteration",
    [
        pytest.param({"controlled": "1000.01"}, id="more than was asked"),
        pytest.param({"asked": "999.00"}, id="another amount"),
        pytest.param({"asked": 1000}, id="a number for yuan"),
        pytest.param({"startsOn": None}, id="a hold without a term"),
        pytest.param({"result": "WAITING"}, id="waits and holds"),
        pytest.param({"at": None}, id="no instant"),
    ],
)
async def test_a_receipt_that_contradicts_itself_is_not_believed(
    tmp_path: Path, alteration: dict[str, Any]
) -> None:
    url = f"sqlite:///{tmp_path}/exchange.db"
    centre = Centre(open_database(url))
    centre.receipt = lambda order: {**freezing(order), **alteration}
    connector = HousingFundConnector.open(DepartmentAddress(id="housing-fund-center", url=url))

    async with centre.at_work():
        with pytest.raises(DepartmentContractBroken):
            await connector.control(an_order(amount_fen=Fen(100000)))
    await connector.aclose()
    await centre.database.aclose()


STANDS = {
    "key": "key-1",
    "record": "HF-00000001",
    "limit": "1000.00",
    "controlled": "300.00",
    "rank": 2,
    "state": "ACTIVE",
    "startsOn": "2026-11-23",
    "endsOn": "2027-11-22",
}
STANDING = Standing(
    key="key-1",
    record="HF-00000001",
    limit=100000,
    controlled=30000,
    rank=2,
    state="ACTIVE",
    starts_on=date(2026, 11, 23),
    ends_on=date(2027, 11, 22),
)


async def test_what_a_hold_is_worth_is_asked_and_no_row_stays(
    databases: Databases, centre: Centre
) -> None:
    centre.standings = lambda row: [STANDS] if row["since"] or row["key"] == "key-1" else []
    connector = asking(databases)

    async with centre.at_work():
        one, none = await connector.standing_of("key-1"), await connector.standing_of("key-2")
        every = await connector.holds_since(date(2026, 11, 23))

    assert (one, none, list(every)) == (STANDING, None, [STANDING])
    assert await nothing_left(centre)


@pytest.mark.parametrize(
    ("standings", "fails", "expected"),
    [
        pytest.param(None, True, DepartmentRefused, id="failed"),
        pytest.param(None, False, DepartmentTimeout, id="silent"),
        pytest.param([{**STANDS, "key": "key-9"}], False, DepartmentContractBroken, id="another"),
        pytest.param([STANDS, STANDS], False, DepartmentContractBroken, id="twice"),
        pytest.param([{**STANDS, "limit": 1000}], False, DepartmentContractBroken, id="a number"),
        pytest.param("{not json", False, DepartmentContractBroken, id="garbage"),
        pytest.param("", False, DepartmentContractBroken, id="nothing"),
    ],
)
async def test_who_does_not_say_what_a_hold_is_worth_is_not_guessed_at(
    databases: Databases,
    centre: Centre,
    *,
    standings: object,
    fails: bool,
    expected: type[DepartmentError],
) -> None:
    centre.standings = None if standings is None else lambda _: standings
    centre.fails = fails
    # Only silence is to run out of time, on a slow machine too.
    connector = asking(databases, deadline=SHORT if expected is DepartmentTimeout else 10)

    async with centre.at_work():
        with pytest.raises(expected):
            await connector.standing_of("key-1")

    assert await nothing_left(centre)


async def test_a_deduction_names_the_hold_it_is_taken_from(
    databases: Databases, centre: Centre
) -> None:
    centre.receipt = lambda order: {
        **freezing(order),
        "action": order["action"],
        "rank": None,
        "startsOn": None,
        "endsOn": None,
    }
    connector = asking(databases)
    order = an_order(action="DEDUCT", amount_fen=Fen(100000), hold_key="key-0", months=0)

    async with centre.at_work():
        receipt = await connector.control(order)

    assert (receipt.action, receipt.controlled, receipt.ends_on) == ("DEDUCT", 30000, None)
    (row,) = await centre.rows("control_request")
    body = json.loads(row["body"])
    assert (body["action"], body["holdKey"], body["months"]) == ("DEDUCT", "key-0", 0)
