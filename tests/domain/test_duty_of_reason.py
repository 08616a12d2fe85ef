"""Who owes a document and who owes words."""

import pytest

from domain.duty_of_reason import is_reason, needs_document, needs_reason
from domain.purpose import Purpose


def test_who_works_on_the_case_owes_a_paper_only_for_what_comes_from_outside_its_file() -> None:
    owed = {purpose for purpose in Purpose if needs_document(purpose, outside=False)}

    assert owed == {Purpose.SUPERVISION, Purpose.OBJECTION_REVIEW, Purpose.AUDIT}


def test_who_does_not_work_on_it_always_owes_one() -> None:
    assert all(needs_document(purpose, outside=True) for purpose in Purpose)


@pytest.mark.parametrize(
    ("outside", "before", "owed"),
    [(False, False, False), (False, True, False), (True, False, False), (True, True, True)],
)
def test_a_reason_is_owed_for_the_second_look_from_outside(
    outside: bool, before: bool, owed: bool
) -> None:
    assert needs_reason(outside=outside, looked_before=before) is owed


@pytest.mark.parametrize(
    ("text", "fits"),
    [("工作需要", False), ("上级法院督办", True), ("x" * 500, True), ("x" * 501, False)],
)
def test_a_reason_can_be_read(text: str, fits: bool) -> None:
    assert is_reason(text) is fits


def test_every_purpose_names_its_law() -> None:
    assert all(purpose.basis for purpose in Purpose)
