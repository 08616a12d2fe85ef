"""What an order counts for the claim: its limit, or what shares and things are worth."""

import pytest

from domain.control_plan import lines_are_within
from domain.cover import CoverPolicy
from domain.guard_refused import GuardRefused
from domain.money import Fen
from domain.order_worth import counted_fen, value_of_shares

HALF_LOST = CoverPolicy(haircuts={"securities": 50})


@pytest.mark.parametrize(
    ("amount", "quantity", "value", "kept", "part", "fen"),
    [
        pytest.param(600, None, None, False, 600, 600, id="money"),
        pytest.param(600, None, None, False, 200, 200, id="a part of it"),
        pytest.param(600, None, 900, False, 600, 900, id="a thing by its value"),
        pytest.param(600, None, 400, False, 600, 400, id="a thing worth less than its limit"),
        pytest.param(600, None, 900, True, 600, 600, id="a thing held for a reason"),
        pytest.param(None, 300, None, False, 300, 0, id="shares of no known value"),
        pytest.param(None, 300, 900, False, 300, 900, id="shares"),
        pytest.param(None, 300, 900, False, 100, 300, id="a third of them"),
        pytest.param(None, 300, 1_000, False, 1, 3, id="rounded down"),
        pytest.param(None, None, None, False, 0, 0, id="a query"),
    ],
)
def test_an_order_counts_for_what_is_held_of_it(  # noqa: PLR0913, PLR0917 -- a row
    amount: int | None, quantity: int | None, value: int | None, kept: bool, part: int, fen: int
) -> None:
    counted = counted_fen(
        part=part,
        amount=None if amount is None else Fen(amount),
        quantity=quantity,
        value=None if value is None else Fen(value),
        kept=kept,
    )

    assert counted == fen


@pytest.mark.parametrize(
    ("asked", "of", "market", "value"),
    [
        pytest.param(100, 1_000, 5_000_00, 250_00, id="a tenth, less the haircut"),
        pytest.param(2_000, 1_000, 5_000_00, 2_500_00, id="never more than the lot"),
        pytest.param(100, None, 5_000_00, None, id="a lot of unknown size"),
        pytest.param(100, 0, 0, None, id="an empty lot"),
        pytest.param(100, 1_000, None, None, id="an unknown price"),
    ],
)
def test_shares_are_worth_their_part_of_the_lot(
    asked: int, of: int | None, market: int | None, value: int | None
) -> None:
    market_value = None if market is None else Fen(market)

    assert value_of_shares(asked, of=of, market_value=market_value, policy=HALF_LOST) == value


def test_lines_may_exceed_what_is_left_by_what_is_no_money_alone() -> None:
    lines_are_within(100, [30], things=[90], tolerance=20)

    for amounts, things in (([101], []), ([30], [91]), ([101], [1])):
        with pytest.raises(GuardRefused, match="G6"):
            lines_are_within(100, amounts, things=things, tolerance=20)
