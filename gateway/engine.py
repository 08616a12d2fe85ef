"""
The engine: a document becomes a plan, a plan becomes questions, answers become the response.

In this order, and nothing is asked before the third step is through:

1. read the document (parsed and validated once);
2. plan it for this caller: a field beyond the token's scopes refuses the whole request, unless the
   caller opted into an incomplete answer;
3. open the cases: purpose binding, and the debtors that are asked about;
4. ask the departments, level by level, each once for all its subjects and with the exact fields;
5. shape the answers: graphql-core executes over what was fetched.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    subscribe,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values

from auth.caller import Caller
from domain.identity import IdNumber  # noqa: TC001 -- the annotation of a local
from gateway.compiler import Shape
from gateway.contexts import Contexts
from gateway.documents import Document, Documents, InvalidDocument
from gateway.outward import field_error, request_errors
from gateway.plan import Ask, CaseRoot, Plan, Planner
from gateway.plans import Plans
from gateway.role_schema import RoleSchemas
from gateway.run import Run
from gateway.schema import Graph
from resolvers.asking import Answers, Wanted
from resolvers.binding import BoundCase
from resolvers.case import open_cases
from resolvers.context import Context
from resolvers.refusals import FieldNotAllowed, NotAnObligor, Refused, TokenOver
from resolvers.shaping import next_subject
from resolvers.subject import Subject

_LOG = structlog.get_logger()

_MOST_ERRORS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a client sent."""

    document: str
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back: HTTP status and the body's members."""

    status: int
    body: dict[str, Any]

    @property
    def executed(self) -> bool:
        return "data" in self.body


class RequestRefused(Exception):
    """The request is not executed at all."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class _Prepared:
    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues
    plan: Plan
    context: Context


class Engine:
    """Executes operations.

    Attributes:
        compiles: whether plans shape answers themselves; without, graphql-core shapes them all.
    """

    def __init__(self, graph: Graph, contexts: Contexts) -> None:
        self._graph = graph
        self._documents = Documents(graph.schema)
        self._plans = Plans(Planner(graph.schema, graph.declarations))
        self._roles = RoleSchemas(graph.schema, graph.declarations)
        self._contexts = contexts
        self.compiles = True

    async def execute(self, operation: Operation, caller: Caller) -> Response:
        """Run a query or a mutation; every fault is in the response, none is raised."""
        try:
            prepared = self._prepare(operation, caller)
        except RequestRefused as refusal:
            return refusal.response
        except Exception as error:  # noqa: BLE001 -- whatever it says may be somebody's data
            return self._failed(error, "-")
        if prepared.operation.operation is OperationType.SUBSCRIPTION:
            return _refusal(
                400,
                "A subscription needs text/event-stream or a WebSocket (graphql-transport-ws).",
                "SUBSCRIPTION_NEEDS_STREAM",
            )
        try:
            await self._ask_ahead(prepared)
            result = await self._shape(prepared, operation)
        except Exception as error:  # noqa: BLE001 -- as above
            return self._failed(error, prepared.context.request_id)
        finally:
            await prepared.context.asking.close()
        return Response(200, self._body(prepared, result))

    async def stream(self, operation: Operation, caller: Caller) -> AsyncIterator[Response]:
        """Run any operation as a stream: one response, or one for each event."""
        try:
            prepared = self._prepare(operation, caller)
        except RequestRefused as refusal:
            yield refusal.response
            return
        if prepared.operation.operation is not OperationType.SUBSCRIPTION:
            yield await self.execute(operation, caller)
            return
        async for response in self._events(prepared, operation, caller):
            yield response

    async def _events(
        self, prepared: _Prepared, operation: Operation, caller: Caller
    ) -> AsyncIterator[Response]:
        """Yield one response for each event, until the token, the case or the caller ends it."""
        events = subscribe(
            self._roles.of(caller.scopes) if not prepared.plan.denied else self._graph.schema,
            prepared.document.node,
            context_value=prepared.context,
            variable_values=dict(operation.variables),
            operation_name=operation.name,
        )
        if asyncio.iscoroutine(events) or asyncio.isfuture(events):
            events = await events
        if isinstance(events, ExecutionResult):
            yield Response(200, self._body(prepared, events))
            return
        try:
            while True:
                left = caller.expires_at - prepared.context.now().timestamp()
                try:
                    result = await asyncio.wait_for(anext(events), max(0.0, left))  # type: ignore[arg-type]  # awaited above
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    yield _ended(TokenOver(), prepared.context.request_id)
                    return
                except Refused as refusal:
                    yield _ended(refusal, prepared.context.request_id)
                    return
                except Exception as error:  # noqa: BLE001 -- as in execute
                    yield self._failed(error, prepared.context.request_id)
                    return
                yield Response(200, self._body(prepared, result))
                self._contexts.renew(prepared.context)
        finally:
            await events.aclose()  # type: ignore[union-attr]  # an async generator
            await prepared.context.asking.close()

    def _failed(self, error: Exception, request_id: str) -> Response:
        """Return what is said of an *error* that nobody foresaw; its words stay here."""
        shown = field_error(GraphQLError("", original_error=error), request_id)
        del shown["path"]
        return Response(500, {"errors": [shown]})

    def _prepare(self, operation: Operation, caller: Caller) -> _Prepared:
        if caller.expires_at <= self._contexts.now().timestamp():
            raise RequestRefused(_ended(TokenOver(), "-", status=401))
        try:
            document = self._documents.read(operation.document)
            node = document.operation(operation.name)
        except InvalidDocument as error:
            body = {"errors": request_errors(error.errors, error.code)}
            raise RequestRefused(Response(400, body)) from error
        variables = get_variable_values(
            self._graph.schema,
            node.variable_definitions or (),
            dict(operation.variables),
            max_errors=20,
            hide_suggestions=True,
        )
        if isinstance(variables, list):
            body = {"errors": request_errors(variables, "BAD_USER_INPUT")}
            raise RequestRefused(Response(400, body))
        plan = self._plans.of(document, node, variables, caller.scopes)
        if plan.denied and (not operation.partial or plan.introspects):
            raise RequestRefused(Response(403, {"errors": _denials(plan)}))
        context = self._contexts.make(caller, plan.fields_wanted)
        return _Prepared(document, node, variables, plan, context)

    async def _ask_ahead(self, prepared: _Prepared) -> None:
        opened = [await self._open(prepared, root) for root in prepared.plan.roots]
        asks: list[tuple[Ask, list[Subject]]] = []
        for root, cases in zip(prepared.plan.roots, opened, strict=True):
            for case in cases:
                debtors = case.debtors()
                asks.extend((ask, debtors) for ask in root.of_all if debtors)
                for _, node, of_one in root.of_one:
                    debtor = self._one_debtor(prepared, case, node)
                    if debtor is not None:
                        asks.extend((ask, [debtor]) for ask in of_one)
        await self._ask_level(prepared.context, asks)

    async def _open(self, prepared: _Prepared, root: CaseRoot) -> list[BoundCase]:
        arguments = get_argument_values(
            self._field_of(root.coordinate), root.node, prepared.variables
        )
        numbers = arguments["numbers"] if "numbers" in arguments else [arguments["number"]]
        opened = await open_cases(prepared.context, numbers, arguments["purpose"], root.purposes())
        prepared.context.opened[root.key] = opened
        return [case for case in opened if isinstance(case, BoundCase)]

    def _one_debtor(self, prepared: _Prepared, case: BoundCase, node: Any) -> Subject | None:
        arguments = get_argument_values(self._field_of("Case.debtor"), node, prepared.variables)
        try:
            return case.debtor(arguments["idNumber"])
        except NotAnObligor:
            return None  # the field itself says so; nobody is asked

    def _field_of(self, coordinate: str) -> Any:
        type_name, field_name = coordinate.split(".")
        return self._graph.schema.type_map[type_name].fields[field_name]  # type: ignore[attr-defined]

    async def _ask_level(self, context: Context, asks: list[tuple[Ask, list[Subject]]]) -> None:
        """Ask a level's questions at once; go on behind those that lead further as they come in."""
        # Those that lead further start first.
        asks.sort(key=lambda item: not item[0].onward)
        context.asking.ask(
            Wanted(
                question=ask.question,
                numbers=[subject.id_number for subject in subjects],
                authority=subjects[0].authority,
                level=subjects[0].level,
                fields=frozenset(ask.fields),
                natural_persons_only=ask.natural_persons_only,
            )
            for ask, subjects in asks
        )
        onward: list[tuple[Ask, list[Subject]]] = []
        for ask, subjects in asks:
            if ask.onward:
                first = subjects[0]
                answers = await context.asking.heard(ask.question, first.level, first.authority)
                for attribute, further in ask.onward:
                    reached = _reached(answers, attribute, subjects)
                    if reached:
                        onward.extend((next_ask, reached) for next_ask in further)
        if onward:
            await self._ask_level(context, onward)
        for ask, subjects in asks:
            first = subjects[0]
            await context.asking.heard(ask.question, first.level, first.authority)

    async def _shape(self, prepared: _Prepared, operation: Operation) -> ExecutionResult:
        """Shape the answer: by the plan's own function, or by graphql-core over the same answers."""
        if self.compiles and prepared.plan.shape is not None:
            try:
                return await self._shape_by_plan(prepared, prepared.plan.shape)
            except Exception as error:  # noqa: BLE001 -- graphql-core says what it should have been
                _LOG.warning("plan.unusual", error=type(error).__name__)
                prepared.context.masked.clear()
        return await self._shape_by_graphql(prepared, operation)

    async def _shape_by_plan(self, prepared: _Prepared, shape: Shape) -> ExecutionResult:
        run = Run(prepared.context, prepared.variables, self._executor(prepared))
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
            prepared.operation,
            prepared.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            hide_suggestions=True,
        )

    async def _shape_by_graphql(self, prepared: _Prepared, operation: Operation) -> ExecutionResult:
        caller = prepared.context.caller
        result = execute(
            # A partial answer names fields that the role-true schema does not have.
            self._graph.schema if prepared.plan.denied else self._roles.of(caller.scopes),
            prepared.document.node,
            context_value=prepared.context,
            variable_values=dict(operation.variables),
            operation_name=operation.name,
            hide_suggestions=True,
        )
        if isinstance(result, ExecutionResult):
            return result
        return await result

    def _body(self, prepared: _Prepared, result: ExecutionResult) -> dict[str, Any]:
        context = prepared.context
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [
                field_error(error, context.request_id) for error in result.errors[:_MOST_ERRORS]
            ]
        body["data"] = result.data
        extensions: dict[str, Any] = {
            "requestId": context.request_id,
            "departments": [
                {
                    "id": status.id,
                    "status": status.status,
                    "milliseconds": status.milliseconds,
                    "asOf": None if status.as_of is None else self._contexts.civil(status.as_of),
                }
                for _, status in sorted(context.asking.statuses.items())
            ],
        }
        if context.masked:
            extensions["masked"] = sorted(context.masked)
        if prepared.plan.denied:
            extensions["incomplete"] = True
        body["extensions"] = extensions
        return body


def _reached(answers: Answers, attribute: str, subjects: Sequence[Subject]) -> list[Subject]:
    """Return whom the records of *subjects* lead to, each once."""
    numbers: dict[IdNumber, None] = {}
    for subject in subjects:
        answer = answers.get(subject.id_number)
        if answer is None or answer.value is None:
            continue
        records = answer.value if isinstance(answer.value, (list, tuple)) else (answer.value,)
        numbers.update((getattr(record, attribute), None) for record in records)
    numbers.pop(cast("Any", None), None)
    return [next_subject(subjects[0], number) for number in numbers]


def _denials(plan: Plan) -> list[dict[str, Any]]:
    shown = []
    for denied in plan.denied:
        refusal = FieldNotAllowed(denied.coordinate, denied.missing)
        shown.append(
            {
                "message": str(refusal),
                "path": list(denied.path),
                "extensions": {"code": refusal.code, **refusal.details},
            }
        )
    return shown


def _ended(refusal: Refused, request_id: str, *, status: int = 200) -> Response:
    """Return the one answer to an operation that *refusal* ends before it has data."""
    shown = field_error(GraphQLError("", original_error=refusal), request_id)
    del shown["path"]
    return Response(status, {"errors": [shown]})


def _refusal(status: int, message: str, code: str) -> Response:
    error = GraphQLError(message)
    return Response(status, {"errors": request_errors([error], code)})
