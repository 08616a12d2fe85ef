"""What holds cover, what is held too much, and what to release."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import catalogue
from domain.calendar import working_calendar
from domain.cover import (
    CASH,
    Cover,
    CoveringHold,
    CoverPolicy,
    InvalidCover,
    cover,
    held_things,
    worth,
)
from domain.deadline import Due
from domain.excess import Release, Releases, excess_due, releases
from domain.money import Fen

POLICY = CoverPolicy()
CLAIM = Fen(100_00)


def hold(name: str, kind: str, yuan: int, **more: object) -> CoveringHold:
    return replace(
        CoveringHold(id=name, asset_kind=kind, record=name, waiting=False, value=Fen(yuan * 100)),
        **more,  # type: ignore[arg-type]  # rows of different fields
    )


DEPOSIT = hold("deposit", "bankDeposit", 100)
FUND = hold("fund", "housingFund", 30)
SHARES = hold("shares", "securities", 40)
CAR = hold("car", "vehicle", 20)
HOUSE = hold("house", "realEstate", 150)


def test_a_case_without_holds_is_not_covered() -> None:
    assert cover(CLAIM, [], POLICY) == Cover(
        claim=CLAIM, reserved=Fen(0), effective=Fen(0), waiting=Fen(0), tolerance=Fen(0)
    )


def test_cover_is_what_stands_and_what_is_on_its_way() -> None:
    found = cover(CLAIM, [DEPOSIT, CAR, replace(SHARES, waiting=True)], POLICY, reserved=5_00)

    assert found == Cover(
        claim=CLAIM,
        reserved=Fen(5_00),
        effective=Fen(120_00),
        waiting=Fen(40_00),
        tolerance=Fen(20_00),
    )
    assert found.committed == 125_00
    assert found.excess == 0


@pytest.mark.parametrize(
    ("one", "policy", "fen"),
    [
        pytest.param(DEPOSIT, POLICY, 100_00, id="5.4 money as it is"),
        pytest.param(
            DEPOSIT,
            CoverPolicy(haircuts={"bankDeposit": 50}),
            100_00,
            id="5.4 money loses nothing",
        ),
        pytest.param(HOUSE, POLICY, 150_00, id="5.4 reference value"),
        pytest.param(HOUSE, CoverPolicy(haircuts={"realEstate": 30}), 105_00, id="5.4 haircut"),
        pytest.param(
            replace(HOUSE, prior_rights=Fen(100_00)),
            CoverPolicy(haircuts={"realEstate": 30}),
            5_00,
            id="5.4 haircut before prior rights",
        ),
        pytest.param(replace(HOUSE, prior_rights=Fen(200_00)), POLICY, 0, id="5.4 mortgaged away"),
        pytest.param(
            replace(CAR, value=Fen(99)),
            CoverPolicy(haircuts={"vehicle": 50}),
            49,
            id="5.4 rounded down",
        ),
    ],
)
def test_a_hold_covers_its_worth(one: CoveringHold, policy: CoverPolicy, fen: int) -> None:
    assert worth(one, policy) == fen


def test_a_vehicle_sealed_and_seized_counts_once() -> None:
    """8.3."""
    seized = replace(CAR, id="car seized")
    another = replace(CAR, id="another", record="another")

    assert cover(CLAIM, [CAR, seized], POLICY).effective == 20_00
    assert cover(CLAIM, [CAR, replace(seized, waiting=True)], POLICY).waiting == 0
    assert cover(CLAIM, [CAR, another], POLICY).effective == 40_00


def test_two_freezes_of_one_account_are_two_parts_of_it() -> None:
    more = replace(DEPOSIT, id="more", value=Fen(5_00))

    assert cover(CLAIM, [DEPOSIT, more], POLICY).effective == 105_00


@pytest.mark.parametrize(
    ("holds", "excess"),
    [
        pytest.param([DEPOSIT], 0, id="I-01 money to the fen"),
        pytest.param([replace(DEPOSIT, value=Fen(100_01))], 1, id="I-01 money has no tolerance"),
        pytest.param([DEPOSIT, CAR], 0, id="5.4 a fifth more of a thing"),
        pytest.param([DEPOSIT, replace(CAR, value=Fen(20_01))], 1, id="5.4 a fen beyond the fifth"),
        pytest.param(
            [replace(DEPOSIT, value=Fen(110_00)), replace(CAR, value=Fen(1_00))],
            10_00,
            id="I-01 a little thing lends money no tolerance",
        ),
        pytest.param([HOUSE], 30_00, id="5.4 a house alone"),
    ],
)
def test_money_is_exact_and_things_may_exceed_a_little(
    holds: list[CoveringHold], excess: int
) -> None:
    assert cover(CLAIM, holds, POLICY).excess == excess


@pytest.mark.parametrize(
    ("holds", "of", "left", "unexplained"),
    [
        pytest.param([DEPOSIT, CAR], [], 0, (), id="5.4 within the tolerance"),
        pytest.param(
            [replace(DEPOSIT, value=Fen(103_00))],
            [("deposit", 3_00, False)],
            0,
            (),
            id="art. 19 money in part",
        ),
        pytest.param(
            [HOUSE, DEPOSIT], [("house", 150_00, True)], 0, (), id="5.6 the house before money"
        ),
        pytest.param(
            [DEPOSIT, SHARES],
            [("shares", 20_00, False)],
            0,
            (),
            id="5.6 shares in part, down to the tolerance",
        ),
        pytest.param(
            [DEPOSIT, FUND, SHARES],
            # The fund ranks behind the shares; what is left is within the tolerance of things.
            [("fund", 30_00, True), ("shares", 20_00, False)],
            0,
            (),
            id="5.6 the housing fund before shares",
        ),
        pytest.param(
            [replace(DEPOSIT, value=Fen(60_00)), HOUSE],
            [("deposit", 60_00, True)],
            30_00,
            ("house",),
            id="art. 19 nothing else suffices: a reason is needed",
        ),
        pytest.param(
            [replace(HOUSE, kept_because="别无其他财产")],
            [],
            30_00,
            (),
            id="art. 19 kept for a reason",
        ),
        pytest.param(
            [replace(HOUSE, kept_because="  ")], [], 30_00, ("house",), id="a blank is no reason"
        ),
        pytest.param(
            [replace(HOUSE, kept_because="已评估，首先处置"), DEPOSIT],
            [("deposit", 100_00, True)],
            30_00,
            (),
            id="the kept house makes the deposit superfluous",
        ),
        pytest.param(
            [DEPOSIT, replace(HOUSE, waiting=True)], [], 0, (), id="I-04 waiting is no excess"
        ),
        pytest.param(
            [replace(DEPOSIT, value=Fen(60_00)), replace(DEPOSIT, id="later", value=Fen(60_00))],
            [("later", 20_00, False)],
            0,
            (),
            id="5.6 the latest of a kind first",
        ),
    ],
)
def test_the_excess_goes_in_reverse_order_of_preference(
    holds: list[CoveringHold],
    of: list[tuple[str, int, bool]],
    left: int,
    unexplained: tuple[str, ...],
) -> None:
    assert releases(CLAIM, holds, POLICY) == Releases(
        of=tuple(Release(hold_ids=(one,), fen=Fen(fen), whole=whole) for one, fen, whole in of),
        left=Fen(left),
        needing_a_reason=unexplained,
    )


def test_a_thing_goes_with_all_holds_on_it() -> None:
    seized = replace(CAR, id="car seized", value=Fen(90_00))
    sealed = replace(CAR, value=Fen(90_00))

    (release,) = releases(CLAIM, [DEPOSIT, sealed, seized], POLICY).of

    assert release == Release(hold_ids=("car", "car seized"), fen=Fen(90_00), whole=True)


@pytest.mark.parametrize(
    ("effective_on", "due"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 9), id="DL-23 seven days"),
        pytest.param(date(2026, 9, 28), date(2026, 10, 8), id="DL-23 after the holidays"),
    ],
)
def test_the_excess_is_lifted_within_seven_days(effective_on: date, due: date) -> None:
    assert excess_due(effective_on, working_calendar()) == Due(due, provisional=False)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_that_cannot_be_is_refused(percent: int) -> None:
    with pytest.raises(InvalidCover):
        CoverPolicy(tolerance_percent=percent)
    with pytest.raises(InvalidCover):
        CoverPolicy(haircuts={"vehicle": percent})


def test_negative_amounts_are_refused() -> None:
    for wrong in (
        lambda: hold("x", "vehicle", -1),
        lambda: replace(CAR, prior_rights=Fen(-1)),
        lambda: cover(Fen(-1), [], POLICY),
        lambda: cover(CLAIM, [], POLICY, reserved=-1),
    ):
        with pytest.raises(InvalidCover):
            wrong()


amounts = st.one_of(st.integers(0, 500), st.integers(0, 2**40)).map(Fen)
policies = st.builds(
    CoverPolicy,
    tolerance_percent=st.integers(0, 100),
    haircuts=st.dictionaries(st.sampled_from(sorted(catalogue.asset_kinds())), st.integers(0, 100)),
)
covering = st.builds(
    CoveringHold,
    id=st.just(""),
    asset_kind=st.sampled_from(sorted(catalogue.asset_kinds())),
    record=st.sampled_from("ABC"),
    waiting=st.booleans(),
    value=amounts,
    prior_rights=amounts,
    kept_because=st.sampled_from([None, "", "不可分"]),
)
several = st.lists(covering, max_size=8).map(
    lambda holds: [replace(one, id=f"h{n}") for n, one in enumerate(holds)]
)


@given(claim=amounts, holds=several, policy=policies)
def test_waiting_holds_count_nothing(
    claim: Fen, holds: list[CoveringHold], policy: CoverPolicy
) -> None:
    """I-04."""
    standing = [one for one in holds if not one.waiting]
    with_them, without = cover(claim, holds, policy), cover(claim, standing, policy)

    assert replace(with_them, waiting=Fen(0)) == without
    assert with_them.waiting >= 0
    assert releases(claim, holds, policy) == releases(claim, standing, policy)


@given(claim=amounts, holds=several, policy=policies)
def test_money_is_held_to_the_fen(
    claim: Fen, holds: list[CoveringHold], policy: CoverPolicy
) -> None:
    """I-01: where nothing is held too much, money does not exceed the claim."""
    money = sum(one.value for one in holds if one.asset_kind in CASH and not one.waiting)

    assert cover(claim, holds, policy).excess or money <= claim


@given(claim=amounts, holds=several, policy=policies)
def test_what_is_released_leaves_the_claim_covered_and_no_more(
    claim: Fen, holds: list[CoveringHold], policy: CoverPolicy
) -> None:
    before = cover(claim, holds, policy)
    found = releases(claim, holds, policy)
    given_up = sum(one.fen for one in found.of)
    standing = held_things([one for one in holds if not one.waiting], policy)
    gone = {name for one in found.of if one.whole for name in one.hold_ids}
    kept = [one for thing in standing for one in thing.holds if one.id not in gone]

    assert bool(found.of) <= bool(before.excess)
    assert before.effective - given_up >= min(claim, before.effective)
    assert all(one.fen > 0 for one in found.of)
    if found.left:
        assert any(not catalogue.asset_kind(one.asset_kind).divisible for one in kept)
    else:
        most = claim + claim * policy.tolerance_percent // 100
        assert before.effective - given_up <= most
        assert not found.needing_a_reason


@given(claim=amounts, holds=several, policy=policies)
def test_cover_is_whole_fen(claim: Fen, holds: list[CoveringHold], policy: CoverPolicy) -> None:
    """I-06."""
    found = cover(claim, holds, policy)
    more = releases(claim, holds, policy)

    assert {type(found.committed), type(found.excess), type(found.waiting)} == {int}
    assert {type(fen) for fen in (more.left, *(one.fen for one in more.of))} == {int}
