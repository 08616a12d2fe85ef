"""What stays with the debtor stays, whatever is held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import catalogue
from domain.catalogue import Exemption
from domain.exemption import (
    InvalidFloor,
    available_after_floor,
    exemption_of,
    floor_fen,
    has_floor,
    largest_hold,
)
from domain.money import Fen

LIVING, SPECIAL_PURPOSE, RESERVE = catalogue.asset_kind("bankDeposit").exemptions
DWELLING, *_ = catalogue.asset_kind("realEstate").exemptions


def test_a_floor_is_standard_times_persons_times_months() -> None:
    assert floor_fen(Fen(1_080_00), persons=3, months=6) == 19_440_00
    assert floor_fen(Fen(1_080_00), persons=1, months=0) == 0


@pytest.mark.parametrize(
    ("monthly", "persons", "months"),
    [
        pytest.param(-1, 1, 1, id="a negative standard"),
        pytest.param(1, 0, 1, id="nobody"),
        pytest.param(1, 1, -1, id="negative months"),
    ],
)
def test_a_floor_that_cannot_be_is_refused(monthly: int, persons: int, months: int) -> None:
    with pytest.raises(InvalidFloor) as refused:
        floor_fen(Fen(monthly), persons=persons, months=months)

    assert refused.value.code == "INVALID_FLOOR"


@pytest.mark.parametrize(
    ("balance", "floor", "held", "elsewhere", "available"),
    [
        pytest.param(100, 30, 0, 0, 70, id="5.5 the rest"),
        pytest.param(100, 30, 50, 0, 20, id="5.5 after earlier holds"),
        pytest.param(100, 30, 80, 0, 0, id="5.5 already below"),
        pytest.param(20, 30, 0, 0, 0, id="5.5 less than the floor"),
        pytest.param(100, 0, 0, 0, 100, id="no floor"),
        pytest.param(100, 30, 0, 10, 80, id="a part kept in another account"),
        pytest.param(100, 30, 0, 99, 100, id="all of it kept in another account"),
    ],
)
def test_a_hold_stops_at_the_floor(
    balance: int, floor: int, held: int, elsewhere: int, available: int
) -> None:
    found = available_after_floor(Fen(balance), Fen(floor), held=held, kept_elsewhere=elsewhere)

    assert found == available


@pytest.mark.parametrize(
    ("kind", "found", "effect"),
    [
        pytest.param("bankDeposit", [], None, id="nothing found"),
        pytest.param("bankDeposit", [LIVING], Exemption.FLOOR, id="living costs"),
        pytest.param("bankDeposit", [LIVING, RESERVE], Exemption.ABSOLUTE, id="the strictest"),
        pytest.param("bankDeposit", [SPECIAL_PURPOSE], Exemption.ABSOLUTE, id="special purpose"),
        pytest.param("realEstate", [DWELLING], Exemption.DISPOSAL_ONLY, id="a dwelling"),
        pytest.param("vehicle", ["奖章"], Exemption.ABSOLUTE, id="words nobody wrote down"),
    ],
)
def test_the_strictest_exemption_decides(
    kind: str, found: list[str], effect: Exemption | None
) -> None:
    assert exemption_of(kind, found) is effect


def test_what_a_person_lives_on_has_a_floor() -> None:
    kinds = {kind for kind in catalogue.asset_kinds() if has_floor(kind)}

    assert kinds == {"housingFund", "bankDeposit", "employmentIncome"}


money = st.integers(0, 2**40).map(Fen)


@given(
    balance=money,
    floor=money,
    asked=st.lists(money, max_size=6),
    found=st.sets(st.sampled_from([LIVING, SPECIAL_PURPOSE, RESERVE, "奖章"])),
)
def test_whatever_is_asked_exempt_money_stays_free(
    balance: Fen, floor: Fen, asked: list[Fen], found: set[str]
) -> None:
    """I-12: holds one after the other, each as large as it may be."""
    held = 0
    for amount in asked:
        held += min(
            amount, largest_hold("bankDeposit", found, balance=balance, floor=floor, held=held)
        )

    assert balance - held >= min(balance, floor)
    assert held == 0 or not found - {LIVING}
