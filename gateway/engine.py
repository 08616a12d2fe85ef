"""
The engine: a document becomes a plan, a plan becomes questions, answers become the response.

In this order, and nothing is asked before the fourth step is through:

1. read the document (within its limits; parsed and validated once);
2. plan it for this caller: a field beyond the token's scopes refuses the whole request, unless the
   caller opted into an incomplete answer;
3. charge what it may cost;
4. open the cases: purpose binding, and the debtors that are asked about;
5. ask the departments, each once for all its subjects, with the exact fields, as soon as these are known;
6. shape the answers: by the plan's own function, or by graphql-core over what was fetched.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_variable_values

from auth.caller import Caller
from connectors.time_left import limit_time
from connectors.tracing import NO_TRACES, Tracer
from gateway.compiler import Shape
from gateway.contexts import Contexts
from gateway.cost import Budgets, OverBudget
from gateway.disclosure import Requested
from gateway.documents import Document, InvalidDocument, RoleDocuments
from gateway.event_stream import event_stream
from gateway.explain import explained
from gateway.limits import Limits, nests_deeper
from gateway.outward import request_errors
from gateway.plan import Plan, Planner
from gateway.plans import Plans
from gateway.recorder import RecordUnavailable
from gateway.request_ids import current_request
from gateway.request_record import RequestRecord
from gateway.response import RequestRefused, Response, body_of, denials, ended, failed, refusal
from gateway.role_schema import RoleSchemas
from gateway.run import Run
from gateway.schema import Graph
from gateway.standing import Standing
from gateway.step_up import StepUp
from gateway.steps import Steps
from resolvers.context import Context
from resolvers.persons import NotCounted, TooManyPersons
from resolvers.refusals import Refused, TokenOver
from resolvers.tickets import give_tickets

_LOG = structlog.get_logger()
_OK: Final = 200
_GONE: Final = 499  # as proxies say it
_DEEPEST_VARIABLES: Final = 20
_OF_THE_TIME: Final = (
    0.9  # is the departments'; the rest is for the answer's shape, its record, its way
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a client sent.

    Attributes:
        partial: whether an answer without what the token may not have will do.
        explain: whether the plan is wanted besides the answer.
        reads_only: it came in a way that must change nothing.
    """

    document: str
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False
    explain: bool = False
    reads_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What an engine allows.

    Attributes:
        cost_of_operation, cost_per_minute: the most one operation, one client in a minute may cost.
        seconds: the longest a request may take.
        explains_to_all: whether everybody may see plans: with synthetic people only.
        step_up: what raw values and approvals need; None needs nothing, for tests and tools alone.
    """

    limits: Limits = field(default_factory=Limits)
    cost_of_operation: int = 20_000
    cost_per_minute: int = 600_000
    seconds: float = 10.0
    explains_to_all: bool = False
    step_up: StepUp | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    operation: Operation
    document: Document
    node: OperationDefinitionNode
    variables: VariableValues
    plan: Plan
    context: Context
    requested: int  # cost


class Engine:
    """Executes operations.

    Attributes:
        compiles: whether plans shape answers themselves; without, graphql-core shapes them all.
    """

    def __init__(  # noqa: PLR0913 -- the engine's surroundings
        self,
        graph: Graph,
        contexts: Contexts,
        settings: EngineSettings | None = None,
        record: RequestRecord | None = None,
        standing: Standing | None = None,
        *,
        denied: Callable[[int], None] = lambda _: None,
        tracer: Tracer = NO_TRACES,
    ) -> None:
        """Make an engine.

        Args:
            record: without it nothing is recorded: for tests and tools alone.
            standing: without it tokens are not revoked, they only end.
            denied: told how many fields a request reached for that its token may not have.
        """
        self._graph = graph
        self._contexts = contexts
        self._settings = settings or EngineSettings()
        self._roles = RoleSchemas(graph.schema, graph.declarations)
        self._documents = RoleDocuments(graph.schema, self._roles, self._settings.limits)
        self._plans = Plans(Planner(graph.schema, graph.declarations), tracer)
        self._steps = Steps(graph.schema)
        self._budgets = Budgets(self._settings.cost_per_minute)
        self._record = record
        self._denied = denied
        self._under_way: set[asyncio.Future[Response]] = set()
        self._standing = standing or Standing()
        self.compiles = True

    async def execute(self, operation: Operation, caller: Caller) -> Response:
        """Run a query or a mutation; every fault is in the response, none is raised."""
        try:
            prepared = self._prepare(operation, caller)
        except RequestRefused as refused:
            return await self._refused(refused, operation, caller)
        except Exception as error:  # noqa: BLE001 -- whatever it says may be somebody's data
            return failed(error, current_request())
        return await self._once(prepared)

    async def _once(self, prepared: _Prepared) -> Response:
        """Return the answer. Who goes away meanwhile does not take it along: what was asked of
        departments, or done, is recorded all the same."""
        work = asyncio.ensure_future(self._looked(prepared))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        return await asyncio.shield(work)

    def _record_unseen(self, prepared: _Prepared, started: float) -> None:
        """Record an event whose departments were asked when its listener went away."""
        context = prepared.context
        if any(context.asking.told()):
            gone = refusal(_GONE, "Who asked went away. 请求方已断开", "CLIENT_GONE")
            work = asyncio.ensure_future(self._failed(prepared, gone, started))
            self._under_way.add(work)
            work.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait until what is under way is done and recorded; new requests must not come any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _looked(self, prepared: _Prepared) -> Response:
        with prepared.context.looks:  # until its entry is there
            return await self._done(prepared)

    async def _done(self, prepared: _Prepared) -> Response:
        if prepared.node.operation is OperationType.SUBSCRIPTION:
            return refusal(
                400,
                "A subscription needs text/event-stream or a WebSocket (graphql-transport-ws).",
                "SUBSCRIPTION_NEEDS_STREAM",
            )
        context = prepared.context
        if prepared.plan.scopes != context.caller.scopes:
            raise PermissionError("a plan runs for the scopes it was made for")
        started = time.perf_counter()
        try:
            self._require(prepared)
        except Refused as refused:
            return ended(refused, context.request_id, status=503)
        limit_time(self._settings.seconds * _OF_THE_TIME)
        try:
            await self._steps.run(prepared.plan, prepared.variables, context)
            result = await self._shape(prepared)
            await give_tickets(context)
        except TooManyPersons as refused:
            await context.asking.close()
            told = _later(ended(refused, context.request_id, status=429), refused.retry_after)
            beyond = RequestRefused(told, context.grounds)
            return await self._refused(beyond, prepared.operation, context.caller)
        except Exception as error:  # noqa: BLE001 -- as above
            await context.asking.close()
            return await self._failed(prepared, _failure(error, context.request_id), started)
        finally:
            await context.asking.close()
        body = self._body(prepared, result)
        try:
            await self._recorded(prepared, body, started)
        except Refused as refused:
            return ended(refused, context.request_id, status=503)
        client = (context.caller.client_id, context.caller.subject)
        unused = prepared.requested - body["extensions"]["cost"]["actual"]
        self._budgets.give_back(client, unused)
        _LOG.info(
            "request.answered",
            cost=body["extensions"]["cost"]["actual"],
            errors=len(result.errors or ()),
            departments={one.id: one.status for one in context.asking.statuses.values()},
        )
        return Response(200, body)

    async def stream(self, operation: Operation, caller: Caller) -> AsyncIterator[Response]:
        """Run any operation as a stream: one response, or one for each event."""
        try:
            await self._standing.require(caller, self._contexts.now().timestamp())
        except Refused as cause:
            yield ended(cause, "-", status=401)
            return
        try:
            prepared = self._prepare(operation, caller)
        except RequestRefused as refused:
            yield await self._refused(refused, operation, caller)
            return
        except Exception as error:  # noqa: BLE001 -- as in execute
            yield failed(error, current_request())
            return
        if prepared.node.operation is not OperationType.SUBSCRIPTION:
            yield await self._once(prepared)
            return
        try:
            self._require(prepared)
        except Refused as unavailable:
            yield ended(unavailable, prepared.context.request_id, status=503)
            return
        with prepared.context.looks:
            async for response in self._events(prepared, caller):
                yield response

    async def _events(self, prepared: _Prepared, caller: Caller) -> AsyncIterator[Response]:
        """Yield one response for each event, until the token, the case or the caller ends it."""
        context = prepared.context
        started = time.perf_counter()

        def begin() -> None:
            nonlocal started
            self._require(prepared)
            started = time.perf_counter()

        events = await event_stream(
            self._graph.schema,
            prepared.document.node,
            context,
            variables=prepared.operation.variables,
            name=prepared.operation.name,
            begin=begin,
        )
        if isinstance(events, ExecutionResult):
            yield await self._event(prepared, events, started)
            return
        try:
            while True:
                try:
                    async with self._standing.while_it_lasts(caller, context.now().timestamp()):
                        result = await anext(events)
                    await give_tickets(context)
                    await self._standing.require(caller, context.now().timestamp())
                except StopAsyncIteration:
                    return
                except asyncio.CancelledError:
                    self._record_unseen(prepared, started)
                    raise
                except Exception as error:  # noqa: BLE001 -- as in execute
                    response = _over(error, context.request_id)
                    if any(context.asking.told()):
                        response = await self._failed(prepared, response, started)
                    yield response
                    return
                response = await self._event(prepared, result, started)
                yield response
                if response.status != _OK:
                    return
                self._contexts.renew(context)
        finally:
            await events.aclose()  # type: ignore[attr-defined]  # an async generator
            await context.asking.close()

    async def _event(
        self, prepared: _Prepared, result: ExecutionResult, started: float
    ) -> Response:
        """Return the response of one event, recorded."""
        body = self._body(prepared, result)
        try:
            await self._recorded(prepared, body, started)
        except Refused as refused:
            return ended(refused, prepared.context.request_id, status=503)
        return Response(_OK, body)

    def _require(self, prepared: _Prepared) -> None:
        """Raises RecordUnavailable: nobody may be asked for what could not be recorded."""
        if self._record is not None:
            self._record.require(prepared.plan)

    async def _recorded(self, prepared: _Prepared, body: dict[str, Any], started: float) -> None:
        """Raises RecordUnavailable: the body must not leave."""
        if self._record is not None:
            requested = _requested(prepared.operation)
            await self._record.answered(prepared.context, prepared.plan, requested, body, started)

    async def _failed(self, prepared: _Prepared, response: Response, started: float) -> Response:
        """Return *response*, which tells nothing; that departments were asked is recorded."""
        if self._record is None:
            return response
        codes = [error["extensions"]["code"] for error in response.body["errors"]]
        requested = _requested(prepared.operation)
        try:
            await self._record.failed(prepared.context, prepared.plan, requested, codes, started)
        except Refused as refused:
            return ended(refused, current_request(), status=503)
        return response

    async def _refused(
        self, refused: RequestRefused, operation: Operation, caller: Caller
    ) -> Response:
        if self._record is None:
            return refused.response
        try:
            await self._record.refused(caller, _requested(operation), refused)
        except Refused as unavailable:
            return ended(unavailable, "-", status=503)
        return refused.response

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

    def _prepare(self, operation: Operation, caller: Caller) -> _Prepared:
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
        return _Prepared(operation, document, node, variables, plan, context, requested)

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
            raise RequestRefused(_later(response, seconds)) from error
        return requested

    async def _shape(self, prepared: _Prepared) -> ExecutionResult:
        """Shape the answer: by the plan's own function, or by graphql-core over the same answers."""
        if self.compiles and prepared.plan.shape is not None:
            try:
                return await self._shape_by_plan(prepared, prepared.plan.shape)
            except Exception as error:  # noqa: BLE001 -- graphql-core says what it should have been
                _LOG.warning("plan.unusual", error=type(error).__name__)
                prepared.context.masked.clear()
                prepared.context.remarks.clear()
        return await self._shape_by_graphql(prepared)

    async def _shape_by_plan(self, prepared: _Prepared, shape: Shape) -> ExecutionResult:
        run = Run(prepared.context, prepared.variables, lambda: self._executor(prepared))
        try:
            data = shape(run)
        finally:
            await run.settle()
        return ExecutionResult(data, run.errors or None)

    def _executor(self, prepared: _Prepared) -> Executor[Any]:
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

    async def _shape_by_graphql(self, prepared: _Prepared) -> ExecutionResult:
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

    def _body(self, prepared: _Prepared, result: ExecutionResult) -> dict[str, Any]:
        context = prepared.context
        body = body_of(result, prepared.plan, context, self._contexts)
        actual = context.asking.cost + len(prepared.plan.coordinates)
        body["extensions"]["cost"] = {
            "requested": prepared.requested,
            "actual": actual,
            "budget": self._settings.cost_of_operation,
        }
        if prepared.operation.explain:
            body["extensions"]["plan"] = explained(prepared.plan, prepared.variables, context)
        return body


def _failure(error: Exception, request_id: str) -> Response:
    """Return what is said of an operation that *error* ended before its answer."""
    if isinstance(error, NotCounted):
        return ended(error, request_id, status=503)
    return failed(error, request_id)


def _over(error: Exception, request_id: str) -> Response:
    """Return the last word of a subscription that *error* ended."""
    match error:
        case TimeoutError():
            return ended(TokenOver(), request_id)
        case RecordUnavailable():
            return ended(error, request_id, status=503)
        case Refused():
            return ended(error, request_id)
        case _:
            return failed(error, request_id)


def _later(response: Response, seconds: int) -> Response:
    response.headers.append((b"retry-after", str(seconds).encode()))
    return response


def _requested(operation: Operation) -> Requested:
    return Requested(operation.document, operation.name, operation.variables)
