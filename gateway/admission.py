"""Whether an operation may run at all, and as whom: before a case is opened or a department asked."""

import contextlib
from collections.abc import Callable
from typing import Final

from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues, get_variable_values

from auth.caller import Caller
from connectors.tracing import Tracer
from gateway.contexts import Contexts
from gateway.cost import Budgets, OverBudget
from gateway.documents import InvalidDocument, RoleDocuments
from gateway.engine_settings import EngineSettings
from gateway.explain import explained
from gateway.limits import nests_deeper
from gateway.operation import Operation, Prepared
from gateway.outward import request_errors
from gateway.plan import Plan, Planner
from gateway.plans import Plans
from gateway.request_ids import current_request
from gateway.response import (
    RequestRefused,
    Response,
    denials,
    ended,
    refusal,
    retry_later,
)
from gateway.role_schema import RoleSchemas
from gateway.schema import Graph
from gateway.step_up import StepUp
from gateway.steps import Steps
from resolvers.refusals import TokenOver

_DEEPEST_VARIABLES: Final = 20


class Admission:
    """Reads, plans, weighs and charges operations: steps 1 to 3 of the engine."""

    def __init__(  # noqa: PLR0913 -- what an operation is held against
        self,
        graph: Graph,
        contexts: Contexts,
        roles: RoleSchemas,
        steps: Steps,
        settings: EngineSettings,
        *,
        denied: Callable[[int], None],
        tracer: Tracer,
    ) -> None:
        self._graph = graph
        self._contexts = contexts
        self._settings = settings
        self._documents = RoleDocuments(graph.schema, roles, settings.limits)
        self._plans = Plans(Planner(graph.schema, graph.declarations), tracer)
        self._steps = steps
        self._budgets = Budgets(settings.cost_per_minute)
        self._denied = denied

    def prepare(self, operation: Operation, caller: Caller) -> Prepared:
        """Return *operation*, planned and paid for.

        Raises:
            RequestRefused: nobody was asked; with the cases and fields it reached for.
        """
        if caller.expires_at <= self._contexts.now().timestamp():
            raise RequestRefused(ended(TokenOver(), current_request(), status=401))
        if nests_deeper(operation.variables, _DEEPEST_VARIABLES):
            raise RequestRefused(
                refusal(
                    400,
                    f"Variables may nest {_DEEPEST_VARIABLES} levels deep. 变量嵌套过深",
                    "BAD_USER_INPUT",
                )
            )
        try:
            document = self._documents.of(caller).read(operation.document)
            node = document.operation(operation.name)
        except InvalidDocument as error:
            response = Response(400, {"errors": request_errors(error.errors, error.code)})
            reached = self._reached_for(operation, caller)
            grounds, denied = ((), ()) if reached is None else (reached.grounds, reached.denied)
            raise RequestRefused(response, grounds, denied) from error
        if operation.reads_only and node.operation is not OperationType.QUERY:
            raise RequestRefused(
                refusal(405, "Only queries may be sent with GET.", "METHOD_NOT_ALLOWED")
            )
        variables = self._variables(node, operation)
        if isinstance(variables, list):
            body = {"errors": request_errors(variables, "BAD_USER_INPUT")}
            raise RequestRefused(Response(400, body))
        plan = self._plans.of(document, node, variables, caller.scopes)
        if operation.explain and not self._may_explain(caller):
            raise RequestRefused(
                refusal(403, "X-Explain needs the scope dev:sandbox. 无权查看查询计划", "FORBIDDEN")
            )
        if plan.denied:
            self._denied(len(plan.denied))
        if plan.denied and (not operation.partial or plan.introspects):
            extensions = {"plan": explained(plan, variables, None)} if operation.explain else {}
            raise self._beyond(plan, variables, denials(plan, extensions))
        if self._settings.step_up is not None:
            proven = self._proven(self._settings.step_up, plan, variables, operation, caller)
            if proven is not caller:
                caller = proven
                plan = self._plans.of(document, node, variables, caller.scopes)
        requested = self._charge(plan, variables, caller)
        context = self._contexts.make(caller, plan.fields_wanted)
        return Prepared(operation, document, node, variables, plan, context, requested)

    def give_back(self, prepared: Prepared, actual: int) -> None:
        """Give back what *prepared* was charged beyond its *actual* cost."""
        caller = prepared.context.caller
        self._budgets.give_back((caller.client_id, caller.subject), prepared.requested - actual)

    def _reached_for(self, operation: Operation, caller: Caller) -> RequestRefused | None:
        """Return what a document that its sender's own schema refuses reached for in the whole one."""
        with contextlib.suppress(Exception):  # then it is nothing in any schema
            document = self._documents.whole.read(operation.document)
            node = document.operation(operation.name)
            variables = self._variables(node, operation)
            if not isinstance(variables, list):
                plan = self._plans.of(document, node, variables, caller.scopes)
                return self._beyond(plan, variables, Response(400, {}))
        return None

    def _beyond(self, plan: Plan, variables: VariableValues, response: Response) -> RequestRefused:
        grounds = self._steps.grounds(plan, variables)
        return RequestRefused(response, grounds, [one.coordinate for one in plan.denied])

    def _variables(
        self, node: OperationDefinitionNode, operation: Operation
    ) -> VariableValues | list[GraphQLError]:
        return get_variable_values(
            self._graph.schema,
            node.variable_definitions or (),
            dict(operation.variables),
            max_errors=20,
            hide_suggestions=True,
        )

    def _proven(
        self,
        step_up: StepUp,
        plan: Plan,
        variables: VariableValues,
        operation: Operation,
        caller: Caller,
    ) -> Caller:
        """Return as whom *plan* may run; see `StepUp.require`.

        Raises:
            RequestRefused: with the cases that it asked for.
        """
        now = self._contexts.now().timestamp()
        try:
            return step_up.require(plan, caller, now=now, partial=operation.partial)
        except RequestRefused as refused:
            raise self._beyond(plan, variables, refused.response) from refused

    def _may_explain(self, caller: Caller) -> bool:
        return self._settings.explains_to_all or caller.may("dev:sandbox")

    def _charge(self, plan: Plan, variables: VariableValues, caller: Caller) -> int:
        """Return what the operation may cost, after taking it from the caller's budget."""
        requested = plan.cost.of(variables)
        if requested > self._settings.cost_of_operation:
            message = (
                f"This may cost {requested}, more than {self._settings.cost_of_operation} at once: "
                "ask for fewer cases or fields. 查询代价超出上限"
            )
            raise RequestRefused(refusal(400, message, "COST_TOO_HIGH"))
        try:
            self._budgets.spend((caller.client_id, caller.subject), requested)
        except OverBudget as error:
            seconds = max(1, round(error.retry_after))
            message = (
                f"Your budget for this minute is spent; come back in {seconds} s. 请求过于频繁"
            )
            response = refusal(429, message, "RATE_LIMITED")
            raise RequestRefused(retry_later(response, seconds)) from error
        return requested
