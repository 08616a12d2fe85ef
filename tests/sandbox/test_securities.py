"""Securities depository: a ticket first, the answer later."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from tests.sandbox.district import NOBODY, Asset, District
from tests.sandbox.orders import Order, order_depository
from tests.sandbox.wires import HEADERS, ask_securities, ready_ticket

ORDER: Mapping[str, object] = {
    "case": "案",
    "action": "FREEZE",
    "subject": NOBODY,
    "subjectName": "无",
    "record": "SD-00000001",
    "quantity": 100,
    "months": 12,
    "documentHash": "a" * 64,
    "officers": ["示9903-0001", "示9903-0002"],
    "court": "示例区人民法院",
}


def test_a_question_gets_a_ticket_that_is_ready_later_and_stays_ready(district: District) -> None:
    served = district["securities"]
    served.fall_ill("hang")
    wanted = {"subjects": [NOBODY], "fields": ["quantity"]}

    accepted = served.http.post(f"{served.url}/v2/holdings", json=wanted, headers=HEADERS)
    ticket = accepted.json()["ticket"]
    working = served.http.get(f"{served.url}/v2/tickets/{ticket}", headers=HEADERS).json()
    served.recover()
    ready = ready_ticket(served, ticket)

    assert accepted.status_code == 202
    assert isinstance(accepted.json()["pollAfterMs"], int)
    assert set(ticket) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert (working["state"], ready["state"]) == ("WORKING", "READY")
    assert ready["result"] == [{"subject": NOBODY, "found": False}]
    assert ready_ticket(served, ticket) == ready


@pytest.mark.parametrize("path", ["/v2/tickets/none", "/v2/controls/none"])
def test_what_never_was_is_not_found(district: District, path: str) -> None:
    served = district["securities"]

    answer = served.http.get(served.url + path, headers=HEADERS)

    assert (answer.status_code, answer.json()) == (404, {"error": "NOT_FOUND"})


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v2/holdings"), ("GET", "/v2/tickets/x"), ("POST", "/v2/controls")],
)
def test_without_its_key_it_says_nothing(district: District, method: str, path: str) -> None:
    served = district["securities"]

    answer = served.http.request(
        method, served.url + path, json={}, headers={**HEADERS, "X-Api-Key": "wrong"}
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "UNAUTHORIZED"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("holdings", {"subjects": [NOBODY]}, id="no fields"),
        pytest.param("holdings", [], id="not an object"),
        pytest.param("holdings", {"subjects": [7], "fields": []}, id="not text"),
        pytest.param("controls", {**ORDER, "quantity": 0}, id="nothing to hold"),
        pytest.param("controls", {**ORDER, "quantity": "100"}, id="not a number"),
        pytest.param("controls", {**ORDER, "officers": ["示9903-0001"]}, id="one officer"),
    ],
)
def test_a_malformed_question_is_a_bad_request(district: District, path: str, body: object) -> None:
    served = district["securities"]
    before = len(served.lines())

    answer = served.http.post(
        f"{served.url}/v2/{path}", json=body, headers={**HEADERS, "Idempotency-Key": "bad"}
    )

    assert (answer.status_code, answer.json()) == (400, {"error": "BAD_REQUEST"})
    assert len(served.lines()) == before


def test_an_order_without_a_key_is_a_bad_request(district: District) -> None:
    served = district["securities"]

    answer = served.http.post(f"{served.url}/v2/controls", json=ORDER, headers=HEADERS)

    assert (answer.status_code, answer.json()) == (400, {"error": "BAD_REQUEST"})


def test_holdings_come_highest_value_first(district: District) -> None:
    owners = list(district.population.holdings)[:100]

    entries = ask_securities(district["securities"], owners, ["marketValueYuan"])

    values = [[Decimal(r["marketValueYuan"]) for r in entry.records] for entry in entries]
    assert max(map(len, values)) > 1
    assert all(each == sorted(each, reverse=True) for each in values)


def test_a_key_can_be_asked_after_and_gives_a_ticket(district: District) -> None:
    served = district["securities"]
    asset = district.free("securities")
    order = Order(asset=asset, asked=asset.worth)
    receipt = order_depository(served, order)

    answer = served.http.get(f"{served.url}/v2/controls/{order.key}", headers=HEADERS)

    assert answer.status_code == 200
    again = ready_ticket(served, answer.json()["ticket"])["receipt"]
    assert again["receiptNumber"] == receipt.number
    assert (again["asked"], again["balance"]) == (int(asset.worth), int(asset.worth))
    line = served.lines()[-1]
    assert (line["kind"], line["idempotencyKey"]) == ("status", order.key)
    assert line["answerBytes"] == len(answer.content)


def test_what_is_pledged_is_marked_and_refused_without_the_mark(district: District) -> None:
    served = district["securities"]
    owner, lot = next(
        (owner, lot)
        for owner, lots in district.population.holdings.items()
        for lot in lots
        if lot.pledged and not lot.earlier
    )
    name = district.population.names[owner]
    asset = Asset(subject=owner, name=name, record=lot.record, worth=Decimal(lot.quantity))
    free = lot.quantity - lot.pledged

    beyond = order_depository(served, Order(asset=asset, asked=Decimal(free + 1)))
    first = order_depository(served, Order(asset=asset, asked=Decimal(100)))
    rest = order_depository(
        served, Order(asset=asset, asked=Decimal(lot.quantity - 100)), pledgeMarked=True
    )

    assert (beyond.result, beyond.reason) == ("REFUSED", "PLEDGE_PRIORITY")
    assert beyond.controlled == 0
    assert (first.result, rest.result) == ("FULL", "FULL")
    [entry] = ask_securities(
        served, [owner], ["recordId", "availableQuantity", "pledgedQuantity", "frozenQuantity"]
    )
    [said] = [one for one in entry.records if one["recordId"] == lot.record]
    assert (said["availableQuantity"], said["pledgedQuantity"]) == (0, lot.pledged)
    assert said["frozenQuantity"] == free
