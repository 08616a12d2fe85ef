"""``POST /graphql``: one small ASGI class on the path that everything takes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, Literal
from urllib.parse import parse_qs

import msgspec
from isal import igzip
from starlette.types import Receive, Scope, Send

from auth.caller import Caller
from auth.errors import Unauthenticated, Undecided
from auth.guard import Guard
from gateway.engine import Engine
from gateway.negotiation import EVENTS, JSON, Form, negotiate
from gateway.operation import Operation
from gateway.outward import tidy
from gateway.response import RequestRefused, Response
from gateway.session_requests import session_of_request
from gateway.session_stream import while_it_goes_on
from gateway.sessions import Session, Sessions
from gateway.trusted import TrustedDocuments

MOST_BYTES: Final = 64 * 1024  # of a request body
_OK: Final = 200
_COMPRESSED_FROM: Final = 1024  # bytes of an answer
_KEEP_ALIVE: Final = 12.0  # seconds between comments on an idle event stream
_OPEN_WITHIN: Final = 0.1  # seconds until a silent stream's headers go out

_NOT_OF_HTTP: Final = frozenset(
    {
        "BAD_USER_INPUT",
        "COST_TOO_HIGH",
        "DOCUMENT_NOT_FOUND",
        "DOCUMENT_TOO_COMPLEX",
        "PERSISTED_QUERY_MISMATCH",
        "PERSISTED_QUERY_NOT_FOUND",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    }
)
_ENCODE = msgspec.json.Encoder().encode

_SECURITY: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]


class _PersistedQuery(msgspec.Struct):
    sha256Hash: str  # noqa: N815 -- Apollo's name
    version: Literal[1] = 1


class _Extensions(msgspec.Struct):
    persistedQuery: _PersistedQuery | None = None  # noqa: N815 -- as above


class _Body(msgspec.Struct):
    query: str | None = None
    documentId: str | None = None  # noqa: N815 -- GraphQL over HTTP's name
    operationName: str | None = None  # noqa: N815 -- as above
    variables: dict[str, Any] | None = None
    extensions: _Extensions | None = None


_DECODE = msgspec.json.Decoder(_Body).decode


class _BadRequest(Exception):
    def __init__(self, message: str, *, status: int = 400, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def response(self) -> Response:
        error = {"message": str(self), "extensions": {"code": self.code}}
        return Response(self.status, {"errors": [error]})


class GraphQLOverHTTP:
    """Queries and mutations as one response, subscriptions as server-sent events."""

    def __init__(
        self,
        engine: Engine,
        guard: Guard,
        trusted: TrustedDocuments,
        sessions: Sessions | None = None,
    ) -> None:
        """Answer who has a token or, with *sessions*, a browser that is signed in."""
        self._engine = engine
        self._guard = guard
        self._trusted = trusted
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = list(scope["headers"])
        form = negotiate(_text_header(headers, b"accept"))
        if form is None:
            refusal = _BadRequest(
                "Say Accept: application/graphql-response+json or application/json.",
                status=406,
                code="NOT_ACCEPTABLE",
            )
            await _send(send, Form(JSON), refusal.response())
            return
        extra: list[tuple[bytes, bytes]] = []
        try:
            named = _named_in_address(scope)
            if scope["method"] != "POST" and named is None:
                extra = [(b"allow", b"POST")]
                raise _BadRequest(  # noqa: TRY301 -- one way out for every bad request
                    "Send a POST with a JSON body; only trusted documents may be named in a GET.",
                    status=405,
                    code="METHOD_NOT_ALLOWED",
                )
            session = await self._session(headers)
            caller = await self._guard.admit(scope) if session is None else session.caller
            body = named or _read(headers, await _whole(receive))
            document = self._document(caller, body)
        except Unauthenticated as error:
            response, extra = unauthenticated(error)
            await _send(send, _plain(form), response, extra)
            return
        except _BadRequest as error:
            await _send(send, _plain(form), error.response(), extra)
            return
        except RequestRefused as refused:
            await _send(send, _plain(form), refused.response)
            return
        operation = Operation(
            document=document,
            name=body.operationName,
            variables=body.variables or {},
            partial=_says(headers, b"x-partial", "allow"),
            explain=_says(headers, b"x-explain", "plan"),
            reads_only=named is not None,
        )
        if form.media_type == EVENTS:
            responses = self._engine.stream(operation, caller)
            if self._sessions is not None and session is not None:
                responses = while_it_goes_on(responses, self._sessions, session)
            await _send_events(receive, send, responses)
        else:
            response = await self._engine.execute(operation, caller)
            await _send(send, form, response, gzip=_takes_gzip(headers))

    async def _session(self, headers: list[tuple[bytes, bytes]]) -> Session | None:
        if self._sessions is None:
            return None
        return await session_of_request(self._sessions, headers)

    def _document(self, caller: Caller, body: _Body) -> str:
        persisted = None if body.extensions is None else body.extensions.persistedQuery
        if persisted is not None and body.documentId is None:
            return self._trusted.persisted(
                caller.client_id, query=body.query, sha256=persisted.sha256Hash
            )
        return self._trusted.document(
            caller.client_id, query=body.query, document_id=body.documentId
        )


def _named_in_address(scope: Scope) -> _Body | None:
    """Return what a GET names: a trusted document, never a document itself."""
    if scope["method"] != "GET":
        return None
    try:
        given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
    except ValueError:
        raise _BadRequest("The address has too many parameters.") from None
    if "documentId" not in given or "query" in given:
        return None
    if "variables" in given:  # numbers of people and cases do not belong into a log of addresses
        raise _BadRequest("Send variables in a POST: an address is logged.")
    return _Body(
        documentId=given["documentId"][0],
        operationName=given.get("operationName", [None])[0],
    )


def unauthenticated(error: Unauthenticated) -> tuple[Response, list[tuple[bytes, bytes]]]:
    """Return the 401 (or 400, or 503) that says how to authenticate, and its headers."""
    if isinstance(error, Undecided):
        shown = {
            "message": f"{error} 暂时无法核验访问权限",
            "extensions": {"code": "ACCESS_UNDECIDED"},
        }
    else:
        shown = {
            "message": f"{error} Send a valid access token as Authorization: Bearer … 请先登录",
            "extensions": {"code": "UNAUTHENTICATED"},
        }
    return Response(error.status, {"errors": [shown]}), [
        (name.encode("ascii"), value.encode("ascii")) for name, value in error.headers
    ]


def _read(headers: list[tuple[bytes, bytes]], body: bytes) -> _Body:
    media_type = (_text_header(headers, b"content-type") or "").split(";")[0].strip().lower()
    if media_type != JSON:
        raise _BadRequest(
            "The body must be application/json.", status=415, code="UNSUPPORTED_MEDIA_TYPE"
        )
    if _text_header(headers, b"content-encoding") not in (None, "identity"):
        raise _BadRequest("Send the body uncompressed.", status=415, code="UNSUPPORTED_MEDIA_TYPE")
    if not body:
        raise _BadRequest("The body is empty; it must be JSON with a member query or documentId.")
    try:
        return _DECODE(body)
    except msgspec.ValidationError as error:
        # msgspec names the member and the type it wanted, never the value.
        raise _BadRequest(f"The body does not fit: {tidy(str(error))}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _BadRequest("The body is not well-formed JSON in UTF-8.") from None


async def _whole(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _BadRequest("The request ended early.")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise _BadRequest(
                f"The body is over {MOST_BYTES // 1024} KB.", status=413, code="BODY_TOO_LARGE"
            )
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _says(headers: list[tuple[bytes, bytes]], name: bytes, word: str) -> bool:
    return (_text_header(headers, name) or "").strip().lower() == word


def _text_header(headers: list[tuple[bytes, bytes]], name: bytes) -> str | None:
    values = [value.decode("latin-1") for key, value in headers if key.lower() == name]
    return ", ".join(values) if values else None


def _takes_gzip(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether ``Accept-Encoding`` names gzip, and not to refuse it."""
    for part in (_text_header(headers, b"accept-encoding") or "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _plain(form: Form) -> Form:
    return Form(JSON) if form.media_type == EVENTS else form


async def _send(
    send: Send,
    form: Form,
    response: Response,
    extra: list[tuple[bytes, bytes]] | None = None,
    *,
    gzip: bool = False,
) -> None:
    status = response.status
    if status == 400 and form.legacy and "errors" in response.body and _well_formed(response):  # noqa: PLR2004
        status = 200
    payload = _ENCODE(response.body)
    coding: list[tuple[bytes, bytes]] = []
    if gzip and len(payload) >= _COMPRESSED_FROM:
        # Level 1 of isal: 0.2 ms for what zlib's level 9 takes 11 ms over.
        payload = igzip.compress(payload, 1)
        coding = [(b"content-encoding", b"gzip")]
    headers = [
        (b"content-type", f"{form.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(payload)).encode()),
        (b"vary", b"accept-encoding"),
        *coding,
        *_SECURITY,
        *response.headers,
        *(extra or ()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


def _well_formed(response: Response) -> bool:
    """Whether the HTTP request was in order and only the GraphQL in it was not."""
    code = response.body["errors"][0]["extensions"]["code"]
    return bool(code.startswith("GRAPHQL_") or code in _NOT_OF_HTTP)


async def _send_events(receive: Receive, send: Send, responses: AsyncIterator[Response]) -> None:
    """Send each response as an event ``next``, then ``complete`` (graphql-sse, distinct mode)."""
    gone = asyncio.ensure_future(_disconnected(receive))
    started = False
    following: asyncio.Future[Response] | None = None
    try:
        while True:
            following = following or asyncio.ensure_future(anext(responses))
            await asyncio.wait(
                (following, gone),
                timeout=_KEEP_ALIVE if started else _OPEN_WITHIN,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if gone.done():
                return
            if not following.done():
                if started:
                    await _send_part(send, b": keep alive\n\n")
                else:
                    await _start_events(send)
                    started = True
                continue
            try:
                response = following.result()
            except StopAsyncIteration:
                break
            following = None
            if not started and not response.executed and response.status != _OK:
                await _send(send, Form(JSON), response)  # nothing has begun: say so in HTTP's words
                return
            if not started:
                await _start_events(send)
                started = True
            await _send_part(send, b"event: next\ndata: " + _ENCODE(response.body) + b"\n\n")
        if not started:
            await _start_events(send)
        await _send_part(send, b"event: complete\ndata: \n\n")
        await send({"type": "http.response.body", "body": b""})
    finally:
        for task in (following, gone):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await responses.aclose()  # type: ignore[attr-defined]  # an async generator


async def _start_events(send: Send) -> None:
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *_SECURITY]
    await send({"type": "http.response.start", "status": _OK, "headers": headers})


async def _send_part(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
