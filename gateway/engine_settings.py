"""What an engine allows."""

from dataclasses import dataclass, field

from gateway.limits import Limits
from gateway.step_up import StepUp


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What an engine allows.

    Attributes:
        cost_of_operation, cost_per_minute: the most one operation, one client in a minute may cost.
        seconds: the longest a request may take.
        explains_to_all: whether everybody may see plans: with synthetic people only.
        step_up: what raw values and approvals need; None needs nothing, for tests and tools alone.
    """

    limits: Limits = field(default_factory=Limits)
    cost_of_operation: int = 20_000
    cost_per_minute: int = 600_000
    seconds: float = 10.0
    explains_to_all: bool = False
    step_up: StepUp | None = None
