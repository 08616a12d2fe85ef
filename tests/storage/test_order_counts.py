"""Steps of orders are counted each once, however often and however late somebody looks."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert

from storage.database import Database
from storage.instants import instant_text
from storage.order_counts import OrderSteps, count_order_steps
from storage.orders import add_order, last_sequence, move_order
from storage.tables import order_events
from tests.storage.test_orders import CASE, NOW, order

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(hours=1)


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

    first = await database.read(partial(count_order_steps, before=OrderSteps(), now=NOW))
    settled = await database.read(partial(count_order_steps, before=first, now=LATER))
    again = await database.read(partial(count_order_steps, before=settled, now=LATER))

    expected = {
        ("FREEZE", "DRAFT"): 2,
        ("FREEZE", "PENDING_APPROVAL"): 1,
        ("FREEZE", "APPROVED"): 1,
    }
    assert dict(first.all()) == dict(settled.all()) == dict(again.all()) == expected
    assert (first.settled, dict(settled.since)) == (0, {})


async def test_an_event_that_is_committed_behind_a_later_one_is_counted(database: Database) -> None:
    """PostgreSQL draws numbers before it commits: they come in another order than they are drawn."""
    await worked(database)
    newest = await database.read(last_sequence)

    def late(connection: Connection, sequence: int) -> None:
        values = {
            "sequence": sequence,
            "order_id": "o_1",
            "case_number": CASE,
            "event": "SEND",
            "to_state": "SENT",
            "actor": "system",
            "at": instant_text(NOW),
        }
        connection.execute(insert(order_events).values(values))

    await database.write(partial(late, sequence=newest + 10))
    seen = await database.read(partial(count_order_steps, before=OrderSteps(), now=NOW))
    await database.write(partial(late, sequence=newest + 5))
    seen = await database.read(partial(count_order_steps, before=seen, now=NOW))
    settled = await database.read(partial(count_order_steps, before=seen, now=LATER))

    assert seen.all()["FREEZE", "SENT"] == settled.all()["FREEZE", "SENT"] == 2
