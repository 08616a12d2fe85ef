"""Who is meant: exact numbers, spellings of names, partial numbers, and what never holds."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.match import Confidence, Verdict, asked, confidence, verdict
from domain.subject_name import same_spelling
from tests.domain.people import FIRM, MAN, WOMAN, residents

NAME: Final = "欧阳·买买提"


def judged(number: str | None, name: str) -> tuple[Verdict, Confidence | None]:
    one = asked(number, name)
    found = confidence(one, MAN, NAME)
    return verdict(found, one.flaw), found


@pytest.mark.parametrize(
    ("number", "name", "found"),
    [
        pytest.param(MAN, NAME, Confidence.EXACT_ID, id="both as they stand"),
        pytest.param(
            "９９０２０３１９９００１０１００１７", NAME, Confidence.EXACT_ID, id="full width"
        ),
        pytest.param(" 990203 19900101 0017 ", NAME, Confidence.EXACT_ID, id="blanks"),
        pytest.param("990203900101001", NAME, Confidence.EXACT_ID, id="15 digits"),
        pytest.param(MAN, "欧阳•买买提", Confidence.EXACT_ID, id="another middle dot"),
        pytest.param(MAN, "欧阳．買買提", Confidence.EXACT_ID, id="traditional characters"),
        pytest.param(MAN, "欧阳 · 买买提", Confidence.EXACT_ID, id="blanks in the name"),
        pytest.param(MAN, "欧阳买买提", Confidence.NAME_ID_MISMATCH, id="no dot is another name"),
        pytest.param(MAN, "王五", Confidence.NAME_ID_MISMATCH, id="another name"),
        pytest.param(MAN, "", Confidence.NAME_ID_MISMATCH, id="no name"),
        pytest.param("990203********0017", NAME, Confidence.NAME_AND_PARTIAL_ID, id="partial"),
        pytest.param("990203********0025", NAME, None, id="partial of somebody else"),
        pytest.param("990203********0017", "王五", None, id="partial, another name"),
        pytest.param(None, NAME, Confidence.NAME_ONLY, id="name alone"),
        pytest.param(WOMAN, NAME, None, id="another number"),
    ],
)
def test_a_match_is_as_sure_as_what_was_given(
    number: str | None, name: str, found: Confidence | None
) -> None:
    assert judged(number, name)[1] is found


def test_only_an_exact_identity_is_a_hit() -> None:
    """I-34."""
    for found in Confidence:
        expected = Verdict.HIT if found is Confidence.EXACT_ID else Verdict.UNDECIDED
        assert verdict(found, None) is expected
    assert verdict(None, None) is Verdict.NO_HIT


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("990203199001010018", id="wrong check digit"),
        pytest.param("990203199013010017", id="no such month"),
        pytest.param("12345", id="too short"),
        pytest.param("990203*************", id="too long"),
        pytest.param("***************017", id="three characters shown"),
    ],
)
def test_a_number_that_cannot_be_is_undecided_and_says_why(number: str) -> None:
    one = asked(number, NAME)

    assert (one.number, one.partial) == (None, None)
    assert one.flaw
    assert number not in one.flaw
    assert verdict(None, one.flaw) is Verdict.UNDECIDED


def test_the_name_of_a_firm_may_be_typed_with_either_brackets() -> None:
    one = asked(FIRM, "示例(北方)有限公司")

    assert confidence(one, FIRM, "示例（北方）有限公司") is Confidence.EXACT_ID


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("陈\u200d一", id="a joiner"),
        pytest.param("\u202e陈一\u202c", id="a direction"),
        pytest.param("陈一\ufe00", id="a variation selector"),
        pytest.param("陈一\U000e0100", id="an ideographic variation"),
        pytest.param("陈\x00一", id="a control character"),
        pytest.param("陈⼀", id="a radical"),
        pytest.param("陳一", id="traditional"),
        pytest.param("陈\u2003一", id="a wide blank"),
    ],
)
def test_what_is_not_seen_makes_nobody_another_person(typed: str) -> None:
    one = asked(MAN, typed)

    assert confidence(one, MAN, "陈一") is Confidence.EXACT_ID


@given(st.text(max_size=30))
def test_a_spelling_is_its_own_spelling(name: str) -> None:
    assert same_spelling(same_spelling(name)) == same_spelling(name)


@given(residents, residents, st.text(min_size=1, max_size=8))
def test_nobody_is_hit_by_another_persons_number(mine: str, other: str, name: str) -> None:
    one = asked(mine, name)
    found = confidence(one, other, name)  # type: ignore[arg-type]

    assert (found is None) == (mine != other)
