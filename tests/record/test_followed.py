"""What is committed beside the record is in it a moment later: each kind of event, found by whom it is about."""

from functools import partial

import pytest

from domain.record import RETENTION, RecordKind, RetentionClass
from resolvers.record_reading import Sought, find
from storage.orders import add_order
from storage.record_events import SOURCES
from tests.court_database import fill
from tests.domain.people import MAN
from tests.record.followed import happen
from tests.record.world import RecordWorld
from tests.storage.test_orders import order

pytestmark = pytest.mark.anyio
HAPPENED = {
    RecordKind.ORDER_EVENT: {"DRAFT"},
    RecordKind.WATCH_EVENT: {"ORDER", "HOLD_BACK"},
    RecordKind.LIST_EVENT: {"PROPOSE", "REVIEW"},
    RecordKind.HIT_EVENT: {"HIT", "RELEASE"},
    RecordKind.CORRECTION_EVENT: {"FILE", "REFUSE"},
    RecordKind.GRANT: {"REGISTER", "REVOKE"},
}


def test_every_table_of_events_that_is_followed_is_looked_at() -> None:
    assert HAPPENED.keys() == {source.kind for source in SOURCES}
    assert {RETENTION[kind] for kind in HAPPENED} == {RetentionClass.ORDER}


async def test_each_event_is_an_entry_that_is_found_by_its_person_and_names_nobody(
    world: RecordWorld,
) -> None:
    await fill(world.database)
    placed = order(1)
    await world.database.write(partial(add_order, order=placed, event="DRAFT"))
    await world.database.write(happen)

    await world.keeper.turn()

    for kind, events in HAPPENED.items():
        person = placed.id_number if kind is RecordKind.ORDER_EVENT else MAN
        sought = Sought(kind=kind.value, subject=person)
        look = partial(find, keys=world.keys, sought=sought, first=20)
        found = await world.database.read(look)
        assert {one.row.decision for one in found} == events, kind
        for one in found:
            assert person in one.personal["subjects"]
            leaf = bytes(one.row.leaf)
            assert all(said.encode() not in leaf for said in (person, placed.case_number)), kind
            assert one.leaf["kind"] == kind.value
