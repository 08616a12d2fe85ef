"""A claim on a day: the register's sum or its parts, and no deduction counted twice or not at all."""

from datetime import UTC, date, datetime

import pytest

from domain.money import Fen
from domain.registered_claim import ClaimParts, Deduction, RegisteredClaim, claim_today

FILED = date(2026, 6, 1)
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
PARTS = ClaimParts(
    principal=Fen(1_000_000_00),
    agreed_interest=Fen(50_000_00),
    costs=Fen(8_000_00),
    enforcement_fee=Fen(2_000_00),
    perform_by=date(2026, 5, 7),
)


def registered(**changes: object) -> RegisteredClaim:
    values: dict[str, object] = {"total": Fen(1_060_000_00), "recovered": Fen(0), **changes}
    return RegisteredClaim(**values)  # type: ignore[arg-type]


def deducted(fen: int, at: datetime = NOON) -> Deduction:
    return Deduction(fen=Fen(fen), received_at=at)


def test_where_the_register_has_only_a_sum_that_sum_counts() -> None:
    today = claim_today(registered(recovered=Fen(60_000_00)), TODAY, filed_on=FILED)

    assert today.left is None
    assert (today.accrued, today.recovered, today.total) == (1_060_000_00, 60_000_00, 1_000_000_00)


def test_the_doubled_part_grows_with_every_day_late() -> None:
    claim = registered(parts=PARTS)

    first, next_ = (claim_today(claim, day, filed_on=FILED) for day in (TODAY, date(2026, 11, 24)))

    assert first.left is not None
    assert first.left.doubled == 200 * 175_00  # 200 days late, 0.0175 % of a million yuan each
    assert first.total == 1_060_000_00 + 35_000_00
    assert next_.total - first.total == 175_00


def test_what_was_recovered_lowers_the_claim_and_is_still_told() -> None:
    claim = registered(parts=PARTS, deductions=(deducted(60_000_00), deducted(500_000_00)))

    today = claim_today(claim, TODAY, filed_on=FILED)

    late_before, late_after = 187, 13  # to 10 November, and from there
    doubled = late_before * 175_00 + late_after * 87_50
    assert today.recovered == 560_000_00
    assert today.total == 500_000_00 + doubled
    assert today.accrued == today.total + today.recovered


def test_what_the_register_recovered_counts_from_the_day_of_filing() -> None:
    claim = registered(parts=PARTS, recovered=Fen(1_060_000_00))

    today = claim_today(claim, TODAY, filed_on=FILED)

    assert today.total == 25 * 175_00  # late from 7 May to 1 June, and not a day longer


def test_too_much_recovered_leaves_less_than_nothing() -> None:
    claim = registered(parts=PARTS, recovered=Fen(2_000_000_00))

    today = claim_today(claim, TODAY, filed_on=FILED)

    assert today.total == 0
    assert today.remaining < 0


@pytest.mark.parametrize(
    ("as_of", "recovered"),
    [
        pytest.param(None, 130_00, id="the register does not say: it has none of ours"),
        pytest.param(datetime(2026, 11, 10, 3, 59, tzinfo=UTC), 130_00, id="up to a minute before"),
        pytest.param(NOON, 120_00, id="up to the instant of the first"),
        pytest.param(datetime(2026, 11, 12, tzinfo=UTC), 100_00, id="after both"),
    ],
)
def test_a_deduction_that_the_register_has_already_does_not_count_twice(
    as_of: datetime | None, recovered: int
) -> None:
    later = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
    claim = registered(
        recovered=Fen(100_00),
        recovered_as_of=as_of,
        deductions=(deducted(10_00), deducted(20_00, later)),
    )

    assert claim.all_recovered == recovered
    assert claim_today(claim, TODAY, filed_on=FILED).remaining == 1_060_000_00 - recovered
