"""What people may write into an order."""

import pytest

from domain.plain_text import UnfitText, plain_text


@pytest.mark.parametrize("text", ["未履行", " TP-00000001 ", "a b（2026）"])
def test_printable_text_is_taken_without_the_blanks_around_it(text: str) -> None:
    assert plain_text(text, most=20) == text.strip()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "blank", id="empty"),
        pytest.param(" \t", "blank", id="blanks"),
        pytest.param("x" * 21, "at most 20", id="too long"),
        pytest.param("TP\0", "position 3", id="NUL"),
        pytest.param("TP\x01-", "position 3", id="control"),
        pytest.param("\ufffe", "position 1", id="no character of XML"),
        pytest.param("\ud800", "position 1", id="half a character"),
        pytest.param("\u200b", "position 1", id="nothing to see"),
        pytest.param("a\nb", "position 2", id="line end"),
    ],
)
def test_unfit_text_is_refused_without_repeating_it(text: str, says: str) -> None:
    with pytest.raises(UnfitText, match=says):
        plain_text(text, most=20)


def test_a_reason_may_have_lines() -> None:
    assert plain_text("a\nb", most=20, lines=True) == "a\nb"
