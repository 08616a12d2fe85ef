"""``python -m tests.resolvers.list_campaign --histories 1000``: the invariants of the list, at length."""

import argparse
import time

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.resolvers.list_histories import ListHistories


def main() -> None:
    parser = argparse.ArgumentParser(prog="list_campaign", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    began = time.monotonic()
    run_state_machine_as_test(
        ListHistories,
        settings=settings(
            max_examples=given.histories,
            stateful_step_count=given.steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    seconds = time.monotonic() - began
    told = f"{given.histories} histories of up to {given.steps} steps, none broke the law"
    print(f"{told}; {seconds:.0f} s")  # noqa: T201 -- to people


if __name__ == "__main__":
    main()
