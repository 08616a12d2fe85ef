"""One open request for each question, however many gateways ask at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from domain.case_number import parse_case_number
from domain.identity import IdNumber
from storage.database import Database
from storage.typed_requests import (
    RequestKey,
    answer_typed_request,
    ask_people,
    erase_typed,
    lock_typed_request,
    newest_requests,
)

pytestmark = pytest.mark.anyio

NOW: Final = datetime(2026, 11, 23, 1, tzinfo=UTC)
ANNA: Final = IdNumber("990203199001010012")
FIELDS: Final = frozenset({"current_address"})
KEY: Final = RequestKey(
    unit="subdistricts",
    stem="subdistrict_clues",
    question="clues_of",
    case_number=parse_case_number("（2026）示9903执1号"),
    organisation="court",
    purpose="SERVICE",
)


def asking(fields: frozenset[str] = FIELDS, now: datetime = NOW) -> Any:
    return partial(
        ask_people,
        key=KEY,
        subjects=[ANNA],
        fields=fields,
        officer="示9903-0001",
        now=now,
        due_at=now + timedelta(days=3),
    )


async def test_who_asks_at_once_makes_one_request(database: Database) -> None:
    await asyncio.gather(*(database.write(asking()) for _ in range(8)))

    found = await database.read(lambda c: newest_requests(c, KEY, [ANNA]))
    assert found[ANNA].state == "OPEN"
    again = await database.write(asking(frozenset({"phone_numbers"})))
    assert again[ANNA].id == found[ANNA].id
    assert again[ANNA].fields == {"current_address", "phone_numbers"}


async def test_what_each_asks_at_once_is_all_asked(database: Database) -> None:
    wanted = ("current_address", "delivery_address", "phone_numbers")

    await asyncio.gather(*(database.write(asking(frozenset({one}))) for one in wanted))

    found = await database.read(lambda c: newest_requests(c, KEY, [ANNA]))
    assert found[ANNA].fields == set(wanted)


@pytest.mark.parametrize("odd", ["\0", "示", "x" * 5000, ""])
async def test_an_odd_id_is_no_request(database: Database, odd: str) -> None:
    assert await database.write(partial(lock_typed_request, id_=odd, unit=KEY.unit)) is None


async def test_what_was_typed_is_kept_once_and_erased_when_it_is_over(database: Database) -> None:
    await database.write(asking())
    request = (await database.read(lambda c: newest_requests(c, KEY, [ANNA])))[ANNA]
    until = NOW + timedelta(days=30)
    answer = partial(
        answer_typed_request,
        id_=request.id,
        rows=[{"current_address": "示例市"}],
        by="clerk-1",
        at=NOW,
        valid_until=until,
    )

    first = await database.write(answer)
    second = await database.write(answer)
    early = await database.write(partial(erase_typed, now=until - timedelta(seconds=1)))
    kept = await database.write(partial(lock_typed_request, id_=request.id, unit=KEY.unit))
    late = await database.write(partial(erase_typed, now=until))
    gone = await database.write(partial(lock_typed_request, id_=request.id, unit=KEY.unit))

    assert (first, second, early, late) == (True, False, 0, 1)
    assert kept is not None
    assert kept.answers(FIELDS, NOW)
    assert not kept.answers(FIELDS, until)
    assert gone is not None
    assert (gone.state, gone.rows) == ("EXPIRED", None)
    assert await database.write(partial(lock_typed_request, id_=request.id, unit="other")) is None
