"""The bench compares answers that are the same: ours, and the fan-out written by hand."""

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import bench.__main__ as bench


async def debtors_of(contestant: bench.Contestant, place: Path) -> list[dict[str, Any]]:
    bench.aim(contestant, 2, place)
    reader, writer = await asyncio.open_connection("127.0.0.1", contestant.port, limit=2**24)
    body = await bench.one_request(reader, writer, contestant.requests[0])
    writer.close()
    debtors: list[dict[str, Any]] = json.loads(body)["data"]["case"]["debtors"]
    for debtor in debtors:  # the gateway's counts are 64-bit, hence text
        for holding in debtor["securities"]:
            holding.update({name: str(holding[name]) for name in ("quantity", "pledgedQuantity")})
    return debtors


def test_everybody_in_the_bench_gives_the_same_answer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        everybody = bench.contestants(stack, tmp_path, 0.0, peers=False)

        answers = [asyncio.run(debtors_of(one, tmp_path)) for one in everybody]

    assert [one.name for one in everybody] == [
        "chakong",
        "ours, unrecorded",
        "fan-out",
        "strawberry",
    ]
    assert len(answers[0]) == 2
    assert all(answer == answers[0] for answer in answers)
