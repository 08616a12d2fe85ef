"""``/graphql`` over WebSocket: Strawberry speaks graphql-transport-ws, the engine answers."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, Final, cast

import msgspec
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response as StarletteResponse
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError

from auth.caller import Caller
from auth.errors import Unauthenticated
from auth.guard import Guard
from gateway.engine import Engine, Operation
from gateway.response import RequestRefused, Response
from gateway.trusted import TrustedDocuments

_MOST_OPERATIONS: Final = 20  # on one connection
_INIT_WITHIN: Final = timedelta(seconds=10)


class _Payload(msgspec.Struct, omit_defaults=True):
    """`subscribe` says what to run; `connection_init` may say anything of its sender."""

    query: str | msgspec.UnsetType = msgspec.UNSET
    variables: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    operationName: str | msgspec.UnsetType | None = msgspec.UNSET  # noqa: N815 -- the protocol's name
    extensions: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    Authorization: str | msgspec.UnsetType = msgspec.UNSET
    authorization: str | msgspec.UnsetType = msgspec.UNSET


class _Message(msgspec.Struct, omit_defaults=True):
    type: str
    id: str | msgspec.UnsetType = msgspec.UNSET
    payload: _Payload | msgspec.UnsetType | None = msgspec.UNSET


_MESSAGE: Final = msgspec.json.Decoder(_Message)


@dataclass(slots=True)
class _Connection:
    """What one socket said of itself; Strawberry sets the parameters."""

    scope: Mapping[str, Any]
    connection_params: Mapping[str, Any] | None = None
    caller: Caller | None = None


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

    def __init__(self, engine: Engine, trusted: TrustedDocuments) -> None:
        self._engine = engine
        self._trusted = trusted

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
        try:
            self._trusted.document(
                connection.caller.client_id, query=operation.document, document_id=None
            )
        except RequestRefused as refused:
            yield _result(refused.response)
            return
        async for response in self._engine.stream(operation, connection.caller):
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


class GraphQLOverWebSocket(GraphQL[_Connection, None]):
    """graphql-transport-ws; the token comes in ``connection_init`` or in the handshake."""

    allow_queries_via_get = False

    def __init__(self, engine: Engine, guard: Guard, trusted: TrustedDocuments) -> None:
        super().__init__(
            cast("BaseSchema", _EngineAsSchema(engine, trusted)),
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=_INIT_WITHIN,
            max_subscriptions_per_connection=_MOST_OPERATIONS,
        )
        self._guard = guard

    async def get_context(
        self, request: Request | WebSocket, response: StarletteResponse | WebSocket
    ) -> _Connection:
        del response
        return _Connection(scope=request.scope)

    async def on_ws_connect(self, context: _Connection) -> Any:
        headers: list[tuple[bytes, bytes]] | None = None
        for name, value in (context.connection_params or {}).items():
            if name.lower() == "authorization" and isinstance(value, str):
                headers = [(b"authorization", value.encode("utf-8", "replace"))]
        try:
            context.caller = await self._guard.admit(context.scope, headers)
        except Unauthenticated as error:
            raise ConnectionRejectionError from error
        return await super().on_ws_connect(context)

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
