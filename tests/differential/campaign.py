"""Ten thousand documents for every role: ``python -m tests.differential.campaign --help``."""

import argparse
import asyncio
import logging
import random
import tempfile
import time
from pathlib import Path

import structlog

from tests.differential import test_hidden_names as hidden_names
from tests.differential.checks import check
from tests.differential.documents import Maker
from tests.differential.test_both_ways import ROLES
from tests.differential.world import world

_REACHES_TOO_FAR = 0.3  # of the documents of the court's roles: drawn from the whole schema
_IN_PART = 0.5


def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


async def campaign(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with world(Path(place)) as made:
            cases = [case.number for case in made.cases]
            for role in ROLES:
                lot, executed, started = random.Random(f"{seed} {role}"), 0, time.monotonic()
                schema = made.schema(role)
                for _ in range(count):
                    one = random.Random(lot.getrandbits(64))
                    wide = role.startswith("court") and lot.random() < _REACHES_TOO_FAR
                    drawn = made.graph.schema if wide else schema
                    document = Maker(drawn, one, cases, made.people).document()
                    executed += await check(
                        made, role, document, lot.getrandbits(32), partial=lot.random() < _IN_PART
                    )
                seconds = time.monotonic() - started
                print(f"{role}: {count} documents agree, {executed} executed, {seconds:.0f} s")  # noqa: T201


async def guess() -> None:
    """Try every hidden name, in the place of every name that a role may write."""
    with tempfile.TemporaryDirectory() as place:
        async with world(Path(place)) as made:
            for role in hidden_names.ROLES:
                made.departments.begin(1)
                names = hidden_names.guesses(made, role)
                guesser = hidden_names.Guesser(made, role)
                found = [one for one in names if await guesser.recovered(one)]
                print(f"{role}: {len(names)} hidden names, {len(found)} recovered {found[:5]}")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="for each role")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", action="store_true", help="hidden names instead of documents")
    given = parser.parse_args()
    quiet()
    asyncio.run(guess() if given.names else campaign(given.documents, given.seed))
