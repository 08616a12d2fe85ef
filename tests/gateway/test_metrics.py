"""Requests are counted under the program's own words; no label is of a client's choosing."""

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from connectors.tracing import NO_TRACES
from gateway.metrics import GatewayMetrics
from gateway.observed import Observed

pytestmark = pytest.mark.anyio
REQUESTS = "http_server_request_duration_seconds"


def labels(registry: CollectorRegistry) -> set[tuple[str, str, str]]:
    """Return method, route and status of all that were counted."""
    return {
        (
            sample.labels["http_request_method"],
            sample.labels["http_route"],
            sample.labels["http_response_status_code"],
        )
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
        if sample.name == f"{REQUESTS}_count"
    }


async def counted(*asked: tuple[str, str]) -> set[tuple[str, str, str]]:
    async def order(request: Request) -> Response:
        return Response(request.path_params["id"])

    async def fails(_: Request) -> Response:
        raise ValueError("990203199001010017")

    async def events(_: Request) -> Response:
        return StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")

    registry = CollectorRegistry()
    app = Starlette(
        routes=[
            Route("/orders/{id}", order),
            Route("/fails", fails),
            Route("/events", events),
        ],
        middleware=[Middleware(Observed, metrics=GatewayMetrics(registry), tracer=NO_TRACES)],
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://court") as client:
        for method, path in asked:
            answer = await client.request(method, path)
            assert len(answer.headers["x-request-id"]) == 16
            assert "9902" not in answer.text or answer.status_code == 200
    return labels(registry)


async def test_a_request_is_counted_under_its_route_never_under_its_address() -> None:
    assert await counted(
        ("GET", "/orders/990203199001010017"),
        ("GET", "/orders/o_2?of=990203199001010017"),
        ("POST", "/orders/o_2"),
        ("GET", "/990203199001010017"),
        ("GET", "/.env"),
        ("ZHANGSAN", "/orders/o_1"),
        ("GET", "/fails"),
        ("GET", "/events"),
    ) == {
        ("GET", "/orders/{id}", "200"),
        ("POST", "/orders/{id}", "405"),
        ("GET", "_OTHER", "404"),
        ("_OTHER", "/orders/{id}", "405"),
        ("GET", "/fails", "500"),
        ("GET", "/events", "200"),
    }


async def test_a_thousand_addresses_are_one_series() -> None:
    assert await counted(*(("GET", f"/nobody/{one}") for one in range(1000))) == {
        ("GET", "_OTHER", "404")
    }
