"""What departments say amiss, as a caller sees it: nothing rounded, nothing guessed, nothing cut in silence."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.departments import Departments
from gateway.contexts import Contexts
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.operation import Operation
from resolvers.order_events import OrderEvents
from tests.connectors.servers import Department
from tests.connectors.test_securities import TICKET, connector_at, ready, then
from tests.differential.world import NOW, UNLIMITED, World, caller_of, world

pytestmark = pytest.mark.anyio

QUERY = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { mine: securities {
  sourceRecordId shareNature securityName marketValue { fen } priceAsOf quantity } } } }
"""


@pytest.fixture
async def court(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("bad")) as made:
        yield made


async def shown(court: World, *rows: dict[str, Any], query: str = QUERY) -> dict[str, Any]:
    """Return the body of an answer to a case of one debtor, who is said to hold *rows*."""
    case = next(
        one
        for one in court.cases
        if len(one.obligors) == 1
        and one.state == "OPEN"
        and any(entry.officer.id == "executor-1" for entry in one.officers)
    )
    said = {"subject": case.obligors[0].id_number, "found": True, "holdings": rows}
    async with Department(then(TICKET, ready(said))).listening() as depository:
        departments = Departments([connector_at(depository.url, deadline=20)])
        contexts = Contexts(
            database=court.database,
            departments=departments,
            events=OrderEvents(court.database),
            pseudonym_key=b"k" * 32,
            now=lambda: NOW,
        )
        engine = Engine(court.graph, contexts, EngineSettings(limits=UNLIMITED, seconds=20))
        operation = Operation(document=query, variables={"n": case.number})
        response = await engine.execute(operation, caller_of("court-executor"))
        await departments.aclose()
    return response.body


def row(number: int = 1, **words: Any) -> dict[str, Any]:
    return {
        "recordId": f"SD-{number:08}",
        "shareNature": "LOCK_UP",
        "securityName": "示例股份",
        "marketValueYuan": "12.30",
        "priceAsOf": "2026-11-20",
        "quantity": 5,
        **words,
    }


def whole(number: int = 1, **words: Any) -> dict[str, Any]:
    """Return a row with all that a plan asks for."""
    free = {"availableQuantity": 5, "pledgedQuantity": 0, "securityCode": "600000"}
    return row(number, **{"holds": [], "encumbrances": [], **free, **words})


def holdings(body: dict[str, Any]) -> Any:
    return body["data"]["case"]["debtors"][0]["mine"]


HERE = ["case", "debtors", 0, "mine"]
DEPOSITORY = "securities-depository"


async def test_an_unknown_code_is_shown_and_its_coordinate_is_told(court: World) -> None:
    body = await shown(court, row(shareNature="7Z"), row(2))

    assert [one["shareNature"] for one in holdings(body)] == ["7Z", "LOCK_UP"]
    assert "errors" not in body
    assert body["extensions"]["remarks"] == [
        {
            "path": HERE,
            "code": "UNKNOWN_CODE",
            "department": DEPOSITORY,
            "coordinates": ["SecurityHolding.shareNature"],
        }
    ]


@pytest.mark.parametrize(
    ("word", "value", "field"),
    [
        pytest.param("marketValueYuan", "12.305", "marketValue", id="three decimals"),
        pytest.param("marketValueYuan", "-12.30", "marketValue", id="below zero"),
        pytest.param("priceAsOf", "20261120", "priceAsOf", id="a day in another form"),
        pytest.param("priceAsOf", "2026年11月20日", "priceAsOf", id="a day as papers have it"),
    ],
)
async def test_a_value_that_is_not_as_agreed_costs_its_own_field(
    court: World, word: str, value: str, field: str
) -> None:
    body = await shown(court, row(), row(2, **{word: value}))

    first, second = holdings(body)
    assert second[field] is None
    assert first[field] is not None
    assert second["quantity"] == "5"
    [error] = body["errors"]
    assert error["path"] == [*HERE, 1, field]
    assert error["extensions"]["code"] == "DEPARTMENT_CONTRACT_BROKEN"
    assert value not in error["message"]


async def test_garbled_characters_cost_the_answer_and_are_not_repeated(court: World) -> None:
    body = await shown(court, row(securityName="锟斤拷"))

    assert holdings(body) is None
    [error] = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (HERE, "DEPARTMENT_CONTRACT_BROKEN")
    assert "锟" not in error["message"]


async def test_ten_thousand_records_are_a_thousand_and_the_answer_says_so(court: World) -> None:
    body = await shown(court, *(row(n) for n in range(10_000)))

    assert [len(holdings(body)), holdings(body)[-1]["sourceRecordId"]] == [1000, "SD-00000999"]
    assert body["extensions"]["remarks"] == [
        {
            "path": HERE,
            "code": "TRUNCATED",
            "department": DEPOSITORY,
            "shown": 1000,
            "inAll": 10_000,
        }
    ]
    [status] = body["extensions"]["departments"]
    assert status["status"] == "TRUNCATED"


async def test_a_record_that_came_twice_is_counted_once(court: World) -> None:
    body = await shown(court, row(), row(), row(2))

    assert len(holdings(body)) == 2
    assert body["extensions"]["remarks"] == [
        {"path": HERE, "code": "REPEATED", "department": DEPOSITORY, "records": 1}
    ]


async def test_two_records_under_one_number_are_no_answer(court: World) -> None:
    body = await shown(court, row(), row(quantity=6))

    assert holdings(body) is None
    assert [one["extensions"]["code"] for one in body["errors"]] == ["DEPARTMENT_CONTRACT_BROKEN"]


PLAN = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { controlPlan {
  complete incomplete { kind status } lines { asset { id controllableAmount { fen } }
    decision reason amount { fen } quantity } } } }
"""


@pytest.mark.parametrize(
    ("word", "value", "reason"),
    [
        pytest.param("quantity", "five", "AMOUNT_UNKNOWN", id="how many shares"),
        pytest.param("marketValueYuan", "12.305", "VALUE_UNKNOWN", id="what they are worth"),
    ],
)
async def test_shares_that_nobody_can_count_or_value_are_not_taken(
    court: World, word: str, value: str, reason: str
) -> None:
    words: dict[str, Any] = {word: value}

    body = await shown(court, whole(**words), query=PLAN)

    plan = body["data"]["case"]["controlPlan"]
    [line] = plan["lines"]
    assert (line["decision"], line["reason"]) == ("ASK", reason)
    assert (line["amount"], line["quantity"]) == (None, None)
    assert line["asset"]["controllableAmount"] is None
    assert plan["complete"] is False
    assert {"kind": "SECURITIES", "status": "CONTRACT_BROKEN"} in plan["incomplete"]


VIEW = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors {
  assets { kind status assets { id label } } } controlPlan { lines { asset { id label } } } } }
"""


@pytest.mark.parametrize(
    ("rows", "code", "details"),
    [
        pytest.param(
            (whole(), whole()),
            "REPEATED",
            {"records": 1},
            id="a record twice",
        ),
        pytest.param(
            tuple(whole(n) for n in range(1_001)),
            "TRUNCATED",
            {"shown": 1000, "inAll": 1_001},
            id="more than may be told",
        ),
    ],
)
async def test_the_view_and_the_plan_of_all_assets_say_what_was_amiss_too(
    court: World, rows: tuple[dict[str, Any], ...], code: str, details: dict[str, Any]
) -> None:
    body = await shown(court, *rows, query=VIEW)

    assert "errors" not in body
    [debtor] = body["data"]["case"]["debtors"]
    place = [one["kind"] for one in debtor["assets"]].index("SECURITIES")
    said = {"code": code, "department": DEPOSITORY, **details}
    assert body["extensions"]["remarks"] == [
        {"path": ["case", "controlPlan"], **said},
        {"path": ["case", "debtors", 0, "assets", place], **said},
    ]
