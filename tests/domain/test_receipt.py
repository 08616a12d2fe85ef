"""What a receipt says, and which receipts cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order import OrderEvent, OrderState, next_state
from domain.receipt import ImpossibleReceipt, outcome


@pytest.mark.parametrize(
    ("controlled", "result", "state"),
    [
        pytest.param(100, "FULL", OrderState.EXECUTED, id="all of it"),
        pytest.param(1, "PART", OrderState.PARTIALLY_EXECUTED, id="the least part"),
        pytest.param(99, "PART", OrderState.PARTIALLY_EXECUTED, id="the largest part"),
        pytest.param(0, "WAITING", OrderState.WAITING, id="earlier holds"),
        pytest.param(0, "NOTHING", OrderState.NO_ASSET, id="no asset"),
        pytest.param(0, "REFUSED", OrderState.REFUSED, id="refused"),
    ],
)
def test_a_receipt_moves_the_order(controlled: int, result: str, state: OrderState) -> None:
    event = outcome(asked=100, controlled=controlled, result=result)

    assert next_state(OrderState.ACKNOWLEDGED, event) is state


@pytest.mark.parametrize(
    ("asked", "controlled", "result"),
    [
        pytest.param(100, 101, "FULL", id="more than asked"),
        pytest.param(100, -1, "PART", id="less than nothing"),
        pytest.param(0, 0, "FULL", id="nothing asked"),
        pytest.param(-5, -5, "FULL", id="negative"),
        pytest.param(100, 99, "FULL", id="full but less"),
        pytest.param(100, 0, "PART", id="part but nothing"),
        pytest.param(100, 100, "PART", id="part but all"),
        pytest.param(100, 1, "WAITING", id="waiting but held"),
        pytest.param(100, 1, "NOTHING", id="nothing but held"),
        pytest.param(100, 1, "REFUSED", id="refused but held"),
        pytest.param(100, 0, "DONE", id="an unknown result"),
    ],
)
def test_an_impossible_receipt_is_refused(asked: int, controlled: int, result: str) -> None:
    with pytest.raises(ImpossibleReceipt):
        outcome(asked=asked, controlled=controlled, result=result)


@pytest.mark.parametrize(
    ("action", "controlled", "result"),
    [
        pytest.param("LIFT", 40, "PART", id="a lift in part is another lift"),
        pytest.param("LIFT", 0, "WAITING", id="a lift waits for nobody"),
        pytest.param("DEDUCT", 0, "WAITING", id="no money waits to be deducted"),
    ],
)
def test_an_order_about_a_hold_comes_only_to_what_it_can(
    action: str, controlled: int, result: str
) -> None:
    assert outcome(asked=100, controlled=controlled, result=result, action="RENEW")

    with pytest.raises(ImpossibleReceipt):
        outcome(asked=100, controlled=controlled, result=result, action=action)


@given(
    asked=st.integers(-10, 10),
    controlled=st.integers(-10, 12),
    result=st.sampled_from(["FULL", "PART", "WAITING", "NOTHING", "REFUSED", ""]),
)
def test_whatever_is_accepted_lies_between_nothing_and_what_was_asked(
    asked: int, controlled: int, result: str
) -> None:
    try:
        event = outcome(asked=asked, controlled=controlled, result=result)
    except ImpossibleReceipt:
        return
    assert 0 <= controlled <= asked
    assert (event is OrderEvent.REPORT_FULL) == (controlled == asked)
    assert (event is OrderEvent.REPORT_PART) == (0 < controlled < asked)
