"""``python -m bench.private_screening``: the list in ranges, alone: memory, building, answers, verdicts."""

import argparse
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from bench.screening import name, number
from domain.identity import IdNumber
from domain.list_index import Listed
from domain.match import asked
from domain.range_answer import ListRanges, range_bits
from domain.range_form import ROW, KeyPeriod
from domain.range_verdict import judged, range_to_ask

T = TypeVar("T")

UNIT: Final = "tourism"
TURNS: Final = 500


def figures(count: int) -> dict[str, Any]:
    """Measure a list of *count* people, in CPU seconds of this process."""
    made, _ = _timed(lambda: sum(1 for _ in _people(count)))
    period, bits, before = (
        KeyPeriod("bench", secrets.token_bytes(32)),
        range_bits(count),
        _resident(),
    )
    built, ranges = _timed(lambda: ListRanges(period, _people(count), 1, bits=bits))
    megabytes = (_resident() - before) / 1e6

    keys = period.keys_of(UNIT)
    people = [asked(number(turn), name(turn)) for turn in range(TURNS)]
    asks = [range_to_ask(person, keys, bits) or 0 for person in people]
    answered, answers = _timed(lambda: [ranges.answer(UNIT, one) for one in asks])
    decided, _ = _timed(
        lambda: [judged(*one) for one in zip(people, [keys] * TURNS, answers, strict=True)]
    )
    changed, _ = _timed(lambda: _change(ranges))
    return {
        "people": count,
        "bits": bits,
        "rows": sorted({len(answer.rows) // ROW for answer in answers}),
        "megabytes": round(megabytes),
        "build_seconds": round(built - made, 1),
        "answer_ms": round(answered / TURNS * 1e3, 2),
        "verdict_ms": round(decided / TURNS * 1e3, 3),
        "change_us": round(changed / TURNS * 1e6, 1),
    }


def _change(ranges: ListRanges) -> None:
    for sequence, one in enumerate(_people(TURNS), start=2):
        ranges.apply(sequence, one.place, [one])


def _people(count: int) -> Iterator[Listed]:
    return (Listed(turn, 0, IdNumber(number(turn)), name(turn)) for turn in range(count))


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    done = work()
    return time.process_time() - began, done


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.private_screening", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    print(json.dumps(figures(parser.parse_args().people), indent=1))  # noqa: T201 -- for programs


if __name__ == "__main__":
    main()
