"""
``python -m tests.alone``: what failed beside the others, three times by itself. `./test` asks for it.

The suite runs real gateways, browsers and databases on whatever machine there is, and some tests wait for
seconds: beside a busy neighbour one of thousands comes too late. A test that passes three times alone is
named as unsteady and fails nothing; one that fails again does, and so do more than a few at once. What proves
that nothing is lost, doubled or leaked is never taken again: seldom is how such faults show.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

LAST_FAILED: Final = Path(".pytest_cache/v/cache/lastfailed")
MOST: Final = 3
TIMES: Final = 3
_NEVER: Final = (
    "tests/auth/",
    "tests/chaos/",
    "tests/differential/",
    "tests/domain/",
    "tests/marks/",
    "tests/record/",
    "tests/resolvers/test_list_histories.py",
    "tests/storage/",
    "tests/test_attacks.py",
    "tests/test_delivery.py",
    "tests/test_list_loop.py",
    "tests/test_record",
)


def taken_again(failed: Collection[str]) -> list[str]:
    """Return which of *failed* (pytest's names) may be tried alone: all of them, or none."""
    if len(failed) > MOST or any(one.startswith(_NEVER) for one in failed):
        return []
    return sorted(failed)


def passes_alone(name: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name]
    return all(subprocess.run(command, check=False).returncode == 0 for _ in range(TIMES))


def main() -> int:
    failed = json.loads(LAST_FAILED.read_text(encoding="utf-8"))
    again = taken_again(failed)
    unsteady = [one for one in again if passes_alone(one)]
    for one in unsteady:
        print(f"UNSTEADY {one}: failed beside the others, passed {TIMES} times alone")  # noqa: T201
    return 0 if again and unsteady == again else 1


if __name__ == "__main__":
    sys.exit(main())
