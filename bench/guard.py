"""
``python -m bench.guard``: what it costs to see who asks, in microseconds of CPU.

The first sight of a token, a token seen before, and a proof of its key (DPoP), beside the bare
verification of one ES256 signature in this process: read the others as multiples of that.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from auth.compact import read_compact
from tests.auth.bad_proofs import BOUND
from tests.auth.keyholder import RESOURCE, proof
from tests.auth.world import SIGNING, World, bearer, good_claims, signed


async def lowest(rounds: int, work: Callable[[], Awaitable[int]]) -> float:
    """Return the least CPU time per piece over *rounds*, in microseconds."""
    least = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        pieces = await work()
        least = min(least, (time.process_time() - begun) / pieces * 1e6)
    return round(least, 2)


async def measure(tokens: int, rounds: int) -> dict[str, float]:
    world = World()
    await world.denials.refresh()
    scopes = [
        {"headers": bearer(signed(claims=good_claims(jti=f"token-{n}")))} for n in range(tokens)
    ]
    compact = read_compact(signed().encode())
    proofs = [
        {
            "method": "GET",
            "path": RESOURCE.removeprefix("http://127.0.0.1:8000"),
            "headers": [
                (b"authorization", b"DPoP " + BOUND.encode()),
                (b"dpop", proof(BOUND, jti=f"proof-{n}").encode()),
            ],
        }
        for n in range(tokens)
    ]

    async def bare() -> int:
        for _ in range(tokens):
            compact.is_signed_by(SIGNING)
        return tokens

    async def first() -> int:
        world.guard._known.clear()  # noqa: SLF001 -- as after a restart
        for scope in scopes:
            await world.guard.admit(scope)
        return tokens

    async def again() -> int:
        for _ in range(10):
            for scope in scopes[:64]:
                await world.guard.admit(scope)
        return 640

    async def proven() -> int:
        world.ledger.came.clear()
        for scope in proofs:
            await world.guard.admit(scope)
        return tokens

    found: dict[str, Any] = {
        "bareVerification": await lowest(rounds, bare),
        "firstSight": await lowest(rounds, first),
        "seenBefore": await lowest(rounds * 5, again),
        "provenByDpop": await lowest(rounds, proven),
    }
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tokens", type=int, default=1_000)
    asked.add_argument("--rounds", type=int, default=7)
    given = asked.parse_args()
    print(json.dumps(asyncio.run(measure(given.tokens, given.rounds)), indent=1))  # noqa: T201 -- a program


if __name__ == "__main__":
    main()
