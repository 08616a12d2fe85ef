"""The answer's shape: by the plan's own function, or by graphql-core over the same answers."""

from typing import Any

import structlog
from graphql import (
    ExecutionResult,
    execute,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails

from gateway.compiler import Shape
from gateway.operation import Prepared
from gateway.role_schema import RoleSchemas
from gateway.run import Run
from gateway.schema import Graph

_LOG = structlog.get_logger()


class Shaping:
    """Shapes what departments answered: step 6 of the engine.

    Attributes:
        compiles: whether plans shape answers themselves; without, graphql-core shapes them all.
    """

    def __init__(self, graph: Graph, roles: RoleSchemas) -> None:
        self._graph = graph
        self._roles = roles
        self.compiles = True

    async def shape(self, prepared: Prepared) -> ExecutionResult:
        """Shape the answer: by the plan's own function, or by graphql-core over the same answers."""
        if self.compiles and prepared.plan.shape is not None:
            try:
                return await self._shape_by_plan(prepared, prepared.plan.shape)
            except Exception as error:  # noqa: BLE001 -- graphql-core says what it should have been
                _LOG.warning("plan.unusual", error=type(error).__name__)
                prepared.context.masked.clear()
                prepared.context.remarks.clear()
        return await self._shape_by_graphql(prepared)

    async def _shape_by_plan(self, prepared: Prepared, shape: Shape) -> ExecutionResult:
        run = Run(prepared.context, prepared.variables, lambda: self._executor(prepared))
        try:
            data = shape(run)
        finally:
            await run.settle()
        return ExecutionResult(data, run.errors or None)

    def _executor(self, prepared: Prepared) -> Executor[Any]:
        """Return graphql-core's executor for the islands of a plan."""
        document = prepared.document
        return Executor(
            self._graph.schema,
            document.fragments,
            {name: FragmentDetails(one) for name, one in document.fragments.items()},
            None,
            prepared.context,
            prepared.node,
            prepared.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            hide_suggestions=True,
        )

    async def _shape_by_graphql(self, prepared: Prepared) -> ExecutionResult:
        result = execute(
            # Introspection shows the caller's own schema. What the plan let through runs on the whole
            # one: the caller's has no type of which it shows nothing, and a step may lead to one.
            self._roles.of(prepared.context.caller.scopes)
            if prepared.plan.introspects
            else self._graph.schema,
            prepared.document.node,
            context_value=prepared.context,
            variable_values=dict(prepared.operation.variables),
            operation_name=prepared.operation.name,
            hide_suggestions=True,
        )
        if isinstance(result, ExecutionResult):
            return result
        return await result
