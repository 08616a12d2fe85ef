"""
Traces, for whoever wants them (ADR 0037): what took how long, never about whom.

Spans are made here and nowhere else, under a name of `SPANS`, with attributes of `ATTRIBUTES`, each value of
its form; anything else is left out. No events, no links, no words of exceptions, and nothing of a
client's but, where that is configured, the ids in its `traceparent`.

OpenTelemetry is imported by `open_tracer` alone, and nothing but the endpoint given there is called.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from connectors.value_forms import DASHED, ROUTE, TRACE, WORD, Form, count

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span as OpenTelemetrySpan

SpanName = Literal[
    "http.request", "plan.compile", "department.ask", "record.commit", "order.deliver"
]
Kind = Literal["SERVER", "CLIENT", "INTERNAL"]

SPANS: Final[Mapping[SpanName, Kind]] = {
    "http.request": "SERVER",
    "plan.compile": "INTERNAL",
    "department.ask": "CLIENT",
    "record.commit": "INTERNAL",
    "order.deliver": "CLIENT",
}
ATTRIBUTES: Final[Mapping[str, Form]] = {
    "http.request.method": WORD,
    "http.route": ROUTE,
    "http.response.status_code": count,
    "error.type": WORD,
    "graphql.operation.type": WORD,
    "chakong.department": DASHED,
    "chakong.question": WORD,
    "chakong.fields": count,
    "chakong.subjects": count,
    "chakong.action": WORD,
    "chakong.attempt": count,
}
_OUTWARD: Final[ContextVar[str | None]] = ContextVar("traceparent", default=None)
_EXPORT_WITHIN: Final = 5  # seconds


class Span(Protocol):
    """A span under way; *trace_id* is None if nobody will see it."""

    @property
    def trace_id(self) -> str | None: ...

    def set(self, key: str, value: object) -> None:
        """Say more; what is not of `ATTRIBUTES` is left out."""


class _Nothing:
    """The span of a gateway without traces; one serves all."""

    trace_id: None = None

    def set(self, key: str, value: object) -> None:
        """Say nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


_NOTHING: Final = _Nothing()


class Tracer:
    """Makes no spans: what a gateway has unless it is configured otherwise."""

    def span(
        self,
        name: SpanName,
        attributes: Mapping[str, object] | None = None,
        *,
        traceparent: str | None = None,
    ) -> AbstractContextManager[Span]:
        """Return a span around the block that follows.

        Args:
            traceparent: the client's, for the span of a request.
        """
        del name, attributes, traceparent
        return _NOTHING

    def close(self) -> None:
        """Send what is still waiting."""


NO_TRACES: Final = Tracer()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """Where traces go, and how many.

    Attributes:
        endpoint: OTLP over HTTP, whole: ``http://collector:4318/v1/traces``.
        ratio: of the requests, decided when they come in.
        from_clients: whether a client's ``traceparent`` is the parent of its request's span.
        to_departments: whether departments are told ours.
    """

    endpoint: str
    ratio: float
    from_clients: bool
    to_departments: bool


class TracesNotInstalled(ValueError):
    """Traces are configured, and OpenTelemetry is not there."""


def open_tracer(
    settings: TraceSettings, version: str, processor: "SpanProcessor | None" = None
) -> Tracer:
    """Return the tracer that sends to the endpoint.

    Args:
        processor: takes the spans instead.

    Raises:
        TracesNotInstalled: the extra ``otel`` was not installed.
    """
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- only where configured
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415
            ALWAYS_OFF,
            ParentBased,
            TraceIdRatioBased,
        )
    except ModuleNotFoundError as error:
        raise TracesNotInstalled(
            "otlp_endpoint needs OpenTelemetry: pip install 'chakong[otel]', pinned in constraints-otel.txt"
        ) from error
    drawn = TraceIdRatioBased(settings.ratio)
    provider = TracerProvider(
        # A client may ask for less than we want to see, never for more.
        sampler=ParentBased(
            drawn, remote_parent_sampled=drawn, remote_parent_not_sampled=ALWAYS_OFF
        ),
        # Not `Resource.create`: that looks around on the machine and in the environment.
        resource=Resource({"service.name": "chakong", "service.version": version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(processor or _batches(settings.endpoint))
    return _Recording(provider, settings)


def outward_headers() -> Mapping[str, str]:
    """Return the headers by which a department is told of the span under way: mostly none."""
    traceparent = _OUTWARD.get()
    return {} if traceparent is None else {"traceparent": traceparent}


def _batches(endpoint: str) -> "SpanProcessor":
    import requests  # noqa: PLC0415 -- as above
    from opentelemetry.exporter.otlp.proto.http import Compression  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    session = requests.Session()
    session.trust_env = False  # no proxy, no .netrc
    session.max_redirects = 0
    exporter = OTLPSpanExporter(
        endpoint=endpoint,
        timeout=_EXPORT_WITHIN,
        compression=Compression.NoCompression,
        session=session,
    )
    return BatchSpanProcessor(exporter, export_timeout_millis=_EXPORT_WITHIN * 1000)


class _Recording(Tracer):
    def __init__(self, provider: Any, settings: TraceSettings) -> None:
        from opentelemetry import trace  # noqa: PLC0415 -- as above
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        self._api = trace
        self._provider = provider
        self._tracer = provider.get_tracer("chakong")
        self._propagator = TraceContextTextMapPropagator()
        self._settings = settings
        self._kinds = {name: trace.SpanKind[kind] for name, kind in SPANS.items()}

    def span(
        self,
        name: SpanName,
        attributes: Mapping[str, object] | None = None,
        *,
        traceparent: str | None = None,
    ) -> AbstractContextManager[Span]:
        if SPANS[name] != "SERVER" and self._nobody_will_see():
            return _NOTHING
        return self._around(name, attributes or {}, traceparent)

    def _nobody_will_see(self) -> bool:
        """Whether this request is not traced, and no department is told of it either."""
        around = self._api.get_current_span()
        untraced = around.get_span_context().is_valid and not around.is_recording()
        return untraced and not self._settings.to_departments

    @contextmanager
    def _around(
        self, name: SpanName, attributes: Mapping[str, object], traceparent: str | None
    ) -> Iterator[Span]:
        kind = self._kinds[name]
        span = self._tracer.start_span(
            name,
            context=self._parent(traceparent),
            kind=kind,
            attributes=_allowed(attributes),
            record_exception=False,
            set_status_on_exception=False,
        )
        told = None
        if self._settings.to_departments and kind is self._api.SpanKind.CLIENT:
            told = _OUTWARD.set(_traceparent(span))
        try:
            with self._api.use_span(
                span, end_on_exit=True, record_exception=False, set_status_on_exception=False
            ):
                try:
                    yield _Shown(span)
                except BaseException as error:
                    span.set_attributes(_allowed({"error.type": _kind_of(error)}))
                    span.set_status(self._api.StatusCode.ERROR)
                    raise
        finally:
            if told is not None:
                _OUTWARD.reset(told)

    def close(self) -> None:
        self._provider.shutdown()

    def _parent(self, traceparent: str | None) -> Any:
        if traceparent is None or not self._settings.from_clients:
            return None
        # No `tracestate`: that is free text.
        return self._propagator.extract({"traceparent": traceparent})


class _Shown:
    """A span as the rest of the gateway has it."""

    __slots__ = ("_span",)

    def __init__(self, span: "OpenTelemetrySpan") -> None:
        self._span = span

    @property
    def trace_id(self) -> str | None:
        if not self._span.is_recording():
            return None
        shown = f"{self._span.get_span_context().trace_id:032x}"
        return shown if TRACE(shown) else None

    def set(self, key: str, value: object) -> None:
        self._span.set_attributes(_allowed({key: value}))


def _allowed(attributes: Mapping[str, object]) -> dict[str, Any]:
    """Return the attributes that may leave the house."""
    return {
        key: value
        for key, value in attributes.items()
        if key in ATTRIBUTES and ATTRIBUTES[key](value)
    }


def _kind_of(error: BaseException) -> str:
    code: object = getattr(error, "code", None)
    return code if isinstance(code, str) and WORD(code) else type(error).__name__


def _traceparent(span: "OpenTelemetrySpan") -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
