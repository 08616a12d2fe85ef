"""I-02 to I-04, I-10, I-11, I-20 to I-24 over random histories; `campaign` runs many more."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.domain.queue_histories import Histories

# The same histories in every run; `python -m tests.domain.campaign` looks for new ones.
SMALL = settings(
    max_examples=100,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_every_history_keeps_the_law_of_queues() -> None:
    before = Histories.tally["histories"]

    run_state_machine_as_test(Histories, settings=SMALL)

    assert Histories.tally["histories"] - before >= 100
