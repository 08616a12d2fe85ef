"""Tax refunds in a control plan: reached at the account they are paid into, from the plan to the bank."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation import installed
from tests.running import ask
from tests.test_money_orders import every, moved

PLAN = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { controlPlan {
  lines { debtor { idNumber } decision reason asset { kind id controllableAmount { fen } permittedControls } } } } }
"""
Line = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with installed(tmp_path_factory.mktemp("refunds"), CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


def line_of(demo: dict[str, Any], number: str, record: str) -> Line:
    answer = ask(demo, "court-executor", PLAN, n=number).json()
    assert "errors" not in answer, answer
    lines = answer["data"]["case"]["controlPlan"]["lines"]
    [found] = [one for one in lines if one["asset"]["id"] == record]
    return dict(found)


@pytest.mark.parametrize("status", ["PAID", "REJECTED"])
def test_a_refund_that_is_over_is_left_alone(demo: dict[str, Any], status: str) -> None:
    """What was paid is in the account: to count the refund too would count it twice."""
    case, _, refund = next(
        one for one in every(demo, "vatRefunds") if one[2]["refundStatus"] == "DECLARED"
    )
    before = line_of(demo, case["number"], refund["sourceRecordId"])

    moved(demo, refund["sourceRecordId"], status)
    after = line_of(demo, case["number"], refund["sourceRecordId"])

    assert (before["decision"], before["reason"]) == ("WATCH", "AN_EXPECTATION")
    assert (after["decision"], after["reason"]) == ("LEAVE", "OVER")
    assert after["asset"]["controllableAmount"] == {"fen": "0"}
    assert after["asset"]["permittedControls"] == []
