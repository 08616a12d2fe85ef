"""The housing fund centre behind its exchange database, on SQLite and on PostgreSQL."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from tests.sandbox.district import NOBODY, District
from tests.sandbox.exchange import Exchange, instant
from tests.sandbox.orders import Order, order_fund
from tests.sandbox.wires import AUTHORITY, ask_fund


@pytest.fixture
def exchange(centre: District) -> Iterator[Exchange]:
    with Exchange(centre["housing_fund"].url) as opened:
        yield opened


def test_all_replies_are_there_when_the_question_is_done(
    centre: District, exchange: Exchange
) -> None:
    owners = [*list(centre.population.accounts)[:200], NOBODY]

    question = exchange.ask(owners, ["grzhye", "dkye"], AUTHORITY)

    assert exchange.settled(question) == "DONE"
    replies = {subject: (found, body) for subject, found, body in exchange.take(question)}
    assert set(replies) == set(owners)
    assert replies.pop(NOBODY) == (0, None)
    bodies = [json.loads(body or "") for _, body in replies.values()]
    assert all(set(body) == {"grzhye", "dkye"} for body in bodies)
    assert all(re.fullmatch(r"\d+\.\d\d", body["grzhye"]) for body in bodies)
    assert None in [body["dkye"] for body in bodies]


def test_a_question_in_work_is_claimed_by_name(centre: District, exchange: Exchange) -> None:
    centre["housing_fund"].fall_ill("hang")

    question = exchange.ask([NOBODY], [], AUTHORITY)
    exchange.settled(question, within=0.1)

    row = exchange.run(
        "SELECT state, claimed_by, claimed_at FROM query_request WHERE id = ?", question
    ).fetchone()
    centre["housing_fund"].recover()
    assert row[0] == "CLAIMED"
    assert row[1]
    assert row[2].endswith("+08:00")
    assert exchange.settled(question) == "DONE"
    exchange.take(question)


def test_nothing_is_written_for_a_question_taken_away(centre: District, exchange: Exchange) -> None:
    served = centre["housing_fund"]
    served.fall_ill("hang")
    question = exchange.ask([centre.population.principal], ["grzhye"], AUTHORITY)
    exchange.settled(question, within=0.1)

    exchange.take(question)
    served.recover()

    later = exchange.ask([NOBODY], [], AUTHORITY)
    assert exchange.settled(later) == "DONE"
    assert exchange.replies(question) == []
    exchange.take(later)
    gone = served.lines()[-2]
    assert (gone["subjects"], gone["status"]) == ([centre.population.principal], "GONE")
    assert gone["answerBytes"] == 0


@pytest.mark.parametrize("subjects", ["", "[", '"990203"', "[7]", "{}"])
def test_a_question_that_cannot_be_read_fails_and_the_next_is_answered(
    exchange: Exchange, subjects: str
) -> None:
    bad = exchange.ask(subjects, ["grzhye"], AUTHORITY)
    good = exchange.ask([NOBODY], ["grzhye"], AUTHORITY)

    assert (exchange.settled(bad), exchange.settled(good)) == ("FAILED", "DONE")
    assert (exchange.take(bad), len(exchange.take(good))) == ([], 1)


def test_an_order_that_cannot_be_read_stays_unanswered_and_the_next_is_met(
    centre: District, exchange: Exchange
) -> None:
    asset = centre.free("housing_fund")
    exchange.order(f"unreadable-{asset.record}", "a" * 64, '{"case": "案"}')

    receipt = order_fund(centre["housing_fund"], Order(asset=asset, asked=asset.worth))

    assert receipt.result == "FULL"
    assert exchange.receipt(f"unreadable-{asset.record}", within=0.02) is None


def test_an_old_question_is_deleted_unanswered(centre: District, exchange: Exchange) -> None:
    before = len(centre["housing_fund"].lines())

    old = exchange.ask([NOBODY], [], AUTHORITY, ago=timedelta(minutes=10, seconds=5))
    recent = exchange.ask([NOBODY], [], AUTHORITY, ago=timedelta(minutes=9))

    assert exchange.settled(recent) == "DONE"
    assert exchange.settled(old) == "GONE"
    assert len(centre["housing_fund"].lines()) == before + 1
    exchange.take(recent)


def test_a_claim_is_respected_for_a_minute_and_then_taken_over(
    centre: District, exchange: Exchange
) -> None:
    centre["housing_fund"].fall_ill("unavailable")
    time.sleep(0.05)  # it looks every 20 ms
    claims = {}
    for seconds in (30, 70):
        claims[seconds] = exchange.ask([NOBODY], [], AUTHORITY)
        exchange.run(
            "UPDATE query_request SET state = 'CLAIMED', claimed_by = 'another', claimed_at = ? "
            "WHERE id = ?",
            instant(timedelta(seconds=seconds)),
            claims[seconds],
        )
    centre["housing_fund"].recover()

    states = {seconds: exchange.settled(claims[seconds], within=0.2) for seconds in (70, 30)}

    for question in claims.values():
        exchange.take(question)
    assert states == {70: "DONE", 30: "CLAIMED"}


def test_a_key_can_be_left_once(centre: District, exchange: Exchange) -> None:
    asset = centre.free("housing_fund")
    order = Order(asset=asset, asked=asset.worth)
    order_fund(centre["housing_fund"], order)

    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        exchange.order(order.key, "b" * 64, "{}")

    assert exchange.order_hash(order.key) == order.document_hash


def test_what_is_held_is_no_longer_available(centre: District) -> None:
    asset = centre.free("housing_fund")
    served = centre["housing_fund"]
    receipt = order_fund(served, Order(asset=asset, asked=Decimal("7.50")))

    [entry] = ask_fund(served, [asset.subject], ["grzhye", "kyye"])

    assert receipt.controlled == Decimal("7.50")
    [record] = entry.records
    assert record == {"grzhye": f"{asset.worth:.2f}", "kyye": f"{asset.worth - receipt.asked:.2f}"}
