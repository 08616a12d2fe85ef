"""What a look at an asset tells the guards."""

import pytest

from domain.asset_look import UNREADABLE, AssetLook, look_at_mark, reaches_pledged


@pytest.mark.parametrize(
    ("asked", "free", "pledged", "reaches"),
    [
        pytest.param(900, 900, 100, False, id="the free shares alone"),
        pytest.param(901, 900, 100, True, id="one share more"),
        pytest.param(901, 900, 0, False, id="beyond what is free, for another hold's sake"),
        pytest.param(1, None, 100, True, id="nobody knows what is free"),
        pytest.param(1, 900, None, None, id="nobody knows what is pledged"),
    ],
)
def test_an_order_reaches_pledged_shares_where_the_free_ones_end(
    asked: int, free: int | None, pledged: int | None, reaches: bool | None
) -> None:
    assert reaches_pledged(asked, free=free, pledged=pledged) is reaches


@pytest.mark.parametrize(
    ("kind", "mark", "seen"),
    [
        pytest.param("bankDeposit", None, AssetLook(), id="no mark"),
        pytest.param(
            "bankDeposit",
            "RELIEF",
            AssetLook(exemptions=("special-purpose funds protected by law",)),
            id="protected by law",
        ),
        pytest.param("bankDeposit", "PENSION", AssetLook(doubtful=("PENSION",)), id="some of it"),
        pytest.param(
            "securitiesSettlementFunds",
            UNREADABLE,
            AssetLook(doubtful=(UNREADABLE,)),
            id="a mark that nobody can read",
        ),
    ],
)
def test_a_mark_exempts_or_makes_doubtful(kind: str, mark: str | None, seen: AssetLook) -> None:
    assert look_at_mark(kind, mark) == seen
