"""A department's ledger: one key, one effect; later holds wait behind earlier ones."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.ledger import KeyReused, Ledger
from sandbox.orders import Asset, Order, stranger

ORDER = Order(
    key="k1",
    document_hash="h1",
    case="（2026）示9903执1号",
    court="示例区人民法院",
    action="FREEZE",
    subject="990203199003070012",
    name="示例",
    record="HF1",
    limit=60,
    months=12,
    ruling="裁1",
)
FUND = Asset(capacity=100, balance=100, earlier=())
CAR = Asset(capacity=None, balance=None, earlier=())


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db", "HF", "经办", Clock())


def test_a_repeat_is_answered_with_the_first_receipt(ledger: Ledger) -> None:
    first = ledger.carry_out(ORDER, lambda _: FUND)
    again = ledger.carry_out(ORDER, lambda _: FUND)

    assert again == first
    assert len(ledger.log_of("HF1", ())) == 1


def test_a_key_with_another_document_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    ledger.carry_out(ORDER, lambda _: FUND)

    with pytest.raises(KeyReused):
        ledger.carry_out(replace(ORDER, document_hash="h2"), lambda _: FUND)

    assert len(ledger.log_of("HF1", ())) == 1


def test_what_earlier_holds_take_is_not_held_twice(ledger: Ledger) -> None:
    ledger.carry_out(ORDER, lambda _: FUND)
    second = ledger.carry_out(replace(ORDER, key="k2"), lambda _: FUND)
    third = ledger.carry_out(replace(ORDER, key="k3"), lambda _: FUND)

    assert (second["result"], second["controlled"]) == ("PART", 40)
    assert second["reason"] == "PRIOR_HOLD_COVERS_ALL"
    assert second["priorHolds"][0]["amount"] == 60
    assert (third["result"], third["controlled"], third["startsOn"]) == ("WAITING", 0, None)


def test_a_vehicle_is_held_whole_and_the_second_court_waits(ledger: Ledger) -> None:
    first = ledger.carry_out(ORDER, lambda _: CAR)
    second = ledger.carry_out(replace(ORDER, key="k2"), lambda _: CAR)

    assert (first["result"], first["rank"]) == ("FULL", 1)
    assert (second["result"], second["rank"]) == ("WAITING", 2)


@pytest.mark.parametrize(
    ("asset", "reason"),
    [
        pytest.param("NO_ASSET", "NO_ASSET", id="no such asset"),
        pytest.param(replace(FUND, capacity=0, balance=0), "ZERO_BALANCE", id="empty"),
    ],
)
def test_where_nothing_is_held_the_receipt_says_why(
    ledger: Ledger, asset: Asset | str, reason: str
) -> None:
    receipt = ledger.carry_out(ORDER, lambda _: asset)

    assert (receipt["result"], receipt["controlled"], receipt["reason"]) == ("NOTHING", 0, reason)
    assert ledger.log_of("HF1", ()) == ()


def test_a_ledger_remembers_after_it_was_closed_by_force(ledger: Ledger, tmp_path: Path) -> None:
    receipt = ledger.carry_out(ORDER, lambda _: FUND)

    again = Ledger(tmp_path / "ledger.db", "HF", "经办", Clock())

    assert again.receipt_of("k1") == receipt
    assert len(again.log_of("HF1", ())) == 1


def test_a_ledger_that_was_closed_by_force_knows_what_every_hold_is_worth(
    ledger: Ledger, tmp_path: Path
) -> None:
    about = replace(ORDER, action="LIFT", hold_key="k1", ruling="裁2", months=0)
    ledger.carry_out(ORDER, lambda _: FUND)
    ledger.carry_out(replace(ORDER, key="k2", limit=90), lambda _: FUND)
    ledger.carry_out(replace(about, key="k3", action="RENEW", months=6), lambda _: FUND)
    ledger.carry_out(replace(about, key="k4", limit=10), lambda _: FUND)
    ledger.carry_out(replace(about, key="k5", action="DEDUCT", limit=20), lambda _: FUND)
    ledger.let_in("HF1", 5)

    again = Ledger(tmp_path / "ledger.db", "HF", "经办", Clock())

    told = again.statement(date(2000, 1, 1), lambda _: FUND)
    assert told == ledger.statement(date(2000, 1, 1), lambda _: FUND)
    assert [(one["key"], one["limit"], one["controlled"]) for one in told] == [
        ("k1", 30, 30),
        ("k2", 90, 55),
    ]
    assert again.standing_of("k2", lambda _: FUND) == told[1]
    assert again.standing_of("k3", lambda _: FUND) is None


def test_an_order_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    def fail(_: Order) -> Asset:
        raise LookupError

    with pytest.raises(LookupError):
        ledger.carry_out(ORDER, fail)

    assert ledger.receipt_of("k1") is None
    assert ledger.carry_out(ORDER, lambda _: FUND)["receiptNumber"] == "HF-R000001"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        pytest.param({ORDER.subject: "示例"}, None, id="the person of the register"),
        pytest.param({ORDER.subject: "他人"}, "NAME_ID_MISMATCH", id="another name"),
        pytest.param({}, "NO_SUCH_SUBJECT", id="nobody"),
    ],
)
def test_name_and_number_must_be_one_person(names: dict[str, str], reason: str | None) -> None:
    assert stranger(ORDER, names) == reason


def test_who_is_shown_first_goes_first_also_after_a_restart(tmp_path: Path) -> None:
    shows = [False]
    ledger = Ledger(tmp_path / "ledger.db", "EQ", "经办", Clock(), shows=lambda: shows[0])
    hidden = ledger.carry_out(ORDER, lambda _: CAR)
    gone = ledger.carry_out(replace(ORDER, key="k2"), lambda _: CAR)
    lifting = replace(ORDER, key="k3", action="LIFT", hold_key="k2", months=0)
    lifted = ledger.carry_out(lifting, lambda _: CAR)
    before = ledger.standing_of("k1", lambda _: CAR)
    shows[0] = True
    shown = ledger.carry_out(replace(ORDER, key="k4"), lambda _: CAR)

    again = Ledger(tmp_path / "ledger.db", "EQ", "经办", Clock())  # it shows the rest
    once_more = Ledger(tmp_path / "ledger.db", "EQ", "经办", Clock())

    assert [(one["result"], one["rank"]) for one in (hidden, gone, lifted, shown)] == [
        ("WAITING", None),
        ("WAITING", None),
        ("FULL", None),
        ("FULL", 1),
    ]
    assert hidden["priorHolds"] == shown["priorHolds"] == []
    assert before is not None
    assert (before["state"], before["rank"], before["startsOn"]) == ("WAITING", None, None)
    for one in (again, once_more):
        told = one.statement(date(2020, 1, 1), lambda _: CAR)
        assert [(hold["key"], hold["state"], hold["rank"]) for hold in told] == [
            ("k1", "WAITING", 2),
            ("k2", "ENDED", None),
            ("k4", "ACTIVE", 1),
        ]
