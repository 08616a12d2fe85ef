"""
What an operation may cost, known before it runs; and what a client may spend in a minute.

A composite field costs 1 wherever it stands, a question to a department `Declared.cost` for each
subject. A list is as long as its size argument says; where nothing says, a length is assumed.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues, get_argument_values

# Arguments that say how long a list will be.
_SIZES: Final[Mapping[str, str]] = {
    "Query.cases": "numbers",
    "Query.inbox": "first",
    "Case.orders": "first",
}
# Lists whose length nobody says beforehand.
_ASSUMED: Final[Mapping[str, int]] = {
    "Case.controlPlan": 10,
    "Case.debtors": 10,
    "Case.expiring": 10,
    "LateAnswer.debtors": 10,
    "Debtor.relatedPersons": 5,
}
_MOST_CLIENTS: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """A list whose length stands in an argument; one for each place in a document."""

    node: FieldNode
    definition: GraphQLField
    argument: str

    def of(self, variables: VariableValues) -> int:
        given = get_argument_values(self.definition, self.node, variables).get(self.argument)
        if isinstance(given, list):
            return len(given)
        return max(0, given) if isinstance(given, int) else 1


Factor = int | Size
Times = tuple[Factor, ...]


def times(at: Times, coordinate: str, node: FieldNode, definition: GraphQLField) -> Times:
    """Return how often what is below this field stands in the answer."""
    if coordinate in _SIZES:
        return (*at, Size(node, definition, _SIZES[coordinate]))
    if coordinate in _ASSUMED:
        return (*at, _ASSUMED[coordinate])
    return at


@dataclass(slots=True)
class Cost:
    """An operation's cost: weights, and how often each stands in the answer."""

    weights: dict[Times, int] = field(default_factory=dict)

    def add(self, weight: int, at: Times) -> None:
        self.weights[at] = self.weights.get(at, 0) + weight

    def of(self, variables: VariableValues) -> int:
        total = 0
        for at, weight in self.weights.items():
            for factor in at:
                weight *= factor if isinstance(factor, int) else factor.of(variables)  # noqa: PLW2901
            total += weight
        return total


class OverBudget(Exception):
    """The client has spent its minute; *retry_after* is seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class Budgets:
    """What each client may still spend, in this process; it fills again by the second."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[Any, tuple[float, float]] = OrderedDict()

    def spend(self, client: Any, cost: int) -> None:
        """Take *cost* from what *client* has left.

        Raises:
            OverBudget: there is not enough; nothing was taken.
        """
        now = self._clock()
        left, since = self._left.pop(client, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60)
        if cost > left:
            self._left[client] = (left, now)
            raise OverBudget((min(cost, self._per_minute) - left) * 60 / self._per_minute)
        self._left[client] = (left - cost, now)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)

    def give_back(self, client: Any, cost: int) -> None:
        """Return what an operation turned out not to cost."""
        if client in self._left and cost > 0:
            left, since = self._left[client]
            self._left[client] = (min(float(self._per_minute), left + cost), since)
