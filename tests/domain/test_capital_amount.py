"""Amounts in capitals: the examples of the rule, and that every amount can be read back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capital_amount import capital_amount
from domain.chinese_numeral import capital_numeral, numeral
from domain.money import Fen

AMOUNTS = st.integers(0, 2**63 - 1).map(Fen) | st.integers(0, 10**6).map(Fen)
DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        pytest.param(0, "人民币零元整", id="nothing"),
        pytest.param(1, "人民币壹分", id="one fen"),
        pytest.param(50, "人民币伍角整", id="no yuan"),
        pytest.param(1_000, "人民币壹拾元整", id="壹 stands before 拾"),
        pytest.param(1_409_50, "人民币壹仟肆佰零玖元伍角整", id="规定 三(一)"),
        pytest.param(6_007_14, "人民币陆仟零柒元壹角肆分", id="规定 三(二)"),
        pytest.param(1_680_32, "人民币壹仟陆佰捌拾元叁角贰分", id="规定 三(三), without 零"),
        pytest.param(16_409_02, "人民币壹万陆仟肆佰零玖元零贰分", id="规定 三(四)"),
        pytest.param(325_04, "人民币叁佰贰拾伍元零肆分", id="规定 三(四), again"),
        pytest.param(100_010_000_00, "人民币壹亿零壹万元整", id="one 零 for several places"),
        pytest.param(
            2**63 - 1,
            "人民币玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分",
            id="the most that 64 bits hold",
        ),
    ],
)
def test_amounts_are_written_as_the_rule_says(fen: int, words: str) -> None:
    assert capital_amount(Fen(fen)) == words


@given(AMOUNTS)
def test_every_amount_is_read_back_exactly(fen: Fen) -> None:
    assert read(capital_amount(fen)) == fen


@given(AMOUNTS)
def test_no_two_zeros_stand_together_and_none_before_a_unit(fen: Fen) -> None:
    words = capital_amount(fen)

    assert "零零" not in words
    assert not re.search("零[拾佰仟万亿角分整]", words)
    assert words == "人民币零元整" or "零元" not in words


@given(AMOUNTS)
def test_it_ends_in_zheng_exactly_where_no_fen_follow(fen: Fen) -> None:
    assert capital_amount(fen).endswith("整") == (fen % 10 == 0)


def test_no_paper_commands_a_negative_amount() -> None:
    with pytest.raises(ValueError, match="negative"):
        capital_amount(Fen(-1))


@pytest.mark.parametrize(
    ("number", "plain", "capital"),
    [
        (0, "零", "零"),
        (3, "三", "叁"),
        (10, "十", "壹拾"),
        (12, "十二", "壹拾贰"),
        (24, "二十四", "贰拾肆"),
        (117, "一百一十七", "壹佰壹拾柒"),
        (253, "二百五十三", "贰佰伍拾叁"),
        (1000, "一千", "壹仟"),
        (1001, "一千零一", "壹仟零壹"),
    ],
)
def test_numbers_are_read_in_both_scripts(number: int, plain: str, capital: str) -> None:
    assert numeral(number) == plain
    assert capital_numeral(number) == capital


def read(words: str) -> int:
    """Return the fen that *words* say, by a way of reading that shares nothing with the writing."""
    found = re.fullmatch(r"人民币(?:(.+)元)?(?:(.)角)?零?(?:(.)分)?整?", words)
    assert found is not None, words
    yuan, jiao, single = found.groups()
    return (
        whole(yuan or "零") * 100 + DIGITS.index(jiao or "零") * 10 + DIGITS.index(single or "零")
    )


def whole(text: str) -> int:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            before, after = text.rsplit(unit, 1)
            return whole(before) * size + (whole(after) if after else 0)
    total, digit = 0, 0
    for character in text:
        if character in UNITS:
            total, digit = total + digit * UNITS[character], 0
        else:
            digit = DIGITS.index(character)
    return total + digit
