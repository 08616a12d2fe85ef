"""The index against a plain mapping: whatever changes in whatever order, the same candidates."""

from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import domain.list_index as under_test
from domain.list_index import Listed, ListIndex
from domain.match import Asked, asked
from tests.domain.people import MAN, WOMAN, residents

KEY: Final = b"0123456789abcdef"
NAMES: Final = ["陈一", "陳一", "王二", "欧阳·三"]
PEOPLE: Final = [MAN, WOMAN]
subjects = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(NAMES), st.integers(0, 6)), max_size=3
)


class Histories(RuleBasedStateMachine):
    """Entries come, change and go; the oracle looks through all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[int, list[Listed]] = {}
        self.sequence = 0
        self.index = ListIndex(KEY)

    @rule(place=st.integers(1, 5), of=subjects)
    def change(self, place: int, of: list[Any]) -> None:
        listed = [
            Listed(place, role, number, asked(number, name).name) for number, name, role in of
        ]
        self.sequence += 1
        self.index.apply(self.sequence, place, listed)
        self.entries[place] = listed

    @rule(place=st.integers(1, 5))
    def repeat_an_old_change(self, place: int) -> None:
        self.index.apply(self.sequence, place, [])

    @rule()
    def build_anew(self) -> None:
        everyone = [one for listed in self.entries.values() for one in listed]
        self.index = ListIndex(KEY, everyone, self.sequence)

    @invariant()
    def finds_what_is_there(self) -> None:
        everyone = [one for listed in self.entries.values() for one in listed]
        for number in PEOPLE:
            found = self.index.candidates(Asked(number, None, "x"))
            expected = [(one.place, one.role) for one in everyone if one.number == number]
            assert sorted((c.place, c.role) for c in found) == sorted(expected)
        for name in {asked(None, name).name for name in NAMES}:
            found = self.index.candidates(Asked(None, None, name))
            expected = [(one.place, one.role) for one in everyone if one.name == name]
            assert sorted((c.place, c.role) for c in found) == sorted(expected)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


@given(st.lists(residents, unique=True, max_size=40))
def test_colliding_digests_lose_nobody(numbers: list[Any]) -> None:
    """With digests of one byte everybody collides with somebody; the entry decides then."""
    width = under_test._WIDTH
    under_test._WIDTH = 1  # type: ignore[misc]
    try:
        listed = [Listed(place, 0, number, "甲") for place, number in enumerate(numbers)]
        index = ListIndex(KEY, listed)
        for place, number in enumerate(numbers):
            found = index.candidates(Asked(number, None, "甲"))
            assert place in {one.place for one in found}
    finally:
        under_test._WIDTH = width  # type: ignore[misc]


def test_who_was_asked_about_with_a_flaw_is_looked_for_nowhere() -> None:
    index = ListIndex(KEY, [Listed(1, 0, MAN, "陈一")])

    assert index.candidates(asked("990203199001010018", "陈一")) == []
