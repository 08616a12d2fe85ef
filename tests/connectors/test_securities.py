"""Securities depository: tickets that become ready, fail, get lost or never end; and freezing."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from connectors.address import DepartmentAddress
from connectors.control import PriorHold, Standing
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentPending,
    DepartmentRefused,
    DepartmentTimeout,
    DepartmentUnreachable,
    KeyReused,
    OutcomeUnknown,
)
from connectors.question import Authority, Projection
from connectors.records import HoldRecord, SecurityHoldingRecord
from connectors.securities import SecuritiesConnector
from tests.connectors.conftest import Listen
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, BEN, NOW, an_order, person
from tests.connectors.servers import Behaviour, Drop, Reply, Request, json_reply

pytestmark = pytest.mark.anyio

WANT = Projection({"security_code", "quantity", "market_value"})
TICKET = json_reply({"ticket": "t-1", "pollAfterMs": 1}, 202)
WORKING = json_reply({"state": "WORKING", "pollAfterMs": 1})
RECEIPT = {
    "receiptNumber": "R1",
    "result": "PART",
    "asked": 500,
    "controlled": 300,
    "reason": "PRIOR_HOLD_COVERS_ALL",
    "rank": 2,
    "startsOn": "2026-11-23",
    "endsOn": "2027-11-22",
    "priorHolds": [{"authority": "示9904", "quantity": 200, "expiresOn": "2027-01-01"}],
    "balance": 500,
    "handler": "h",
    "at": NOW,
}


def connector_at(url: str, deadline: float = 10) -> SecuritiesConnector:
    return SecuritiesConnector.open(
        DepartmentAddress(
            id="securities-depository", url=url, secret="key", deadline_seconds=deadline
        )
    )


def ready(*subjects: object) -> Reply:
    return json_reply({"state": "READY", "asOf": NOW, "result": subjects})


def then(*replies: Behaviour) -> Callable[[Request], Behaviour]:
    """Answer in this order; the last one again and again."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def test_holdings_come_when_the_ticket_is_ready(listen: Listen, authority: Authority) -> None:
    holding = {"securityCode": "600000", "quantity": 100, "marketValueYuan": "1234.50"}
    department = await listen(
        then(
            TICKET,
            WORKING,
            WORKING,
            ready(
                {"subject": ANNA, "found": True, "holdings": [holding]},
                {"subject": BEN, "found": False},
            ),
        )
    )
    connector = connector_at(department.url)

    answers = await connector.holdings_of([ANNA, BEN], WANT, authority)
    await connector.aclose()

    assert answers[ANNA].get() == (
        SecurityHoldingRecord(security_code="600000", quantity=100, market_value=123450),  # type: ignore[arg-type]  # fen
    )
    assert answers[BEN].get() == ()
    asked = department.heard[0]
    assert asked.json()["fields"] == ["securityCode", "quantity", "marketValueYuan"]
    assert [request.path for request in department.heard[1:]] == ["/v2/tickets/t-1"] * 3
    assert {request.headers["x-api-key"] for request in department.heard} == {"key"}


async def test_another_courts_hold_is_known_only_in_outline(
    listen: Listen, authority: Authority
) -> None:
    hold = {
        "authority": "示9904",
        "rank": 1,
        "quantity": 20,
        "endsOn": "2027-01-01",
        "state": "ACTIVE",
    }
    row = {"subject": ANNA, "found": True, "holdings": [{"holds": [hold]}]}
    department = await listen(then(TICKET, ready(row)))
    connector = connector_at(department.url)

    answers = await connector.holdings_of([ANNA], Projection({"holds", "as_of"}), authority)
    await connector.aclose()

    (record,) = answers[ANNA].get()
    assert record.as_of == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert record.encumbrances is None
    assert record.holds == (
        HoldRecord(
            authority="示9904", rank=1, quantity=20, ends_on=date(2027, 1, 1), state="ACTIVE"
        ),
    )


@pytest.mark.parametrize(
    ("holdings", "broken"),
    [
        pytest.param([{"securityCode": "600000", "quantity": 1.5}], "quantity", id="half a share"),
        pytest.param([{"securityCode": "6000", "quantity": 1}], "security_code", id="a short code"),
        pytest.param([{"securityCode": "600000", "quantity": -1}], "quantity", id="less than none"),
        pytest.param(None, None, id="no list"),
    ],
)
async def test_a_wrong_form_costs_one_field_or_one_subject(
    listen: Listen, authority: Authority, holdings: object, broken: str | None
) -> None:
    department = await listen(
        then(
            TICKET,
            ready(
                {"subject": ANNA, "found": True, "holdings": holdings},
                {"subject": BEN, "found": True, "holdings": []},
            ),
        )
    )
    connector = connector_at(department.url)

    answers = await connector.holdings_of(
        [ANNA, BEN], Projection({"security_code", "quantity"}), authority
    )
    await connector.aclose()

    if broken is None:
        assert isinstance(answers[ANNA].error, DepartmentContractBroken)
    else:
        assert broken_values(answers[ANNA]) == {broken}
    assert answers[BEN].get() == ()


async def test_a_thousandth_of_a_fen_is_not_rounded(listen: Listen, authority: Authority) -> None:
    row = {"subject": ANNA, "found": True, "holdings": [{"marketValueYuan": "1.005"}]}
    department = await listen(then(TICKET, ready(row)))
    connector = connector_at(department.url)

    answers = await connector.holdings_of([ANNA], Projection({"market_value"}), authority)
    await connector.aclose()

    assert broken_values(answers[ANNA]) == {"market_value"}


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        pytest.param([TICKET, Reply(404)], DepartmentContractBroken, id="lost its ticket"),
        pytest.param([TICKET, Reply(503)], DepartmentBusy, id="busy while polled"),
        pytest.param(
            [TICKET, json_reply({"state": "FAILED", "error": "UNKNOWN_FIELD"})],
            DepartmentRefused,
            id="failed",
        ),
        pytest.param([TICKET, json_reply({"state": "?"})], DepartmentContractBroken, id="garbage"),
        pytest.param(
            [json_reply({"ticket": "../../admin"}, 202)], DepartmentContractBroken, id="a path"
        ),
        pytest.param([Reply(200)], DepartmentContractBroken, id="another status"),
        pytest.param([json_reply({}, 400)], DepartmentRefused, id="refused"),
        pytest.param([Drop()], DepartmentUnreachable, id="hangs up"),
    ],
)
async def test_a_ticket_that_comes_to_nothing_says_what_can_be_done(
    listen: Listen, authority: Authority, replies: list[Behaviour], expected: type[DepartmentError]
) -> None:
    department = await listen(then(*replies))
    connector = connector_at(department.url, deadline=1)

    with pytest.raises(expected):
        await connector.holdings_of([ANNA], WANT, authority)
    await connector.aclose()


async def test_a_department_that_wants_to_be_asked_all_the_time_is_not(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(then(TICKET, json_reply({"state": "WORKING", "pollAfterMs": 0})))
    connector = connector_at(department.url, deadline=0.2)
    started = time.monotonic()

    answers = await connector.holdings_of([ANNA], WANT, authority)
    await connector.aclose()

    assert isinstance(answers[ANNA].error, DepartmentPending)
    assert time.monotonic() - started < 0.6
    assert len(department.heard) <= 201


async def test_a_hundred_and_one_subjects_are_two_tickets(
    listen: Listen, authority: Authority
) -> None:
    def answer(request: Request) -> Behaviour:
        if request.method == "POST":
            subjects = request.json()["subjects"]
            assert isinstance(subjects, list)
            return json_reply({"ticket": f"n-{len(subjects)}", "pollAfterMs": 1}, 202)
        first = 0 if request.path.endswith("n-100") else 100
        count = int(request.path.rpartition("-")[2])
        return ready(*({"subject": person(first + n), "found": False} for n in range(count)))

    department = await listen(answer)
    connector = connector_at(department.url)

    answers = await connector.holdings_of([person(n) for n in range(101)], WANT, authority)
    await connector.aclose()

    assert [request.method for request in department.heard].count("POST") == 2
    assert all(answer.get() == () for answer in answers.values())


async def test_freezing_shares_gives_a_receipt(listen: Listen) -> None:
    department = await listen(
        then(TICKET, WORKING, json_reply({"state": "READY", "receipt": RECEIPT}))
    )
    connector = connector_at(department.url)

    receipt = await connector.control(an_order(quantity=500))
    await connector.aclose()

    assert (receipt.result, receipt.asked, receipt.controlled) == ("PART", 500, 300)
    assert receipt.prior_holds == (
        PriorHold(authority="示9904", amount=200, expires_on=date(2027, 1, 1)),
    )
    sent = department.heard[0]
    assert sent.headers["idempotency-key"] == "key-1"
    assert sent.json()["quantity"] == 500
    assert sent.json()["officers"] == ["示9903001", "示9903002"]
    assert "key" not in sent.json()


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        pytest.param([json_reply({"error": "KEY_REUSED"}, 409)], KeyReused, id="key reused"),
        pytest.param([Reply(503)], DepartmentBusy, id="busy: not taken"),
        pytest.param([json_reply({}, 400)], DepartmentRefused, id="refused"),
        pytest.param([Drop()], OutcomeUnknown, id="hangs up after reading"),
        pytest.param([Reply(502)], OutcomeUnknown, id="a proxy in between"),
        pytest.param([Reply(202, b"?")], OutcomeUnknown, id="taken, but no ticket"),
        pytest.param([TICKET, WORKING], OutcomeUnknown, id="never ready"),
        pytest.param([TICKET, Drop()], OutcomeUnknown, id="hangs up while polled"),
        pytest.param([TICKET, Reply(503)], OutcomeUnknown, id="busy while polled"),
        pytest.param(
            [TICKET, json_reply({"state": "READY", "receipt": {**RECEIPT, "controlled": 501}})],
            DepartmentContractBroken,
            id="more than was asked",
        ),
        pytest.param(
            [TICKET, json_reply({"state": "READY", "receipt": {**RECEIPT, "asked": 501}})],
            DepartmentContractBroken,
            id="a receipt for another amount",
        ),
        pytest.param(
            [TICKET, json_reply({"state": "READY", "receipt": {**RECEIPT, "asked": "500.00"}})],
            DepartmentContractBroken,
            id="money for shares",
        ),
    ],
)
async def test_an_order_is_sent_once_whatever_happens(
    listen: Listen, replies: list[Behaviour], expected: type[DepartmentError]
) -> None:
    department = await listen(then(*replies))
    connector = connector_at(department.url, deadline=0.2)

    with pytest.raises(expected) as caught:
        await connector.control(an_order(quantity=500))
    await connector.aclose()

    assert type(caught.value) is expected
    assert [request.method for request in department.heard].count("POST") == 1


async def test_what_became_of_a_key_can_be_asked(listen: Listen) -> None:
    def answer(request: Request) -> Behaviour:
        match request.path:
            case "/v2/controls/key-1":
                return json_reply({"ticket": "t-9"})
            case "/v2/tickets/t-9":
                return json_reply({"state": "READY", "receipt": RECEIPT})
            case _:
                return Reply(404)

    department = await listen(answer)
    connector = connector_at(department.url)

    found, missing = await connector.outcome_of("key-1"), await connector.outcome_of("key-2")
    await connector.aclose()

    assert found is not None
    assert found.receipt_number == "R1"
    assert missing is None


STANDS = {
    "key": "key-1",
    "record": "SD-00000001",
    "limit": 500,
    "controlled": 300,
    "rank": 2,
    "state": "ACTIVE",
    "startsOn": "2026-11-23",
    "endsOn": "2027-11-22",
}


async def test_what_a_freeze_is_worth_now_stands_beside_its_receipt(listen: Listen) -> None:
    def answer(request: Request) -> Behaviour:
        match request.path:
            case "/v2/controls/key-1" | "/v2/controls/key-2" | "/v2/controls?since=2026-11-23":
                return json_reply({"ticket": request.path[-1], "pollAfterMs": 1})
            case "/v2/tickets/1":
                return json_reply({"state": "READY", "receipt": RECEIPT, "standing": STANDS})
            case "/v2/tickets/2":
                return json_reply({"state": "READY", "receipt": RECEIPT, "standing": None})
            case "/v2/tickets/3":
                return json_reply({"state": "READY", "standings": [STANDS]})
            case _:
                return Reply(404)

    department = await listen(answer)
    connector = connector_at(department.url)

    found = [await connector.standing_of(f"key-{n}") for n in (1, 2, 9)]
    every = await connector.holds_since(date(2026, 11, 23))
    await connector.aclose()

    standing = Standing(
        key="key-1",
        record="SD-00000001",
        limit=500,
        controlled=300,
        rank=2,
        state="ACTIVE",
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 11, 22),
    )
    assert (found, every) == ([standing, None, None], (standing,))


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(
            json_reply({"state": "READY", "standing": {**STANDS, "key": "key-2"}}),
            DepartmentContractBroken,
            id="another freeze",
        ),
        pytest.param(
            json_reply({"state": "READY", "standing": [STANDS]}),
            DepartmentContractBroken,
            id="a list",
        ),
        pytest.param(
            json_reply({"state": "READY", "standing": {**STANDS, "limit": "500.00"}}),
            DepartmentContractBroken,
            id="money for shares",
        ),
        pytest.param(Reply(503), DepartmentBusy, id="busy"),
        pytest.param(WORKING, DepartmentTimeout, id="never ready"),
    ],
)
async def test_who_does_not_say_what_a_freeze_is_worth_is_not_guessed_at(
    listen: Listen, reply: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(then(json_reply({"ticket": "t-1", "pollAfterMs": 1}), reply))
    connector = connector_at(department.url, deadline=0.2)

    with pytest.raises(expected):
        await connector.standing_of("key-1")
    await connector.aclose()


async def test_a_depository_without_a_statement_has_not_said_that_nothing_stands(
    listen: Listen,
) -> None:
    department = await listen(lambda _: Reply(404))
    connector = connector_at(department.url)

    with pytest.raises(DepartmentRefused):
        await connector.holds_since(date(2026, 11, 23))
    await connector.aclose()


async def test_shares_are_never_ordered_by_money(listen: Listen) -> None:
    department = await listen(then(TICKET))
    connector = connector_at(department.url)

    with pytest.raises(ValueError, match="by quantity"):
        await connector.control(an_order(amount_fen=5))  # type: ignore[arg-type]  # fen
    await connector.aclose()

    assert department.heard == []
