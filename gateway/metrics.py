"""
What the gateway counts, under the names that common gateways use. No label holds what a client chose.

Two of them are read from the database when somebody looks, so that they are true for all gateways
on it and survive a restart: sum the others over gateways, take the largest of these.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.recorder import Recorder
from storage.database import Database
from storage.order_counts import OrderSteps, count_order_steps
from storage.record_lag import oldest_unproven

# Of OpenTelemetry's semantic conventions.
_SECONDS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0),
)


class GatewayMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Histogram(
            "http_server_request_duration_seconds",
            "Seconds until a request was answered; an event stream until it began.",
            ("http_request_method", "http_route", "http_response_status_code"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], Histogram] = {}
        self.denied = Counter(
            "gateway_fields_denied_total",
            "Fields that requests reached for and their tokens may not have.",
            registry=registry,
        )
        self.disclosed = Counter(
            "gateway_disclosed_fields_total",
            "Fields that departments told and that left in an answer, each for each person.",
            registry=registry,
        )
        ProcessCollector(registry=registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; *method* and *route* are of the program's own words."""
        labels = (method, route, status)
        known = self._known.get(labels)
        if known is None:
            known = self._known[labels] = self._requests.labels(method, route, str(status))
        known.observe(seconds)


class DatabaseMetrics(Collector):
    """What is read from the database; `look` before it is collected.

    While the database cannot be read the numbers stand still, and the lag goes on growing.
    """

    def __init__(self, database: Database, recorder: Recorder, patience: float = 2.0) -> None:
        """Args: patience: seconds until the database counts as away."""
        self._database = database
        self._patience = patience
        self._recorder = recorder
        self._steps = OrderSteps()
        self._unproven_since: datetime | None = None
        self._looked = False  # the first time all events are counted
        self._lag = 0.0

    async def look(self, now: datetime) -> None:
        """Read what changed, unless that takes too long."""
        try:
            async with asyncio.timeout(self._patience):
                self._unproven_since = await self._database.read(oldest_unproven)
                count = partial(count_order_steps, before=self._steps)
                read = self._database.read if self._looked else self._database.read_aside
                self._steps = await read(count)
                self._looked = True
        except Exception:  # noqa: BLE001 -- then there is nothing newer to show
            self._unproven_since = self._unproven_since or now
        lag = 0.0 if self._unproven_since is None else (now - self._unproven_since).total_seconds()
        self._lag = max(0.0, lag, self._recorder.behind)

    def collect(self) -> Iterable[Metric]:
        """Yield what the last look found."""
        orders = CounterMetricFamily(
            "gateway_orders_total",
            "Orders that came into a state, by what they command; of all gateways on this database.",
            labels=("kind", "state"),
        )
        for (kind, state), count in sorted(self._steps.all().items()):
            orders.add_metric((kind, state), count)
        lag = GaugeMetricFamily(
            "gateway_audit_lag_seconds",
            "For how long the oldest of what has to be proven waits for its entry, or for a signature.",
        )
        lag.add_metric((), self._lag)
        return (orders, lag)
