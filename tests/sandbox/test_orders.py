"""Orders on the wire: one key has one effect, earlier holds count, and the log tells who asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import httpx
import pytest

from sandbox.dates import last_day
from tests.sandbox.district import HOLDING, NOBODY, District
from tests.sandbox.orders import COURT, OFFICERS, ORDER, Order
from tests.sandbox.wires import ASK, Refused

HOLDS: Final = {"vehicles": "CFXX", "housing_fund": "djxx", "securities": "holds"}
WORDS: Final = {
    "vehicles": "JG AJBH SX JE QSRQ JZRQ ZT",
    "housing_fund": "jg ajbh sx je qsrq jzrq zt",
    "securities": "authority case rank quantity startsOn endsOn state",
}
RECORD: Final = {"vehicles": "JLBH", "housing_fund": "jlbh", "securities": "recordId"}
every_holder = pytest.mark.parametrize("stem", HOLDING)


def order_on(district: District, stem: str) -> Order:
    """Return an order for all of an asset that is free of holds."""
    asset = district.free(stem)
    return Order(asset=asset, asked=asset.worth)


def held(district: District, stem: str, order: Order) -> Mapping[str, Any]:
    """Return the ordered record as the department answers it now."""
    fields = [RECORD[stem], HOLDS[stem]]
    [entry] = ASK[stem](district[stem], [order.asset.subject], fields)
    [record] = [r for r in entry.records if r[RECORD[stem]] == order.asset.record]
    return record


@every_holder
def test_an_order_on_a_free_asset_is_met_in_full(district: District, stem: str) -> None:
    order = order_on(district, stem)

    receipt = ORDER[stem](district[stem], order)

    assert (receipt.result, receipt.reason, receipt.rank) == ("FULL", "", 1)
    assert (receipt.asked, receipt.controlled) == (order.asked, order.asked)
    assert receipt.prior == ()
    assert receipt.number.split("-")[0] == order.asset.record.split("-")[0]
    assert receipt.handler and receipt.at
    assert receipt.starts_on is not None and receipt.ends_on is not None
    assert last_day(date.fromisoformat(receipt.starts_on), 12).isoformat() == receipt.ends_on


@every_holder
def test_the_courts_own_hold_is_shown_whole(district: District, stem: str) -> None:
    order = order_on(district, stem)
    receipt = ORDER[stem](district[stem], order)

    record = held(district, stem, order)

    [hold] = record[HOLDS[stem]]
    amount = {"vehicles": f"{order.asked:.2f}", "housing_fund": f"{order.asked:.2f}"}
    assert [hold[word] for word in WORDS[stem].split()] == [
        COURT,
        order.case,
        "1" if stem == "vehicles" else 1,
        amount.get(stem, int(order.asked)),
        receipt.starts_on,
        receipt.ends_on,
        "ACTIVE",
    ]


@every_holder
def test_a_repeat_has_the_first_receipt_and_changes_nothing(district: District, stem: str) -> None:
    order = order_on(district, stem)
    first = ORDER[stem](district[stem], order)
    before = held(district, stem, order)

    again = ORDER[stem](district[stem], order)

    assert again == first
    assert held(district, stem, order) == before


@every_holder
def test_a_key_with_another_document_is_refused_and_changes_nothing(
    district: District, stem: str
) -> None:
    order = order_on(district, stem)
    first = ORDER[stem](district[stem], replace(order, asked=Decimal(1)))
    before = held(district, stem, order)

    with pytest.raises(Refused, match="KEY_REUSED"):
        ORDER[stem](district[stem], replace(order, document_hash="b" * 64))

    assert held(district, stem, order) == before
    assert ORDER[stem](district[stem], order) == first


@every_holder
def test_prior_holds_are_counted_and_named(district: District, stem: str) -> None:
    order = order_on(district, stem)
    first = ORDER[stem](district[stem], replace(order, asked=Decimal(4)))

    second = ORDER[stem](district[stem], replace(order, key=f"{order.key}2", case="案二"))
    third = ORDER[stem](district[stem], replace(order, key=f"{order.key}3", case="案三"))

    whole = stem == "vehicles"
    assert second.controlled == (0 if whole else order.asked - 4)
    assert second.result == ("WAITING" if whole else "PART")
    assert second.prior == ((COURT, Decimal(4), first.ends_on),)
    assert (third.result, third.rank) == ("WAITING", 3)
    assert third.controlled == 0
    assert (third.starts_on, third.ends_on) == (None, None)
    assert third.reason == "PRIOR_HOLD_COVERS_ALL"
    assert [authority for authority, _, _ in third.prior] == [COURT, COURT]


@every_holder
@pytest.mark.parametrize(
    ("asset", "action", "reason"),
    [
        pytest.param({"name": "他人"}, "", "NAME_ID_MISMATCH", id="another name"),
        pytest.param({"subject": NOBODY}, "", "NO_SUCH_SUBJECT", id="nobody"),
        pytest.param({"record": "XX-99999999"}, "", "NO_ASSET", id="no such record"),
        pytest.param({}, "SELL", "OUT_OF_COMPETENCE", id="not its business"),
    ],
)
def test_where_nothing_is_held_the_receipt_says_why(
    district: District, stem: str, asset: Mapping[str, str], action: str, reason: str
) -> None:
    order = order_on(district, stem)
    before = held(district, stem, order)
    wrong = replace(order, asset=replace(order.asset, **asset), action=action)  # type: ignore[arg-type]

    receipt = ORDER[stem](district[stem], wrong)

    assert (receipt.result, receipt.reason) == ("NOTHING", reason)
    assert receipt.controlled == 0
    assert (receipt.rank, receipt.starts_on, receipt.ends_on) == (None, None, None)
    assert held(district, stem, order) == before


@every_holder
def test_anothers_record_is_no_asset_of_the_subject(district: District, stem: str) -> None:
    mine, other = district.free(stem), district.free(stem)
    while other.subject == mine.subject:
        other = district.free(stem)

    receipt = ORDER[stem](
        district[stem], Order(asset=replace(mine, record=other.record), asked=Decimal(1))
    )

    assert (receipt.result, receipt.reason) == ("NOTHING", "NO_ASSET")


@every_holder
def test_an_order_is_one_line_of_the_log_with_its_key(district: District, stem: str) -> None:
    order = order_on(district, stem)
    before = len(district[stem].lines())

    ORDER[stem](district[stem], order)

    [line] = district[stem].lines()[before:]
    assert (line["kind"], line["idempotencyKey"]) == ("control", order.key)
    assert (line["subjects"], line["fields"]) == ([order.asset.subject], [])
    assert line["authority"] == {
        "case": order.case,
        "officer": OFFICERS[0],
        "organisation": COURT,
        "purpose": "CONTROL",
    }
    assert line["answerBytes"] > 100


@every_holder
def test_an_order_whose_answer_was_lost_was_applied_once(district: District, stem: str) -> None:
    order = order_on(district, stem)
    district[stem].fall_ill("drop_after_apply")

    if stem != "housing_fund":  # the exchange keeps the order: the centre itself comes back to it
        with pytest.raises(httpx.ReadTimeout):
            ORDER[stem](district[stem], order, timeout=0.2)
    receipt = ORDER[stem](district[stem], order)

    assert (receipt.result, receipt.rank, len(receipt.prior)) == ("FULL", 1, 0)
    keys = [line["idempotencyKey"] for line in district[stem].lines()]
    assert keys.count(order.key) == 2
    district[stem].recover()
    assert ORDER[stem](district[stem], order) == receipt
