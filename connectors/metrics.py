"""What departments cost and how they are: counted by department and outcome, never by person."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class DepartmentMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "gateway_department_requests_total",
            "Calls to departments, questions and orders, by how they ended: ANSWERED or an error's code.",
            ("department", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "gateway_department_seconds",
            "Seconds that a question took, retries included.",
            ("department",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.overdelivered = Counter(
            "gateway_overdelivered_fields_total",
            "Values that came without having been asked for, and were dropped.",
            ("department",),
            registry=registry,
        )
        self._breaker = Gauge(
            "gateway_breaker_state",
            "0 while calls to a department go out, 2 while they are held back, 1 while one is tried.",
            ("department", "kind"),
            registry=registry,
        )
        self.cached = Counter(
            "gateway_cached_answers_total",
            "Answers looked up in the cache: hit, miss or error.",
            ("department", "result"),
            registry=registry,
        )

    def watch_breaker(self, department: str, kind: str, state: Callable[[], float]) -> None:
        """Show *state* whenever somebody looks: a breaker turns by time, too."""
        self._breaker.labels(department, kind).set_function(state)
