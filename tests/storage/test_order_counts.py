"""Steps of orders are counted each once, however often and however late somebody looks."""

from functools import partial

import pytest

from storage.database import Database
from storage.order_counts import OrderSteps, count_order_steps
from storage.orders import add_order, move_order
from tests.storage.test_orders import NOW, order
from tests.storage.test_settled import write_event, writers

pytestmark = pytest.mark.anyio


async def worked(database: Database) -> None:
    """Two orders, one of which is submitted and approved."""
    for number in (1, 2):
        await database.write(partial(add_order, order=order(number), event="DRAFT"))
    steps = (("SUBMIT", "DRAFT", "PENDING_APPROVAL"), ("APPROVE", "PENDING_APPROVAL", "APPROVED"))
    for event, before, after in steps:
        move = partial(move_order, order=order(1, state=before), event=event, to_state=after)
        await database.write(partial(move, actor="executor-1", at=NOW))


async def test_what_was_counted_is_not_read_again_and_not_counted_twice(database: Database) -> None:
    await worked(database)

    first = await database.read(partial(count_order_steps, before=OrderSteps()))
    again = await database.read(partial(count_order_steps, before=first))

    expected = {
        ("FREEZE", "DRAFT"): 2,
        ("FREEZE", "PENDING_APPROVAL"): 1,
        ("FREEZE", "APPROVED"): 1,
    }
    assert dict(first.all()) == dict(again.all()) == expected
    assert (first.settled, dict(first.since)) == (4, {})


async def test_an_event_that_is_committed_behind_a_later_one_is_counted(database: Database) -> None:
    """PostgreSQL draws numbers before it commits: they come in another order than they are drawn."""
    await worked(database)
    with writers(database, 2) as (late, early):
        write_event(late)
        write_event(early)
        early.commit()
        before = await database.read(partial(count_order_steps, before=OrderSteps()))
        late.commit()
        after = await database.read(partial(count_order_steps, before=before))

    assert before.all()["FREEZE", "DRAFT"] == 3
    assert (before.settled, after.settled) == (4, 6)
    assert after.all()["FREEZE", "DRAFT"] == 4
