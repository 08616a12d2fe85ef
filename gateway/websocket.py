"""``/graphql`` over WebSocket: Strawberry speaks graphql-transport-ws, the engine answers."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, Final, Literal, cast

import msgspec
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response as StarletteResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.types.execution import ExecutionResult, PreExecutionError

from auth.caller import Caller
from auth.errors import Unauthenticated
from auth.guard import Guard
from gateway.engine import Engine
from gateway.operation import Operation
from gateway.request_ids import begin_request
from gateway.response import RequestRefused, Response
from gateway.session_requests import HEADER, session_of_request
from gateway.session_stream import while_it_goes_on
from gateway.sessions import Session, Sessions
from gateway.standing import Standing
from gateway.trusted import TrustedDocuments
from resolvers.refusals import TokenOver

_MOST_OPERATIONS: Final = 20  # on one connection
_INIT_WITHIN: Final = timedelta(seconds=10)
_LAST_WORDS: Final = 0.2  # seconds between a token's end and the socket's
_CREDENTIALS: Final = {"authorization", "dpop"}


class _Payload(msgspec.Struct, omit_defaults=True):
    """`subscribe` says what to run; `connection_init` may say anything of its sender."""

    query: str | msgspec.UnsetType = msgspec.UNSET
    variables: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    operationName: str | msgspec.UnsetType | None = msgspec.UNSET  # noqa: N815 -- the protocol's name
    extensions: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    Authorization: str | msgspec.UnsetType = msgspec.UNSET
    authorization: str | msgspec.UnsetType = msgspec.UNSET
    DPoP: str | msgspec.UnsetType = msgspec.UNSET
    dpop: str | msgspec.UnsetType = msgspec.UNSET
    session: str | msgspec.UnsetType = msgspec.field(name=HEADER, default=msgspec.UNSET)


class _Message(msgspec.Struct, omit_defaults=True):
    # Of another type Strawberry would say so in the words of its sender.
    type: Literal["connection_init", "ping", "pong", "subscribe", "complete"]
    id: str | msgspec.UnsetType = msgspec.UNSET
    payload: _Payload | msgspec.UnsetType | None = msgspec.UNSET


_MESSAGE: Final = msgspec.json.Decoder(_Message)


@dataclass(slots=True)
class _Connection:
    """What one socket said of itself; Strawberry sets the parameters."""

    scope: Mapping[str, Any]
    socket: WebSocket | None = None
    watch: "asyncio.Task[None] | None" = None
    connection_params: Mapping[str, Any] | None = None
    caller: Caller | None = None
    session: Session | None = None


class _Worded(GraphQLError):
    """An error that already has its outward words."""

    def __init__(self, words: dict[str, Any]) -> None:
        super().__init__(words["message"])
        self._words = words

    @property
    def formatted(self) -> Any:
        return self._words


class _EngineAsSchema:
    """What Strawberry's protocol handler needs of a schema: a stream of results."""

    def __init__(
        self, engine: Engine, trusted: TrustedDocuments, sessions: Sessions | None
    ) -> None:
        self._engine = engine
        self._trusted = trusted
        self._sessions = sessions

    async def stream(
        self,
        query: str | None,
        *,
        variable_values: dict[str, Any] | None = None,
        context_value: _Connection,
        operation_name: str | None = None,
        **_more: object,
    ) -> AsyncIterator[ExecutionResult]:
        return self._results(
            Operation(document=query or "", name=operation_name, variables=variable_values or {}),
            context_value,
        )

    async def _results(
        self, operation: Operation, connection: _Connection
    ) -> AsyncIterator[ExecutionResult]:
        if connection.caller is None:
            raise PermissionError("no caller before connection_init")
        begin_request()
        try:
            self._trusted.document(
                connection.caller.client_id, query=operation.document, document_id=None
            )
        except RequestRefused as refused:
            yield _result(refused.response)
            return
        responses = self._engine.stream(operation, connection.caller)
        if self._sessions is not None and connection.session is not None:
            responses = while_it_goes_on(responses, self._sessions, connection.session)
        async for response in responses:
            yield _result(response)


def _result(response: Response) -> ExecutionResult:
    errors: list[GraphQLError] = [_Worded(words) for words in response.body.get("errors", ())]
    if not response.executed:
        return PreExecutionError(data=None, errors=errors)
    return ExecutionResult(
        data=response.body["data"],
        errors=errors or None,
        extensions=response.body.get("extensions"),
    )


class _Handler(BaseGraphQLTransportWSHandler[_Connection, None]):
    """Strawberry's, and the watch over the token ends with the connection."""

    async def shutdown(self) -> None:
        if self.context.watch is not None:
            self.context.watch.cancel()
        await super().shutdown()


class GraphQLOverWebSocket(GraphQL[_Connection, None]):
    """graphql-transport-ws; the token comes in ``connection_init`` or in the handshake.

    A browser that is signed in sends its cookie in the handshake, and in ``connection_init`` what it
    sends as a header elsewhere.
    """

    allow_queries_via_get = False
    graphql_transport_ws_handler_class = _Handler

    def __init__(
        self,
        engine: Engine,
        guard: Guard,
        trusted: TrustedDocuments,
        standing: Standing | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        super().__init__(
            cast("BaseSchema", _EngineAsSchema(engine, trusted, sessions)),
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=_INIT_WITHIN,
            max_subscriptions_per_connection=_MOST_OPERATIONS,
        )
        self._guard = guard
        self._standing = standing or Standing()
        self._sessions = sessions

    async def get_context(
        self, request: Request | WebSocket, response: StarletteResponse | WebSocket
    ) -> _Connection:
        socket = response if isinstance(response, WebSocket) else None
        return _Connection(scope=request.scope, socket=socket)

    async def on_ws_connect(self, context: _Connection) -> Any:
        params = context.connection_params or {}
        told = [
            (name.lower().encode("ascii"), value.encode("utf-8", "replace"))
            for name, value in params.items()
            if name.lower() in _CREDENTIALS and isinstance(value, str)
        ]
        if params.get(HEADER) == "1" and not told and self._sessions is not None:
            headers = context.scope["headers"]
            context.session = await session_of_request(self._sessions, headers, promised=True)
        if context.session is not None:
            context.caller = context.session.caller
        else:
            try:
                context.caller = await self._guard.admit(context.scope, told or None)
            except Unauthenticated as error:
                raise ConnectionRejectionError from error
        context.watch = asyncio.create_task(self._close_when_over(context, context.caller))
        return await super().on_ws_connect(context)

    async def _close_when_over(self, context: _Connection, caller: Caller) -> None:
        """Close the socket of a token that ended, after its subscriptions could say why."""
        try:
            async with self._standing.while_it_lasts(caller, time.time()):
                await asyncio.Event().wait()
        except TokenOver:
            await asyncio.sleep(_LAST_WORDS)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # gone already
            if context.socket is not None:
                await context.socket.close(4403, "Forbidden")

    def decode_json(self, data: str | bytes) -> object:
        """Return a message of the protocol.

        Raises:
            JSONDecodeError: anything else; Strawberry then closes the socket with 4400.
        """
        try:
            return msgspec.to_builtins(_MESSAGE.decode(data))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise JSONDecodeError("no message of graphql-transport-ws", "", 0) from error

    def encode_json(self, data: object) -> str:
        return msgspec.json.encode(data).decode()
