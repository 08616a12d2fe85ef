"""Who was told of an entry, and a cursor that the list has not reached."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from gateway.list_clockwork import turn_list
from gateway.webhooks import Webhooks
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
RECEIVERS: Final = """query ($e: ID!) { done: listEntry(id: $e) {
  receivers { unit receivedAt removalReceivedAt } } }"""


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def test_a_cursor_from_the_future_is_refused_and_proves_nothing(court: ListWorld) -> None:
    """Who went on behind it would hear of no change any more, and would have acknowledged all."""
    entry = await court.listed()

    ahead = await court.changes("tourism", "999999999999999999")
    page = await court.changes("tourism")
    empty = await court.changes("tourism", page["cursor"])

    assert ahead["code"] == "CURSOR_AHEAD"
    assert [one["entryId"] for one in page["nodes"]] == [entry]
    assert (empty["nodes"], empty["cursor"]) == ([], page["cursor"])


async def test_a_unit_that_was_told_and_said_nothing_since_is_owed_the_removal(
    court: ListWorld,
) -> None:
    """I-32: it may have the entry, whatever it says."""
    entry = await court.listed()
    await court.changes("tourism")
    told = (await court.ask("officer", RECEIVERS, e=entry))["receivers"]
    await court.removed(entry)
    court.world.now += timedelta(days=9)
    await turn_list(court.world.database, court.world.now)
    reminders = "{ done: listReminders(first: 9) { nodes { kind unit target } } }"
    owed = (await court.ask("supervisor", reminders))["nodes"]

    page = await court.changes("tourism")
    await court.changes("tourism", page["cursor"])
    await turn_list(court.world.database, court.world.now)

    assert told == [{"unit": "tourism", "receivedAt": None, "removalReceivedAt": None}]
    assert owed == [{"kind": "TAKE_REMOVAL", "unit": "tourism", "target": entry}]
    assert (await court.ask("supervisor", reminders))["nodes"] == []
    [taken] = (await court.ask("officer", RECEIVERS, e=entry))["receivers"]
    assert taken["receivedAt"]
    assert taken["removalReceivedAt"]


async def test_the_court_sees_who_is_behind_and_whose_endpoint_is_dead(court: ListWorld) -> None:
    """Dead letters are visible to who has to ask the unit about them; addresses are not."""
    made = "mutation ($u: String!) { done: addWebhook(url: $u) { id } }"
    hook = await court.ask("tourism", made, u="https://tourism.invalid/hook")
    await court.listed()
    await court.changes("drc")
    hooks = Webhooks(court.world.database, court.events, lambda: court.world.now, never)
    for _ in range(24):
        await hooks.turn()
        court.world.now += timedelta(hours=7)

    asked = "{ done: listRecipients { unit cursor told behind endpoints { id state attempts lastError } } }"
    seen = await court.ask("supervisor", asked)
    refused = await court.ask("tourism", asked)

    drc, tourism = seen
    assert (drc["unit"], drc["cursor"], drc["told"], drc["behind"]) == ("drc", "0", "1", 1)
    assert (tourism["unit"], tourism["cursor"], tourism["behind"]) == ("tourism", None, 1)
    assert tourism["endpoints"] == [
        {"id": hook["id"], "state": "PARKED", "attempts": 24, "lastError": "NOT_TAKEN"}
    ]
    assert refused["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}


async def never(url: str, body: bytes, headers: dict[str, str]) -> bool:
    """An endpoint that takes nothing."""
    del url, body, headers
    return False


async def test_nobody_who_never_asked_is_owed_anything(court: ListWorld) -> None:
    entry = await court.listed()
    await court.removed(entry)

    assert (await court.ask("officer", RECEIVERS, e=entry))["receivers"] == []
