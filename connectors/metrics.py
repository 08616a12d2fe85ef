"""What departments cost and how they are: counted by department and status, never by person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class DepartmentMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.calls = Counter(
            "gateway_department_calls_total",
            "Calls to departments, by how they ended.",
            ("department", "kind", "status"),
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
        self.breaker = Gauge(
            "gateway_breaker_open",
            "1 while calls to a department are held back, 0.5 while it is tried again.",
            ("department", "kind"),
            registry=registry,
        )
        self.cached = Counter(
            "gateway_cached_answers_total",
            "Answers looked up in the cache: hit, miss or error.",
            ("department", "result"),
            registry=registry,
        )
