"""Case numbers in one form, and their documents' numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_number import (
    CaseNumber,
    InvalidCaseNumber,
    document_number,
    is_document_of,
    parse_case_number,
)

CASE = CaseNumber("（2026）示9903执12号")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("（2026）示9903执12号", CASE, id="official"),
        pytest.param("(2026)示9903执12号", CASE, id="half-width brackets"),
        pytest.param("（2026)示9903执12号", CASE, id="mixed brackets"),
        pytest.param("（２０２６）示９９０３执１２号", CASE, id="full-width digits"),
        pytest.param(" （2026） 示9903 执 12 号 ", CASE, id="blanks"),
        pytest.param("(2026)示9903执恢3号", "（2026）示9903执恢3号", id="resumed"),
        pytest.param("(2017)最高法执监1号", "（2017）最高法执监1号", id="supreme court"),
        pytest.param("(2017)示执复1号", "（2017）示执复1号", id="high court"),
        pytest.param("(2026)示9903司救执7号", "（2026）示9903司救执7号", id="relief"),
        pytest.param("(2026)示9903执12号之二十一", "（2026）示9903执12号之二十一", id="document"),
    ],
)
def test_a_case_number_takes_its_official_form(text: str, number: str) -> None:
    assert parse_case_number(text) == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "starts with the year", id="nothing"),
        pytest.param("2026示9903执34号", "starts with the year", id="no brackets"),
        pytest.param("（1998）示9903执34号", "starts with the year", id="last century"),
        pytest.param("（2026）9903执34号", "names the court", id="no court"),
        pytest.param("（2026）示9903民初34号", "names the kind of case", id="not enforcement"),
        pytest.param("（2026）示99031执34号", "names the kind of case", id="five digits of court"),
        pytest.param("（2026）示9903执034号", "serial number", id="leading zero"),
        pytest.param("（2026）示9903执号", "serial number", id="no serial"),
        pytest.param("（2026）示9903执343456789号", "ends with 号", id="nine digits"),
        pytest.param("（2026）示9903执34", "ends with 号", id="no end"),
        pytest.param("（2026）示9903执34号之1", "Chinese numeral", id="part in digits"),
        pytest.param("（2026）示9903执34号甲某", "ends with 号, or", id="more behind it"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(InvalidCaseNumber, match=re.escape(message)) as refused:
        parse_case_number(text)

    assert not text or text not in str(refused.value)


@given(text=st.text(max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        number = parse_case_number(text)
    except InvalidCaseNumber:
        return
    assert parse_case_number(number) == number


@pytest.mark.parametrize(
    ("part", "end"),
    [
        (1, "之一"),
        (9, "之九"),
        (10, "之十"),
        (11, "之十一"),
        (20, "之二十"),
        (21, "之二十一"),
        (99, "之九十九"),
    ],
)
def test_documents_are_numbered_in_chinese(part: int, end: str) -> None:
    assert document_number(CASE, part) == f"{CASE}{end}"


@given(part=st.integers(1, 99))
def test_a_documents_number_is_read_and_belongs_to_its_case(part: int) -> None:
    number = document_number(CASE, part)

    assert parse_case_number(number) == number
    assert is_document_of(number, CASE)


@pytest.mark.parametrize("part", [0, -1, 100])
def test_no_document_is_numbered_outside_1_to_99(part: int) -> None:
    with pytest.raises(InvalidCaseNumber, match="1 to 99"):
        document_number(CASE, part)


def test_a_document_has_no_documents() -> None:
    with pytest.raises(InvalidCaseNumber, match="already"):
        document_number(CaseNumber(document_number(CASE, 1)), 1)


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        pytest.param("（2026）示9903执12号", True, id="without a part"),
        pytest.param("(2026)示9903执12号之一", True, id="half-width brackets"),
        pytest.param("（2026）示9903执121号之一", False, id="a longer serial"),
        pytest.param("（2025）示9903执12号之一", False, id="another year"),
        pytest.param("（2026）示9903执恢12号之一", False, id="another kind"),
        pytest.param("（2026）示9903执12号某", False, id="something behind it"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_document_belongs_to_one_case(text: str, *, belongs: bool) -> None:
    assert is_document_of(text, CASE) is belongs
