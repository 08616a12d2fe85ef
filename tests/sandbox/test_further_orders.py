"""Renewing, lifting, deducting on the wire, and what a hold is worth now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest

from sandbox.dates import add_months, last_day
from tests.sandbox.district import HOLDING, NOBODY, District, serving
from tests.sandbox.exchange import Exchange
from tests.sandbox.orders import ORDER, Order, Receipt
from tests.sandbox.standings import STANDING, STATEMENT, Standing
from tests.sandbox.wires import ASK, Refused

NOTHING: Final = Decimal(0)
every_holder = pytest.mark.parametrize("stem", HOLDING)


@pytest.fixture(scope="module")
def elsewhen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A district whose days its tests make."""
    data = tmp_path_factory.mktemp("elsewhen")
    with serving(data, "--departments", ",".join(HOLDING)) as district:
        yield district


@pytest.fixture
def days(elsewhen: District) -> Iterator[District]:
    yield elsewhen
    for served in elsewhen.departments.values():
        served.set_clock(None)


def about(hold: Order, action: str, **other: object) -> Order:
    """Return an order about all of *hold*."""
    months = 12 if action == "RENEW" else 0
    words = {"key": f"{hold.key}-{action}", "ruling": "裁2", "months": months} | other
    return replace(hold, action=action, hold_key=hold.key, **words)  # type: ignore[arg-type]


def send(district: District, stem: str, order: Order) -> Receipt:
    return ORDER[stem](district[stem], order)


def standing(district: District, stem: str, order: Order) -> Standing:
    [found] = STANDING[stem](district[stem], order.key)
    assert (found.key, found.record) == (order.key, order.asset.record)
    return found


def placed(district: District, stem: str) -> tuple[Order, Receipt]:
    asset = district.free(stem)
    order = Order(asset=asset, asked=asset.worth)
    return order, send(district, stem, order)


@every_holder
def test_a_renewal_moves_the_end_and_keeps_start_and_rank(district: District, stem: str) -> None:
    order, first = placed(district, stem)

    renewed = send(district, stem, about(order, "RENEW"))

    assert first.ends_on is not None
    until = last_day(date.fromisoformat(first.ends_on) + timedelta(days=1), 12).isoformat()
    assert (renewed.action, renewed.result, renewed.rank) == ("RENEW", "FULL", 1)
    assert (renewed.asked, renewed.controlled) == (order.asked, order.asked)
    assert (renewed.starts_on, renewed.ends_on) == (first.starts_on, until)
    now = standing(district, stem, order)
    assert (now.state, now.starts_on, now.ends_on) == ("ACTIVE", first.starts_on, until)


@every_holder
@pytest.mark.parametrize(
    ("at", "result"),
    [
        pytest.param("23:59:59", "FULL", id="I-11 the last second"),
        pytest.param("24:00:01", "NOTHING", id="I-11 one second after 24:00"),
    ],
)
def test_a_lapsed_hold_cannot_be_renewed(days: District, stem: str, at: str, result: str) -> None:
    days[stem].set_clock("2026-11-23T09:00:00+08:00")
    order, first = placed(days, stem)
    assert first.ends_on == "2027-11-22"
    moment = {"23:59:59": "2027-11-22T15:59:59Z", "24:00:01": "2027-11-22T16:00:01Z"}[at]
    days[stem].set_clock(moment)

    renewed = send(days, stem, about(order, "RENEW"))

    assert (renewed.result, renewed.reason) == (result, "" if result == "FULL" else "NO_ASSET")
    now = standing(days, stem, order)
    if result == "FULL":
        assert (now.state, now.ends_on) == ("ACTIVE", "2028-11-22")
    else:
        assert (now.state, now.rank, now.controlled) == ("ENDED", None, NOTHING)
        assert (now.starts_on, now.ends_on) == ("2026-11-23", "2027-11-22")


@every_holder
def test_a_lift_lets_the_next_take_effect_at_once(district: District, stem: str) -> None:
    first, receipt = placed(district, stem)
    second = replace(first, key=f"{first.key}b", case="案二")
    assert send(district, stem, second).result == "WAITING"
    waiting = standing(district, stem, second)

    lifted = send(district, stem, about(first, "LIFT"))

    assert (waiting.state, waiting.rank, waiting.controlled) == ("WAITING", 2, NOTHING)
    assert (waiting.starts_on, waiting.ends_on, waiting.limit) == (None, None, first.asked)
    assert (lifted.action, lifted.result, lifted.reason) == ("LIFT", "FULL", "")
    assert (lifted.asked, lifted.controlled) == (first.asked, first.asked)
    assert (lifted.rank, lifted.starts_on, lifted.ends_on, lifted.prior) == (None, None, None, ())
    ended, now = standing(district, stem, first), standing(district, stem, second)
    assert (ended.state, ended.limit, ended.rank) == ("ENDED", NOTHING, None)
    assert (ended.starts_on, ended.ends_on) == (receipt.starts_on, lifted.at[:10])
    assert (now.state, now.rank, now.controlled) == ("ACTIVE", 1, first.asked)
    assert now.starts_on == lifted.at[:10]


@every_holder
def test_a_term_that_ends_lets_the_next_take_effect_the_day_after(
    days: District, stem: str
) -> None:
    days[stem].set_clock("2026-11-23T09:00:00+08:00")
    first, _ = placed(days, stem)
    second = replace(first, key=f"{first.key}b", case="案二")
    waited = send(days, stem, second)

    days[stem].set_clock("2028-02-01T00:00:00+08:00")

    now = standing(days, stem, second)
    assert waited.result == "WAITING"
    assert (now.state, now.rank, now.controlled) == ("ACTIVE", 1, second.asked)
    assert (now.starts_on, now.ends_on) == ("2027-11-23", "2028-11-22")


@pytest.mark.parametrize("stem", ["housing_fund", "securities"])
def test_a_lift_in_part_frees_that_part_for_the_next(district: District, stem: str) -> None:
    first, _ = placed(district, stem)
    second = replace(first, key=f"{first.key}b", case="案二", asked=Decimal(5))
    send(district, stem, second)

    lifted = send(district, stem, about(first, "LIFT", asked=Decimal(3)))

    assert (lifted.result, lifted.asked, lifted.controlled) == ("FULL", Decimal(3), Decimal(3))
    assert (lifted.rank, lifted.ends_on) == (1, None)
    rest, next_ = standing(district, stem, first), standing(district, stem, second)
    assert (rest.limit, rest.controlled) == (first.asked - 3, first.asked - 3)
    assert (next_.limit, next_.controlled, next_.state) == (Decimal(5), Decimal(3), "ACTIVE")


def test_a_part_of_a_vehicle_cannot_be_lifted(district: District) -> None:
    order, _ = placed(district, "vehicles")

    refused = send(district, "vehicles", about(order, "LIFT", asked=order.asked - 1))

    assert (refused.result, refused.reason, refused.controlled) == ("REFUSED", "OTHER", NOTHING)
    assert standing(district, "vehicles", order).controlled == order.asked


@every_holder
def test_a_hold_that_waits_can_be_lifted(district: District, stem: str) -> None:
    first, _ = placed(district, stem)
    second = replace(first, key=f"{first.key}b", case="案二")
    send(district, stem, second)

    lifted = send(district, stem, about(second, "LIFT"))

    assert lifted.result == "FULL"
    ended = standing(district, stem, second)
    assert (ended.state, ended.starts_on, ended.ends_on) == ("ENDED", None, None)
    assert standing(district, stem, first).controlled == first.asked


@every_holder
@pytest.mark.parametrize("action", ["RENEW", "LIFT", "DEDUCT"])
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"case": "案二"}, id="another case"),
        pytest.param({"hold_key": "nobody's"}, id="an unknown key"),
    ],
)
def test_nobody_acts_on_anothers_hold(
    district: District, stem: str, action: str, other: dict[str, str]
) -> None:
    if action == "DEDUCT" and stem != "housing_fund":
        return
    order, _ = placed(district, stem)
    before = standing(district, stem, order)

    receipt = send(district, stem, replace(about(order, action), **other))  # type: ignore[arg-type]

    assert (receipt.result, receipt.reason) == ("NOTHING", "NO_ASSET")
    assert standing(district, stem, order) == before


def fund_of(district: District, order: Order) -> dict[str, str]:
    fields = ["grzhye", "kyye"]
    [entry] = ASK["housing_fund"](district["housing_fund"], [order.asset.subject], fields)
    [account] = entry.records
    return dict(account)


@pytest.mark.parametrize(
    ("limit", "asked", "result", "deducted"),
    [
        pytest.param("6.00", "4.00", "FULL", "4.00", id="I-05 a part"),
        pytest.param("6.00", "6.00", "FULL", "6.00", id="I-05 all"),
        pytest.param("6.00", "6.01", "PART", "6.00", id="I-05 more than is held"),
    ],
)
def test_limit_and_balance_fall_by_what_is_deducted(
    district: District, limit: str, asked: str, result: str, deducted: str
) -> None:
    asset = district.free("housing_fund")
    order = Order(asset=asset, asked=Decimal(limit))
    send(district, "housing_fund", order)
    available = fund_of(district, order)["kyye"]

    receipt = send(district, "housing_fund", about(order, "DEDUCT", asked=Decimal(asked)))

    taken, left = Decimal(deducted), Decimal(limit) - Decimal(deducted)
    assert (receipt.result, receipt.controlled) == (result, taken)
    assert (receipt.starts_on, receipt.ends_on) == (None, None)
    assert receipt.rank == (1 if left else None)
    now = standing(district, "housing_fund", order)
    assert (now.limit, now.controlled) == (left, left)
    assert now.state == ("ACTIVE" if left else "ENDED")
    account = fund_of(district, order)
    assert Decimal(account["grzhye"]) == asset.worth - taken
    assert account["kyye"] == available


def test_a_deduction_under_the_ruling_of_the_freeze_is_refused(district: District) -> None:
    order, _ = placed(district, "housing_fund")

    refused = send(district, "housing_fund", about(order, "DEDUCT", ruling=order.ruling))

    assert (refused.result, refused.reason) == ("REFUSED", "DOCUMENT_DEFECT")


def test_money_that_comes_in_tops_up_who_was_first(district: District) -> None:
    served, asset = district["housing_fund"], district.free("housing_fund")
    first = Order(asset=asset, asked=asset.worth + 5)
    second = replace(first, key=f"{first.key}b", case="案二", asked=Decimal(9))
    assert send(district, "housing_fund", first).result == "PART"
    assert send(district, "housing_fund", second).result == "WAITING"

    paid = served.http.post(
        f"{served.base}/_sandbox/inflow", json={"record": asset.record, "amount": "7.00"}
    )

    assert paid.status_code == 200
    assert standing(district, "housing_fund", first).controlled == asset.worth + 5
    assert standing(district, "housing_fund", second).controlled == 2
    again = send(district, "housing_fund", first)  # a first receipt never changes
    assert (again.result, again.controlled) == ("PART", asset.worth)


@pytest.mark.parametrize("stem", ["vehicles", "securities"])
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"action": "DEDUCT"}, id="it is no money"),
        pytest.param({"hold_key": None}, id="which hold?"),
        pytest.param({"action": "", "months": 12}, id="a first hold that names another"),
        pytest.param({"action": "RENEW", "months": 0}, id="renewed for no time"),
        pytest.param({"asked": Decimal(0)}, id="nothing to lift"),
    ],
)
def test_an_order_that_cannot_be_read_has_no_effect_and_no_receipt(
    district: District, stem: str, wrong: dict[str, object]
) -> None:
    order, _ = placed(district, stem)
    before = standing(district, stem, order)
    bad = replace(about(order, "LIFT", key=f"{order.key}x"), **wrong)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="BAD_REQUEST"):
        send(district, stem, bad)

    assert standing(district, stem, order) == before
    assert send(district, stem, about(order, "LIFT", key=f"{order.key}x")).result == "FULL"


def test_an_order_the_centre_cannot_read_stays_unanswered(district: District) -> None:
    order, _ = placed(district, "housing_fund")

    with pytest.raises(TimeoutError):
        ORDER["housing_fund"](
            district["housing_fund"], replace(about(order, "LIFT"), hold_key=None), timeout=0.3
        )

    assert standing(district, "housing_fund", order).controlled == order.asked


@every_holder
@pytest.mark.parametrize("action", ["RENEW", "LIFT", "DEDUCT"])
def test_one_key_has_one_effect(district: District, stem: str, action: str) -> None:
    if action == "DEDUCT" and stem != "housing_fund":
        return
    order, _ = placed(district, stem)
    wanted = about(order, action)
    first = send(district, stem, wanted)
    before = standing(district, stem, order)

    assert send(district, stem, wanted) == first
    with pytest.raises(Refused, match="KEY_REUSED"):
        send(district, stem, replace(wanted, document_hash="b" * 64))

    assert standing(district, stem, order) == before


@every_holder
def test_a_key_that_placed_nothing_has_no_standing(district: District, stem: str) -> None:
    order, _ = placed(district, stem)
    lifting = about(order, "LIFT")
    send(district, stem, lifting)

    assert STANDING[stem](district[stem], lifting.key) == []
    assert STANDING[stem](district[stem], NOBODY) == []


@every_holder
def test_a_statement_has_what_lives_and_what_ended_since(days: District, stem: str) -> None:
    days[stem].set_clock("2030-01-10T09:00:00+08:00")
    lives, _ = placed(days, stem)
    over, _ = placed(days, stem)
    gone = replace(lives, key=f"{lives.key}b", case="案二")
    send(days, stem, gone)
    send(days, stem, about(gone, "LIFT"))
    days[stem].set_clock("2030-03-10T09:00:00+08:00")
    send(days, stem, about(over, "LIFT"))
    send(days, stem, about(lives, "RENEW"))
    mine = {lives.key, over.key, gone.key}

    def states(since: str) -> list[tuple[str, str]]:
        found = STATEMENT[stem](days[stem], since)
        return [(one.key, one.state) for one in found if one.key in mine]

    everything = [(lives.key, "ACTIVE"), (over.key, "ENDED"), (gone.key, "ENDED")]
    assert states("2030-01-10") == everything
    assert states("2030-01-11") == everything[:2]
    assert states("2030-03-10") == everything[:2]
    assert states("2030-03-11") == everything[:1]
    [one] = [s for s in STATEMENT[stem](days[stem], "2030-03-11") if s.key == lives.key]
    assert one == standing(days, stem, lives)
    assert one.ends_on == (add_months(date(2031, 1, 10), 12) - timedelta(days=1)).isoformat()


@every_holder
def test_a_statement_since_no_day_is_refused(district: District, stem: str) -> None:
    code = "FAILED" if stem == "housing_fund" else "BAD_REQUEST"

    with pytest.raises(Refused, match=code):
        STATEMENT[stem](district[stem], "yesterday")


@pytest.mark.parametrize(
    ("key", "since"),
    [
        pytest.param(None, None, id="about nothing"),
        pytest.param("k", "2026-01-01", id="about both"),
    ],
)
def test_the_centre_fails_a_question_about_holds_that_means_nothing(
    centre: District, key: str | None, since: str | None
) -> None:
    with Exchange(centre["housing_fund"].url) as exchange:
        assert exchange.standings(key, since) == ("FAILED", [])


def test_the_centre_answers_about_holds_on_either_database(centre: District) -> None:
    asset = centre.free("housing_fund")
    order = Order(asset=asset, asked=asset.worth)
    send(centre, "housing_fund", order)

    assert standing(centre, "housing_fund", order).controlled == asset.worth
    send(centre, "housing_fund", about(order, "DEDUCT"))
    assert standing(centre, "housing_fund", order).state == "ENDED"


def test_a_question_about_holds_that_is_too_old_is_taken_away(centre: District) -> None:
    with Exchange(centre["housing_fund"].url) as exchange:
        assert exchange.standings("k", None, ago=timedelta(minutes=11)) == ("GONE", [])


def test_a_clock_that_cannot_be_read_stays_as_it_is(days: District) -> None:
    served = days["vehicles"]
    served.set_clock("2030-01-10T09:00:00+08:00")

    for body in (b'{"at": "noon"}', b"{}", b'{"at": "2030-01-11T09:00:00"}', b"["):
        answer = served.http.post(f"{served.base}/_sandbox/clock", content=body)
        assert (answer.status_code, answer.json()) == (400, {"error": "BAD_REQUEST"})

    order, receipt = placed(days, "vehicles")
    assert receipt.starts_on == "2030-01-10"
    assert order.key
