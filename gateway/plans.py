"""Plans, made once and kept while they are used."""

from collections import OrderedDict
from typing import Any, Final

from graphql import OperationDefinitionNode
from graphql.execution.values import VariableValues

from connectors.tracing import NO_TRACES, Tracer
from gateway.documents import Document
from gateway.plan import Plan, Planner

_MOST_KEPT: Final = 1024

_Key = tuple[int, int, tuple[Any, ...], frozenset[str]]


class Plans:
    """The plans used lately, by document, operation, ``@skip``/``@include`` values and scopes.

    The scopes are part of the key: what one caller may do never serves another.
    """

    def __init__(self, planner: Planner, tracer: Tracer = NO_TRACES) -> None:
        self._planner = planner
        self._tracer = tracer
        self._kept: OrderedDict[_Key, tuple[Document, Plan]] = OrderedDict()

    def of(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        scopes: frozenset[str],
    ) -> Plan:
        decided = tuple(variables.coerced.get(name) for name in document.conditions)
        # The kept document is alive, so nothing else has its id.
        key = (id(document), id(operation), decided, scopes)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known[1]
        with self._tracer.span(
            "plan.compile", {"graphql.operation.type": operation.operation.value}
        ):
            plan = self._planner.plan(document, operation, variables, scopes)
        self._kept[key] = (document, plan)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return plan
