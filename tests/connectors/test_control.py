"""Receipts and orders: what cannot be, cannot be made."""

from datetime import UTC, date, datetime
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.control import Receipt, Result
from connectors.errors import DepartmentContractBroken
from connectors.receipts import fen, receipt_of, shares
from domain.money import Fen
from tests.connectors.people import ANNA, NOW, an_order

AMOUNTS = st.integers(min_value=-5, max_value=20)
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4))


@given(
    asked=AMOUNTS,
    controlled=AMOUNTS,
    result=st.sampled_from(get_args(Result)),
    start=DAYS,
    end=DAYS,
)
def test_a_receipt_that_exists_never_holds_more_than_was_asked(
    asked: int, controlled: int, result: Result, start: date | None, end: date | None
) -> None:
    try:
        receipt = Receipt(
            receipt_number="R",
            result=result,
            asked=asked,
            controlled=controlled,
            starts_on=start,
            ends_on=end,
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )
    except ValueError:
        return

    assert 0 <= receipt.controlled <= receipt.asked
    assert (receipt.result in {"FULL", "PART"}) == (receipt.starts_on is not None)


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["asked", "result", "at"]), x),
    ).map(msgspec.json.encode)
)
def test_garbage_is_never_a_receipt(body: bytes) -> None:
    for unit in (fen, shares):
        with pytest.raises(DepartmentContractBroken):
            receipt_of("somewhere", body, unit)


def test_the_error_about_a_receipt_quotes_nothing_of_it() -> None:
    body = msgspec.json.encode(
        {"receiptNumber": ANNA, "result": ANNA, "asked": "1.00", "controlled": "1.00", "at": NOW}
    )

    with pytest.raises(DepartmentContractBroken) as caught:
        receipt_of("somewhere", body, fen)

    assert ANNA not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_order_has_exactly_one_positive_limit_and_shows_nobody() -> None:
    with pytest.raises(ValueError, match="one positive limit"):
        an_order()
    with pytest.raises(ValueError, match="one positive limit"):
        an_order(amount_fen=Fen(1), quantity=1)
    with pytest.raises(ValueError, match="one positive limit"):
        an_order(quantity=0)

    shown = repr(an_order(quantity=1))

    assert ANNA not in shown
    assert "甲" not in shown
    assert an_order(quantity=1).authority.purpose == "CONTROL"
