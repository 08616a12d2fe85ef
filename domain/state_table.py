"""A state machine as one table of rows: what may follow what, and who brings it about."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

S = TypeVar("S", bound=Enum)
E = TypeVar("E", bound=Enum)
A = TypeVar("A", bound=Enum)


class StepRefused(Exception):
    """The state does not allow this event; nothing changes.

    Attributes:
        of: what it is the state of, such as ``entry``.
    """

    code = "STEP_REFUSED"

    def __init__(self, of: str, state: Enum | None, event: Enum) -> None:
        where = "that does not exist" if state is None else f"in state {state.value}"
        super().__init__(f"An {of} {where} does not allow {event.value}. 当前状态不允许该操作")
        self.of = of
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Row(Generic[S, E, A]):
    """One row; *before* is None for what does not exist yet."""

    before: S | None
    event: E
    by: A
    after: S


class StateTable(Generic[S, E, A]):
    """The rows of one machine; two rows with the same state and event are one mistake."""

    def __init__(self, of: str, rows: Iterable[Row[S, E, A]]) -> None:
        """*of* names what has the states, in messages.

        Raises:
            ValueError: a state and an event have two rows.
        """
        self.of = of
        self.rows = tuple(rows)
        self._rows = {(row.before, row.event): row for row in self.rows}
        if len(self._rows) != len(self.rows):
            raise ValueError(f"the table of the {of} has two rows for one state and event")

    def row(self, state: S | None, event: E) -> Row[S, E, A]:
        """Return the row of *event* in *state*.

        Raises:
            StepRefused: there is none.
        """
        try:
            return self._rows[state, event]
        except KeyError:
            raise StepRefused(self.of, state, event) from None

    def next(self, state: S | None, event: E) -> S:
        """Return the state after *event*; raises as `row` does."""
        return self.row(state, event).after

    def events(self, state: S | None) -> list[E]:
        """Return what may happen in *state*, in the order of the table."""
        return [row.event for row in self.rows if row.before is state]
