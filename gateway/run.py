"""One run of a plan's shape: what it reads, and what it leaves besides the data."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

from connectors.question import Question
from gateway.compiler import Place, Unusual
from gateway.selection import Selected
from resolvers.asked import Answers
from resolvers.binding import BoundCase
from resolvers.context import Context
from resolvers.refusals import Refused


@dataclass(frozen=True, slots=True)
class _Info:
    """What a resolver that only computes may ask of its surroundings."""

    context: Context

    @property
    def path(self) -> Path:
        """Raises Unusual: who has something to say of a place is executed by graphql-core."""
        raise Unusual


@dataclass(slots=True)
class Run:
    """`gateway.compiler.Run` for one request.

    Attributes:
        make_executor: makes graphql-core's, once there is an island.
        errors: in the order of the answer.
        marks: errors and islands so far; what left none may be shown in several places.
        waiting: where the value of an island belongs, and the value once it is there.
    """

    context: Context
    variables: VariableValues
    make_executor: Callable[[], Executor[Any]]
    errors: list[GraphQLError] = field(default_factory=list)
    marks: int = 0
    waiting: list[tuple[dict[str, Any], str, Awaitable[Any]]] = field(default_factory=list)
    executor: Executor[Any] | None = None

    @property
    def info(self) -> Any:
        return _Info(self.context)

    @property
    def opened(self) -> Mapping[str, Sequence[BoundCase | Refused]]:
        return self.context.opened

    def answers(self, question: Question[Any], level: int, case: BoundCase) -> Answers:
        return self.context.asking.answers(question, level, case.authority)

    def fail(self, error: Exception, selected: Selected, place: Place) -> None:
        """Put *error* at *place*; the value there is null, which this returns."""
        self.marks += 1
        path = _path(place).as_list()
        self.errors.append(
            GraphQLError(str(error), selected.nodes, path=path, original_error=error)
        )

    def mask(self, coordinate: str) -> None:
        self.context.masked.add(coordinate)

    def arguments(self, definition: GraphQLField, selected: Selected) -> dict[str, Any]:
        return get_argument_values(definition, selected.nodes[0], self.variables)

    def island(
        self,
        into: dict[str, Any],
        parent: GraphQLObjectType,
        source: Any,
        selected: Selected,
        place: Place,
    ) -> None:
        """Let graphql-core execute one field and what is below it."""
        self.marks += 1
        if self.executor is None:
            self.executor = self.make_executor()
        details = [FieldDetails(node, None) for node in selected.nodes]
        value = self.executor.execute_field(parent, source, details, _path(place), None)
        into[selected.key] = None
        if self.executor.is_awaitable(value):
            self.waiting.append((into, selected.key, value))
        else:
            into[selected.key] = value

    async def settle(self) -> None:
        """Wait for the islands.

        Raises:
            Unusual: one of them has no value where there must be one.
        """
        if self.executor is None:
            return
        values = await asyncio.gather(*(w for _, _, w in self.waiting), return_exceptions=True)
        for (into, key, _), value in zip(self.waiting, values, strict=True):
            if isinstance(value, BaseException):
                raise Unusual from value
            into[key] = value
        self.errors.extend(self.executor.collected_errors.errors)


def _path(place: Place) -> Path:
    above, key, kind = place
    return Path(None if above is None else _path(above), key, kind)
