"""Who a number is about, and how a wrong one is refused without being repeated."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from domain.check_characters import resident_check
from domain.identity import (
    SYNTHETIC_REGION,
    IdNumber,
    InvalidIdNumber,
    birth_date,
    is_organization,
    parse_id_number,
    sex_code,
    subject_id,
)
from tests.domain.people import (
    ENDS_IN_X,
    FIRM,
    FIRM_OF_DIGITS,
    MAN,
    WOMAN,
    births,
    organizations,
    resident,
    residents,
)

KEY = b"sixteen bytes at least"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param(MAN, MAN, id="as it is"),
        pytest.param(" 990203 19900101 0017\n", MAN, id="blanks"),
        pytest.param("９９０２０３１９９００１０１００１７", MAN, id="full width"),
        pytest.param("990203　199001010017", MAN, id="full-width blank"),
        pytest.param("99020319900101005x", ENDS_IN_X, id="lower-case x"),
        pytest.param("99020319900101005ｘ", ENDS_IN_X, id="full-width lower-case x"),
        pytest.param("990203900101001", MAN, id="15 digits"),
        pytest.param("91990203ma0000015e", FIRM, id="lower-case credit code"),
        pytest.param(FIRM_OF_DIGITS, FIRM_OF_DIGITS, id="credit code of digits alone"),
    ],
)
def test_a_number_is_read_however_it_was_typed(text: str, number: IdNumber) -> None:
    assert parse_id_number(text) == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "has 18 characters", id="nothing"),
        pytest.param("99020319900101001", "has 18 characters", id="17 characters"),
        pytest.param("9902031990010100177", "has 18 characters", id="19 characters"),
        pytest.param("990203-199001010017", "character at position 7", id="dash"),
        pytest.param("99020319900101001①", "character at position 18", id="circled digit"),
        pytest.param("9902031990010100١7", "character at position 17", id="Arabic digit"),
        pytest.param("9902031990010100ſ7", "character at position 17", id="long s, upper-case S"),
        pytest.param("990203199002300018", "birth date (positions 7 to 14)", id="30 February"),
        pytest.param(
            "990203190002290018", "birth date (positions 7 to 14)", id="1900 no leap year"
        ),
        pytest.param("990203179901010018", "birth date (positions 7 to 14)", id="18th century"),
        pytest.param("990203199001010018", "check digit (position 18)", id="check digit"),
        pytest.param("99020319900101001X", "check digit (position 18)", id="X for 7"),
        pytest.param("99020390013200x", "position 15 is not one", id="15 with a letter"),
        pytest.param("990203901301001", "birth date (positions 7 to 12)", id="15, month 13"),
        pytest.param("9199020IMA0000015E", "letter at position 8", id="I is no letter of USCC"),
        pytest.param("9199020AMA0000015E", "region (positions 3 to 8)", id="letter in the region"),
        pytest.param("91990203MA0000025E", "position 17", id="organization code"),
        pytest.param("91990203MA0000015F", "position 18", id="credit code"),
        pytest.param("919902031234567883", "position 18", id="credit code of digits alone"),
    ],
)
def test_a_wrong_number_is_refused_by_position_and_rule(text: str, message: str) -> None:
    with pytest.raises(InvalidIdNumber) as refused:
        parse_id_number(text)

    assert message in str(refused.value)


@given(text=st.one_of(st.text(max_size=20), st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True)))
def test_a_refusal_repeats_nothing_that_was_typed(text: str) -> None:
    refused = _refusal(text)
    assume(refused is not None)

    pieces = {text[at : at + 4] for at in range(len(text) - 3)} - {"1164", "1171", "3210"}
    assert not any(piece in str(refused) for piece in pieces if piece.isdigit())
    assert refused is not None
    assert (refused.__cause__, refused.__context__) == (None, None)


def _refusal(text: str) -> InvalidIdNumber | None:
    try:
        parse_id_number(text)
    except InvalidIdNumber as refused:
        return refused
    return None


def test_the_right_check_digit_is_never_told() -> None:
    messages = set()
    for wrong in "012345689X":
        with pytest.raises(InvalidIdNumber) as refused:
            parse_id_number(MAN[:17] + wrong)
        messages.add(str(refused.value))

    assert len(messages) == 1


@given(number=residents, at=st.integers(0, 17), by=st.integers(1, 9))
def test_a_resident_number_with_one_digit_changed_is_no_residents_number(
    number: IdNumber, at: int, by: int
) -> None:
    digit = "5" if number[at] == "X" else str((int(number[at]) + by) % 10)
    changed = number[:at] + digit + number[at + 1 :]
    assume(not uscc.is_valid(changed))  # by chance, one in 31

    with pytest.raises(InvalidIdNumber):
        parse_id_number(changed)


@given(number=residents, at=st.integers(0, 15))
def test_a_resident_number_with_two_neighbours_swapped_is_no_residents_number(
    number: IdNumber, at: int
) -> None:
    changed = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assume(changed != number)
    assume(not uscc.is_valid(changed))

    with pytest.raises(InvalidIdNumber):
        parse_id_number(changed)


@given(number=organizations, at=st.integers(8, 17), to=st.sampled_from("0123456789ABCXY"))
def test_a_credit_code_with_one_character_changed_is_refused(
    number: IdNumber, at: int, to: str
) -> None:
    assume(number[at] != to)

    with pytest.raises(InvalidIdNumber):
        parse_id_number(number[:at] + to + number[at + 1 :])


@given(number=residents)
def test_the_check_digit_is_that_of_the_library(number: IdNumber) -> None:
    assert number[17] == ric.calc_check_digit(number)
    assert parse_id_number(number) == number


@given(number=organizations)
def test_every_credit_code_we_accept_is_one_to_the_library(number: IdNumber) -> None:
    assert uscc.validate(parse_id_number(number)) == number
    assert is_organization(number)


def test_the_inner_check_that_the_library_skips_is_made() -> None:
    wrong_inside = "91990203MA000002"
    wrong_inside += next(
        inner + check
        for inner in "0123456789"
        for check in "0123456789ABCDEFGHJKLMNPQRTUWXY"
        if inner not in "3X" and uscc.is_valid(wrong_inside + inner + check)
    )

    assert uscc.is_valid(wrong_inside)
    with pytest.raises(InvalidIdNumber, match="position 17"):
        parse_id_number(wrong_inside)


@given(born=st.dates(date(1900, 1, 1), date(1999, 12, 31)), sequence=st.integers(1, 999))
def test_an_old_number_becomes_the_new_one_of_the_same_person(born: date, sequence: int) -> None:
    new = resident(born, sequence)
    old = f"{SYNTHETIC_REGION}{born:%y%m%d}{sequence:03d}"

    assert parse_id_number(old) == new
    assert old == new[:6] + new[8:17]


@given(born=births, sequence=st.integers(1, 999))
def test_birth_and_sex_stand_in_the_number(born: date, sequence: int) -> None:
    number = parse_id_number(resident(born, sequence))

    assert birth_date(number) == born
    assert sex_code(number) == ("1" if sequence % 2 else "2")


def test_a_man_is_odd_and_a_woman_is_even() -> None:
    assert (sex_code(MAN), sex_code(WOMAN)) == ("1", "2")


def test_an_organization_has_neither_birth_nor_sex() -> None:
    for ask in (birth_date, sex_code):
        with pytest.raises(ValueError, match="only a resident's number") as refused:
            ask(FIRM)
        assert FIRM not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "organization"),
    [
        pytest.param(MAN, False, id="person"),
        pytest.param(ENDS_IN_X, False, id="person with X"),
        pytest.param(FIRM, True, id="firm"),
        pytest.param(FIRM_OF_DIGITS, True, id="firm of digits alone"),
        pytest.param(IdNumber("990203199001010018"), False, id="unchecked: protected as a person"),
    ],
)
def test_persons_and_organizations_are_told_apart(number: IdNumber, *, organization: bool) -> None:
    assert is_organization(number) is organization


def test_a_place_for_synthetic_people_takes_nobody_else() -> None:
    only = {SYNTHETIC_REGION}
    elsewhere = "99020419900101001"

    assert parse_id_number(MAN, regions=only) == MAN
    assert parse_id_number(FIRM, regions=only) == FIRM
    with pytest.raises(InvalidIdNumber, match="positions 1 to 6"):
        parse_id_number(elsewhere + resident_check(elsewhere), regions=only)
    with pytest.raises(InvalidIdNumber, match="positions 3 to 8"):
        parse_id_number(FIRM, regions={"990204"})


@given(one=residents, other=residents)
def test_a_pseudonym_is_stable_and_one_persons_own(one: IdNumber, other: IdNumber) -> None:
    assert (subject_id(one, KEY) == subject_id(other, KEY)) == (one == other)


def test_a_pseudonym_shows_nothing_and_depends_on_the_key() -> None:
    pseudonym = subject_id(MAN, KEY)

    assert pseudonym.startswith("p_")
    assert len(pseudonym) == 24
    assert set(pseudonym[2:]) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )
    assert pseudonym != subject_id(MAN, KEY + b"!")
    assert MAN[6:14] not in pseudonym


def test_a_guessable_key_makes_no_pseudonym() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        subject_id(MAN, b"short")
