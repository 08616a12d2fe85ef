"""`mine`: what was ordered is told once it was carried out; requests are the person's own, all of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.identity import IdNumber
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world
from tests.resolvers.test_corrections import bound, filed

pytestmark = pytest.mark.anyio

ORDERS = """
{ done: mine { orders { caseNumber courtName action assetKind department state rulingNumber holdEndsOn
  amount { yuan } } } }
"""
OBJECTIONS = "{ done: mine { objections { id state grounds asks } } }"


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    await bound(made, "debtor-1", made.debtor[0])
    await bound(made, "debtor-2", "990203199001010025")
    yield made
    await world.database.close()


async def orders(court: ListWorld, who: str = "debtor") -> list[dict[str, Any]]:
    return list((await court.ask(who, ORDERS))["orders"])


async def test_an_order_is_told_once_it_was_carried_out(court: ListWorld) -> None:
    world = court.world
    drafted = await world.drafted(world.freeze(50_00, record="HF9"))
    submitted = await world.submitted(world.freeze(60_00, record="HF8"))
    sent = await world.sent(world.freeze(70_00, record="HF7"))

    before = await orders(court)
    held = await world.held()
    after = await orders(court)

    assert {drafted.state, submitted.state, sent.state} == {"DRAFT", "PENDING_APPROVAL", "SENT"}
    assert before == []
    [told] = after
    assert (told["caseNumber"], told["state"]) == (world.case.number, "EXECUTED")
    assert (told["action"], told["assetKind"]) == ("FREEZE", "HOUSING_FUND")
    assert told["courtName"] == world.case.court_name
    assert told["rulingNumber"] == held.ruling_number
    assert told["holdEndsOn"] == (await world.hold(held.id)).ends_on.isoformat()  # type: ignore[union-attr]
    assert told["amount"] == {"yuan": "100.00"}
    assert await orders(court, "stranger") == []


async def test_requests_are_the_persons_own(court: ListWorld) -> None:
    entry = await court.listed()
    done = await filed(court, entry, grounds="已履行完毕，应予删除")

    own = await court.ask("debtor", OBJECTIONS)
    others = await court.ask("stranger", OBJECTIONS)

    assert own["objections"] == [
        {"id": done["id"], "state": "FILED", "grounds": "已履行完毕，应予删除", "asks": "WITHDRAW"}
    ]
    assert others["objections"] == []
    assert IdNumber(court.debtor[0]) not in str(own)
