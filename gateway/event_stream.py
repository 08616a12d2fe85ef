"""
A subscription as graphql-core composes it, with a word before each event is executed.

Events may come hours after the subscription was allowed: what an event would ask of departments is
asked only if it may still be answered.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql.execution import (
    Executor,
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from resolvers.context import Context


async def event_stream(  # noqa: PLR0913 -- a subscription's parts
    schema: GraphQLSchema,
    document: DocumentNode,
    context: Context,
    *,
    variables: Mapping[str, Any],
    name: str | None,
    begin: Callable[[], None],
) -> AsyncIterator[ExecutionResult] | ExecutionResult:
    """Return the results of the events, or the one result of a subscription that did not begin.

    Args:
        begin: called before each event is executed; what it raises ends the stream.
    """
    executor = ExecutorThrowingOnIncremental.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=name,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, errors=executor)

    def executed(event: Executor[Any]) -> Any:
        begin()
        return execute_subscription_event(event)

    source: Any = create_source_event_stream(executor)
    if executor.is_awaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        return source
    return map_source_to_response_event(executor, source, executed)
