"""Spans say what took how long; whatever else they are given stays in the house."""

import builtins
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connectors.errors import DepartmentBusy
from connectors.tracing import (
    NO_TRACES,
    Tracer,
    TraceSettings,
    TracesNotInstalled,
    open_tracer,
    outward_headers,
)
from tests.domain.people import MAN

THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def opened(**changes: Any) -> tuple[Tracer, InMemorySpanExporter]:
    spans = InMemorySpanExporter()
    wanted = {
        "endpoint": "http://127.0.0.1:9/v1/traces",
        "ratio": 1.0,
        "from_clients": False,
        "to_departments": False,
        **changes,
    }
    return open_tracer(TraceSettings(**wanted), "0", SimpleSpanProcessor(spans)), spans


def only(spans: InMemorySpanExporter) -> ReadableSpan:
    [span] = spans.get_finished_spans()
    return span


def test_attributes_are_of_the_list_and_of_their_form() -> None:
    tracer, spans = opened()

    with tracer.span("department.ask", {"chakong.department": MAN, "variables": MAN}) as span:
        span.set("chakong.department", "traffic-police")
        span.set("chakong.question", f"of {MAN}")
        span.set("http.route", f"/orders/{MAN}")
        span.set("chakong.subjects", 3)

    assert dict(only(spans).attributes or {}) == {
        "chakong.department": "traffic-police",
        "chakong.subjects": 3,
    }


def test_an_error_is_told_by_its_code_alone() -> None:
    tracer, spans = opened()

    with pytest.raises(DepartmentBusy), tracer.span("department.ask"):
        raise DepartmentBusy("traffic-police")
    with pytest.raises(ValueError, match="9902"), tracer.span("plan.compile"):
        raise ValueError(MAN)

    busy, other = spans.get_finished_spans()
    assert dict(busy.attributes or {}) == {"error.type": "DEPARTMENT_BUSY"}
    assert dict(other.attributes or {}) == {"error.type": "ValueError"}
    assert [one.events for one in (busy, other)] == [(), ()]
    assert [one.status.description for one in (busy, other)] == [None, None]


@pytest.mark.parametrize(
    ("from_clients", "is_theirs"),
    [pytest.param(False, False, id="by default"), pytest.param(True, True, id="configured")],
)
def test_a_clients_trace_is_gone_on_with_only_where_that_is_configured(
    from_clients: bool, is_theirs: bool
) -> None:
    tracer, spans = opened(from_clients=from_clients)

    with tracer.span("http.request", traceparent=THEIRS) as span:
        assert (span.trace_id == THEIRS[3:35]) is is_theirs

    assert (only(spans).parent is not None) is is_theirs


@pytest.mark.parametrize("odd", ["", "00-1-2-3", f"00-{MAN}", "ff" * 40, "\x00", "00-" + "0" * 32])
def test_what_is_no_traceparent_begins_a_trace_of_our_own(odd: str) -> None:
    tracer, spans = opened(from_clients=True)

    with tracer.span("http.request", traceparent=odd):
        pass

    assert only(spans).parent is None


def test_a_client_cannot_have_traced_what_we_would_not() -> None:
    tracer, spans = opened(from_clients=True, ratio=0.0)

    with tracer.span("http.request", traceparent=THEIRS) as span:
        assert span.trace_id is None

    assert spans.get_finished_spans() == ()


def test_departments_are_told_only_where_that_is_configured_and_only_while_they_are_asked() -> None:
    silent, _ = opened()
    telling, spans = opened(to_departments=True)

    with silent.span("department.ask"):
        assert outward_headers() == {}
    with telling.span("http.request"):
        assert outward_headers() == {}
        with telling.span("department.ask"):
            told = outward_headers()["traceparent"]
        assert outward_headers() == {}

    asked = spans.get_finished_spans()[0].context
    assert asked is not None
    assert told.startswith(f"00-{asked.trace_id:032x}-{asked.span_id:016x}-0")


def test_the_machine_and_the_environment_add_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"of={MAN}")
    monkeypatch.setenv("OTEL_SERVICE_NAME", str(MAN))
    tracer, spans = opened()

    with tracer.span("plan.compile"):
        pass

    assert dict(only(spans).resource.attributes) == {
        "service.name": "chakong",
        "service.version": "0",
    }


def test_without_traces_opentelemetry_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def absent(name: str, *more: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(name)
        return imported(name, *more)

    monkeypatch.setattr(builtins, "__import__", absent)

    with NO_TRACES.span("http.request", traceparent=THEIRS) as span:
        span.set("http.route", "/graphql")

    assert span.trace_id is None
    with pytest.raises(TracesNotInstalled, match="chakong\\[otel\\]"):
        opened()


def test_a_collector_that_is_away_costs_nobody_an_answer() -> None:
    """Its address answers nothing; spans are dropped, in a thread of their own."""
    wanted = TraceSettings(
        endpoint="http://127.0.0.1:9/v1/traces", ratio=1.0, from_clients=False, to_departments=False
    )
    tracer = open_tracer(wanted, "0")

    with tracer.span("http.request") as span:
        assert span.trace_id is not None
