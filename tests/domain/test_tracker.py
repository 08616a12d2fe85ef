"""What is kept from a person for a while, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.purpose import Purpose
from domain.tracker import action, is_hidden

AT = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("purpose", "later", "held", "hidden"),
    [
        pytest.param(Purpose.PROPERTY_INQUIRY, 1, None, True, id="while property is looked for"),
        pytest.param(Purpose.PROPERTY_INQUIRY, 29, None, True, id="to the last day"),
        pytest.param(Purpose.PROPERTY_INQUIRY, 30, None, False, id="never longer"),
        pytest.param(Purpose.PROPERTY_INQUIRY, 5, 4, False, id="once a hold was executed"),
        pytest.param(Purpose.PROPERTY_INQUIRY, 5, 6, True, id="not before it was"),
        pytest.param(Purpose.PROPERTY_INQUIRY, 5, -9, False, id="a hold that stood already"),
        pytest.param(Purpose.SUPERVISION, 0, None, False, id="supervision hides nothing"),
        pytest.param(None, 0, None, False, id="nor what has no purpose"),
    ],
)
def test_hidden_while_the_law_allows(
    purpose: Purpose | None, later: int, held: int | None, hidden: bool
) -> None:
    found = is_hidden(
        purpose,
        AT,
        AT + later * DAY,
        held=None if held is None else AT + held * DAY,
        longest=30 * DAY,
    )

    assert found is hidden


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_plain_words(purpose: Purpose) -> None:
    zh, en = action(purpose, "DISCLOSURE")

    assert purpose.zh in zh
    assert purpose.en.lower() in en
