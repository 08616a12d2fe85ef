"""The outermost layer of the application: every request has an id, a time, and, where wanted, a span."""

import time
from collections.abc import Callable
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.tracing import Span, Tracer
from gateway.logs import place
from gateway.metrics import GatewayMetrics
from gateway.request_ids import begin_request

_LOG = structlog.get_logger()
_METHODS: Final = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_OTHER: Final = "_OTHER"  # as OpenTelemetry calls what it does not know
_FAILED: Final = 500
_REFUSED_FROM: Final = 400
_EVENTS: Final = b"text/event-stream"


class Observed:
    """Wraps the application. Addresses are never told: of an unknown one, that it is unknown."""

    def __init__(self, app: ASGIApp, *, metrics: GatewayMetrics, tracer: Tracer) -> None:
        self._app = app
        self._metrics = metrics
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request = begin_request()
        with self._tracer.span("http.request", traceparent=_traceparent(scope)) as span:
            if span.trace_id is not None:
                structlog.contextvars.bind_contextvars(trace=span.trace_id)
            if scope["type"] == "http":
                await self._http(scope, receive, send, span, request)
            else:
                await self._app(scope, receive, send)
                span.set("http.route", route_of(scope))

    async def _http(
        self, scope: Scope, receive: Receive, send: Send, span: Span, request: str
    ) -> None:
        answering = _Answering(send, request, time.perf_counter)
        try:
            await self._app(scope, receive, answering.send)
        except ClientDisconnect:
            _LOG.info("http.gone", route=route_of(scope))
        except Exception as error:
            # Its words may be somebody's data, and the server below would print them.
            _LOG.error("http.failed", error=type(error).__name__, where=place(error.__traceback__))
            span.set("error.type", type(error).__name__)
            if answering.begun:
                raise
            await _failed(request)(scope, receive, answering.send)
        finally:
            seconds = answering.took()
            method = scope["method"] if scope["method"] in _METHODS else _OTHER
            route, status = route_of(scope), answering.status
            span.set("http.request.method", method)
            span.set("http.route", route)
            span.set("http.response.status_code", status)
            self._metrics.answered(method, route, status, seconds)
            took = round(seconds, 6)
            if status >= _REFUSED_FROM:
                _LOG.info("http.answered", method=method, route=route, status=status, seconds=took)
            else:
                _LOG.debug("http.answered", method=method, route=route, status=status, seconds=took)


class _Answering:
    """Passes an answer on; it gets the id of its request, its status is looked at."""

    __slots__ = ("_clock", "_request", "_send", "_started", "_took", "begun", "status")

    def __init__(self, send: Send, request: str, clock: Callable[[], float]) -> None:
        self._send = send
        self._request = (b"x-request-id", request.encode())
        self._clock = clock
        self._started = clock()
        self._took: float | None = None
        self.begun = False
        self.status = _FAILED  # unless something is answered

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            if any(
                name == b"content-type" and value.startswith(_EVENTS) for name, value in headers
            ):
                self._took = self._clock() - self._started
            message = {**message, "headers": [*headers, self._request]}
        await self._send(message)

    def took(self) -> float:
        """Return the seconds until the answer was sent; of an event stream, until it began."""
        return self._clock() - self._started if self._took is None else self._took


def _failed(request: str) -> ASGIApp:
    told = {
        "message": "Something went wrong here; it was logged under the request id. 系统内部错误",
        "extensions": {"code": "INTERNAL_ERROR", "requestId": request},
    }
    return JSONResponse({"errors": [told]}, _FAILED, headers={"cache-control": "no-store"})


def route_of(scope: Scope) -> str:
    """Return the route as it was declared, without what was filled into it."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _OTHER


def _traceparent(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name == b"traceparent"]
    return values[0].decode("latin-1") if len(values) == 1 else None
