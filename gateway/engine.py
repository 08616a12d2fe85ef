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
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import structlog
from graphql import (
    ExecutionResult,
    OperationType,
)

from auth.caller import Caller
from connectors.time_left import limit_time
from connectors.tracing import NO_TRACES, Tracer
from gateway.admission import Admission
from gateway.contexts import Contexts
from gateway.engine_settings import EngineSettings
from gateway.event_stream import event_stream
from gateway.explain import explained
from gateway.operation import Operation, Prepared
from gateway.recorder import RecordUnavailable
from gateway.request_ids import current_request
from gateway.request_record import RequestRecord
from gateway.response import (
    RequestRefused,
    Response,
    body_of,
    ended,
    failed,
    refusal,
    retry_later,
)
from gateway.role_schema import RoleSchemas
from gateway.schema import Graph
from gateway.shaping import Shaping
from gateway.standing import Standing
from gateway.steps import Steps
from resolvers.persons import NotCounted, TooManyPersons
from resolvers.refusals import Refused, TokenOver
from resolvers.tickets import give_tickets

_LOG = structlog.get_logger()
_OK: Final = 200
_GONE: Final = 499  # as proxies say it
_OF_THE_TIME: Final = 0.9  # is the departments'; the rest is the answer's: shape, record, way


class Engine:
    """Executes operations.

    Attributes:
        shaping: what shapes the answers.
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
        self._steps = Steps(graph.schema)
        roles = RoleSchemas(graph.schema, graph.declarations)
        self._admission = Admission(
            graph, contexts, roles, self._steps, self._settings, denied=denied, tracer=tracer
        )
        self.shaping = Shaping(graph, roles)
        self._record = record
        self._under_way: set[asyncio.Future[Response]] = set()
        self._standing = standing or Standing()

    async def execute(self, operation: Operation, caller: Caller) -> Response:
        """Run a query or a mutation; every fault is in the response, none is raised."""
        try:
            prepared = self._admission.prepare(operation, caller)
        except RequestRefused as refused:
            return await self._refused(refused, operation, caller)
        except Exception as error:  # noqa: BLE001 -- whatever it says may be somebody's data
            return failed(error, current_request())
        return await self._once(prepared)

    async def _once(self, prepared: Prepared) -> Response:
        """Return the answer. Who goes away meanwhile does not take it along: what was asked of
        departments, or done, is recorded all the same."""
        work = asyncio.ensure_future(self._looked(prepared))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        return await asyncio.shield(work)

    def _record_unseen(self, prepared: Prepared, started: float) -> None:
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

    async def _looked(self, prepared: Prepared) -> Response:
        with prepared.context.looks:  # until its entry is there
            return await self._done(prepared)

    async def _done(self, prepared: Prepared) -> Response:
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
            result = await self.shaping.shape(prepared)
            await give_tickets(context)
            await context.asking.close()
            body = self._body(prepared, result)
        except TooManyPersons as refused:
            await context.asking.close()
            told = retry_later(ended(refused, context.request_id, status=429), refused.retry_after)
            beyond = RequestRefused(told, context.grounds)
            return await self._refused(beyond, prepared.operation, context.caller)
        except Exception as error:  # noqa: BLE001 -- as above
            await context.asking.close()
            return await self._failed(prepared, _failure(error, context.request_id), started)
        finally:
            await context.asking.close()
        try:
            await self._recorded(prepared, body, started)
        except Refused as refused:
            return ended(refused, context.request_id, status=503)
        self._admission.give_back(prepared, body["extensions"]["cost"]["actual"])
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
            prepared = self._admission.prepare(operation, caller)
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

    async def _events(self, prepared: Prepared, caller: Caller) -> AsyncIterator[Response]:
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

    async def _event(self, prepared: Prepared, result: ExecutionResult, started: float) -> Response:
        """Return the response of one event, recorded."""
        body = self._body(prepared, result)
        try:
            await self._recorded(prepared, body, started)
        except Refused as refused:
            return ended(refused, prepared.context.request_id, status=503)
        return Response(_OK, body)

    def _require(self, prepared: Prepared) -> None:
        """Raises RecordUnavailable: nobody may be asked for what could not be recorded."""
        if self._record is not None:
            self._record.require(prepared.plan)

    async def _recorded(self, prepared: Prepared, body: dict[str, Any], started: float) -> None:
        """Raises RecordUnavailable: the body must not leave."""
        if self._record is not None:
            sent = prepared.operation.requested
            await self._record.answered(prepared.context, prepared.plan, sent, body, started)

    async def _failed(self, prepared: Prepared, response: Response, started: float) -> Response:
        """Return *response*, which tells nothing; that departments were asked is recorded."""
        if self._record is None:
            return response
        codes = [error["extensions"]["code"] for error in response.body["errors"]]
        sent = prepared.operation.requested
        try:
            await self._record.failed(prepared.context, prepared.plan, sent, codes, started)
        except Refused as refused:
            return ended(refused, current_request(), status=503)
        return response

    async def _refused(
        self, refused: RequestRefused, operation: Operation, caller: Caller
    ) -> Response:
        if self._record is None:
            return refused.response
        try:
            await self._record.refused(caller, operation.requested, refused)
        except Refused as unavailable:
            return ended(unavailable, "-", status=503)
        return refused.response

    def _body(self, prepared: Prepared, result: ExecutionResult) -> dict[str, Any]:
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
