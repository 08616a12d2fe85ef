"""Many new histories of queues: ``python -m tests.domain.campaign --histories 2000``.

The same machine as in the tests, with other histories in every run. A failure prints the shortest
history that breaks the law.
"""

import argparse
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.domain.queue_histories import Histories


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--histories", type=int, default=2000)
    asked.add_argument("--steps", type=int, default=50, help="the most steps of one history")
    words = asked.parse_args()
    bigger = settings(
        max_examples=words.histories,
        stateful_step_count=words.steps,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    started = time.monotonic()

    run_state_machine_as_test(Histories, settings=bigger)

    print(f"no history broke the law, in {time.monotonic() - started:.0f} s")  # noqa: T201
    for what, count in sorted(Histories.tally.items()):
        print(f"{count:>10,}  {what}")  # noqa: T201


if __name__ == "__main__":
    main()
