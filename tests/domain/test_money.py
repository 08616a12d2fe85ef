"""Yuan in, fen inside, yuan out; nothing is ever rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Fen, InvalidAmount, fen_from_yuan, yuan_text


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("0", 0),
        ("0.01", 1),
        ("0.1", 10),
        ("1234.5", 123450),
        ("1234.50", 123450),
        ("-12.34", -1234),
        ("+12.34", 1234),
        ("-0", 0),
        ("21474836.48", 2147483648),
        ("92233720368547758.07", 2**63 - 1),
        ("-92233720368547758.08", -(2**63)),
    ],
)
def test_yuan_are_read_exactly(yuan: str, fen: int) -> None:
    assert fen_from_yuan(yuan) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1\n",
        "1.",
        ".5",
        "1.234",
        "1.000",
        "1e3",
        "NaN",
        "Infinity",
        "1,000.00",
        "1_000",
        "--1",
        "１２.３４",
        "١٢",
        "¥12",
        "92233720368547758.08",
        "-92233720368547758.09",
        "9" * 40,
    ],
)
def test_anything_else_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        fen_from_yuan(text)

    assert len(text) < 2 or text not in str(refused.value)


@given(fen=st.integers(-(2**63), 2**63 - 1))
def test_yuan_text_is_read_back_as_the_same_fen(fen: int) -> None:
    text = yuan_text(Fen(fen))

    assert fen_from_yuan(text) == fen
    assert Decimal(text) == Decimal(fen).scaleb(-2)


def test_yuan_text_always_has_two_decimals() -> None:
    assert [yuan_text(Fen(fen)) for fen in (0, 5, -5, 100, -123450)] == [
        "0.00",
        "0.05",
        "-0.05",
        "1.00",
        "-1234.50",
    ]
