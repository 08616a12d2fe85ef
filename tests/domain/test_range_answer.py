"""What an answer shows to whom it must not: as many rows as always, and nothing to tell them by."""

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.list_index import Listed
from domain.range_answer import LEAST_ROWS, ListRanges, NoSuchRange, range_bits
from domain.range_form import MARK, ROW, KeyPeriod, RangeAnswer, number_digest, range_of
from tests.domain.people import MAN, organizations, residents
from tests.domain.ranges import KEYS, PERIOD, UNIT, listed

EVERY_ROLE: Final = [listed(1, role, MAN, "陈一") for role in range(7)]
people = st.lists(
    st.builds(
        listed, st.integers(1, 500), st.integers(0, 6), residents | organizations, st.just("甲")
    ),
    max_size=60,
)


def rows_of(answer: RangeAnswer) -> list[bytes]:
    return [answer.rows[start : start + ROW] for start in range(0, len(answer.rows), ROW)]


@given(people, st.integers(0, 4), st.integers(1, 20))
@settings(deadline=None)
def test_an_answer_has_a_multiple_of_rows_in_one_order(
    everybody: Sequence[Listed], bits: int, least: int
) -> None:
    """A multiple above what there is, so that no answer is without a decoy."""
    ranges = ListRanges(PERIOD, everybody, 7, bits=bits, least_rows=least)
    for asks in range(1 << bits):
        there = sum(
            range_of(number_digest(KEYS.range_key, one.number), bits) == asks for one in everybody
        )
        answer = ranges.answer(UNIT, asks)
        rows = rows_of(answer)

        assert len(rows) == (there // least + 1) * least
        assert all(len(row) == ROW for row in rows)
        assert rows == sorted(set(rows))


def test_a_thousand_rows_where_nobody_is_listed() -> None:
    assert len(rows_of(ListRanges(PERIOD).answer(UNIT, 0))) == LEAST_ROWS == 1_000


@pytest.mark.parametrize(
    "people",
    [
        pytest.param(0, id="decoys alone"),
        pytest.param(1999, id="all but one a listed person, of one name, entry after entry"),
    ],
)
def test_rows_are_noise_in_every_bit(people: int) -> None:
    """Each bit behind those that the order fixes is set in half of the rows, within five sigma."""
    everybody = [listed(place, 0, MAN, "陈一") for place in range(1, people + 1)]
    rows = rows_of(ListRanges(PERIOD, everybody, 7, least_rows=2000).answer(UNIT, 0))

    for bit in range(16, 256):
        share = sum(int.from_bytes(row) >> (255 - bit) & 1 for row in rows)
        assert abs(share - 1000) < 5 * 500**0.5


def test_answers_cannot_be_laid_side_by_side() -> None:
    """Whatever differs, the change of the list, range, bits or department, every row looks new."""
    ranges = ListRanges(PERIOD, EVERY_ROLE, 7, bits=1, least_rows=20)
    answers = [ranges.answer(UNIT, 0), ranges.answer(UNIT, 1), ranges.answer("tax-service", 0)]
    ranges.apply(8, 2, [])
    answers += [ranges.answer(UNIT, 0), ranges.answer(UNIT, 1)]
    ranges.apply(9, 2, [])
    answers += [ranges.answer(UNIT, 0)]
    answers += [ListRanges(PERIOD, EVERY_ROLE, 7, least_rows=20).answer(UNIT, 0)]

    rows = [row for answer in answers for row in rows_of(answer)]
    assert len({row[:MARK] for row in rows}) == len({row[MARK:] for row in rows}) == len(rows)


def test_the_same_question_has_the_same_answer_until_the_list_changes() -> None:
    """Otherwise what stays would be real."""
    ranges = ListRanges(PERIOD, EVERY_ROLE, 7)

    assert ranges.answer(UNIT, 0) == ranges.answer(UNIT, 0)


def test_somebody_listed_many_times_is_not_seen_to_be() -> None:
    rows = rows_of(ListRanges(PERIOD, EVERY_ROLE, 7, least_rows=8).answer(UNIT, 0))

    assert len({row[:MARK] for row in rows}) == 8


@pytest.mark.parametrize(
    ("people", "bits"),
    [
        pytest.param(0, 0, id="nobody"),
        pytest.param(750, 0, id="a small list is one range: asking says nothing"),
        pytest.param(751, 1, id="one more"),
        pytest.param(1_000_000, 11, id="a million"),
    ],
)
def test_a_question_says_as_few_bits_as_will_do(people: int, bits: int) -> None:
    assert range_bits(people) == bits


@pytest.mark.parametrize("asks", [pytest.param(-1, id="below"), pytest.param(4, id="above")])
def test_a_range_that_does_not_exist_is_refused(asks: int) -> None:
    with pytest.raises(NoSuchRange, match="0 to 3"):
        ListRanges(PERIOD, bits=2).answer(UNIT, asks)


def test_ranges_that_changed_much_want_to_be_built_anew() -> None:
    ranges = ListRanges(PERIOD)
    for sequence in range(1, 20_001):
        ranges.apply(sequence, sequence, [])
    assert not ranges.has_grown

    ranges.apply(20_001, 20_001, [])

    assert ranges.has_grown


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"bits": -1}, id="fewer bits than none"),
        pytest.param({"bits": 21}, id="a range for hardly anybody"),
        pytest.param({"least_rows": 0}, id="no rows"),
    ],
)
def test_ranges_of_impossible_sizes_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="has"):
        ListRanges(PERIOD, **options)  # type: ignore[arg-type]


def test_a_secret_is_long_and_is_not_printed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyPeriod("2026-11", b"short")
    assert repr(PERIOD) == "KeyPeriod(name='2026-11')"
    assert repr(KEYS) == "RangeKeys(period='2026-11')"


def test_no_name_of_a_department_gives_the_keys_of_another_period() -> None:
    with pytest.raises(ValueError, match="line end"):
        PERIOD.keys_of("market-regulation\n2026-12")
