"""Personal sides are erased when their time is over; the tree still verifies, the digests are gone."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from auth.record_keys import RecordKeys
from domain.record import RetentionClass
from gateway.record_retention import forget
from gateway.record_verify import verify_bundle
from gateway.record_workers import erasure_of
from gateway.settings import Settings
from resolvers.record_reading import OpenedEntry, Sought, find
from storage.record import RecordDraft
from tests.record.histories import bundled
from tests.record.world import START, RecordWorld

pytestmark = pytest.mark.anyio
PERIODS = {
    RetentionClass.NETWORK: timedelta(days=183),
    RetentionClass.PROVIDING: timedelta(days=1096),
    RetentionClass.ORDER: timedelta(days=3653),
}


def about(keys: RecordKeys, kind: str, who: str, day: int) -> RecordDraft:
    body = json.dumps({"v": 1, "kind": kind, "who": "commitment"}).encode()
    personal = json.dumps({"salt": "00", "who": who, "cases": [], "subjects": ["s"]}).encode()
    return RecordDraft(
        kind=kind,
        unit="court",
        decision="ANSWERED",
        at=START + timedelta(days=day),
        body=body,
        sealed=keys.seal(personal, body),
    )


async def test_each_class_is_erased_in_its_time_and_the_tree_verifies(
    world: RecordWorld, tmp_path: Path
) -> None:
    for day in range(0, 1200, 100):
        for kind in ("LOGIN", "DISCLOSURE", "ORDER_EVENT"):
            await world.recorder.record(about(world.keys, kind, f"{kind}-{day}", day))
    await world.keeper.turn()
    now = START + timedelta(days=1200)

    erased = await forget(world.database, world.keys, PERIODS, now)
    again = await forget(world.database, world.keys, PERIODS, now)
    await world.keeper.turn()

    assert erased == {
        RetentionClass.NETWORK: 11,
        RetentionClass.PROVIDING: 2,
        RetentionClass.ORDER: 0,
    }
    assert set(again.values()) == {0}

    gone = await world.database.read(lambda c: find(c, world.keys, Sought(who="LOGIN-0"), first=5))
    kept = await world.database.read(
        lambda c: find(c, world.keys, Sought(who="ORDER_EVENT-0"), first=5)
    )
    logins = await world.database.read(
        lambda c: find(c, world.keys, Sought(kind="LOGIN"), first=50)
    )
    assert gone == []
    assert [one.personal["who"] for one in kept] == ["ORDER_EVENT-0"]
    assert [one.is_erased for one in logins] == [False], "what was erased is found by nothing"
    bundle = await bundled(world, tmp_path / "bundle")
    _, fault = verify_bundle(bundle, [world.keys.verifier])
    assert fault is None
    erasures = await world.database.read(
        lambda c: find(c, world.keys, Sought(kind="ERASURE"), first=50)
    )
    assert sum(one.leaf["erased"] for one in erasures) == 13


async def test_there_is_something_to_erase_once_a_day(world: RecordWorld) -> None:
    for day in (0, 1):
        await world.recorder.record(about(world.keys, "LOGIN", f"LOGIN-{day}", day))
    erased = []
    for hours in (0, 1, 14, 16, 24):  # it is nine, and at midnight another day is over
        now = START + timedelta(days=183, hours=hours)
        done = await forget(world.database, world.keys, PERIODS, now)
        erased.append(done[RetentionClass.NETWORK])

    assert erased == [0, 0, 0, 1, 0]


async def test_one_of_two_gateways_erases_by_itself(world: RecordWorld, tmp_path: Path) -> None:
    today = datetime.now(UTC)
    for days in (200, 1):
        entry = about(world.keys, "LOGIN", f"LOGIN-{days}", 0)
        await world.recorder.record(replace(entry, at=today - timedelta(days=days)))
    await world.keeper.turn()
    settings = Settings(data_dir=tmp_path)
    rounds = [
        erasure_of(settings, world.database, world.keys, lambda: datetime.now(UTC))
        for _ in range(2)
    ]

    for one in rounds:
        one.start()
    erasures: list[OpenedEntry] = []
    for _ in range(100):
        erasures = await sought(world, "ERASURE")
        if erasures:
            break
        await asyncio.sleep(0.1)
        await world.keeper.turn()
    for one in rounds:
        await one.stop()

    assert [one.leaf["erased"] for one in erasures] == [1]
    assert [one.personal["who"] for one in await sought(world, "LOGIN")] == ["LOGIN-1"]


async def sought(world: RecordWorld, kind: str) -> list[OpenedEntry]:
    return await world.database.read(lambda c: find(c, world.keys, Sought(kind=kind), first=50))


@pytest.mark.parametrize(
    ("setting", "least"),
    [
        pytest.param("record_network_days", 183, id="network logs: six months"),
        pytest.param("record_providing_days", 1096, id="providing personal data: three years"),
        pytest.param("record_order_days", 3653, id="what belongs to a case's file: ten years"),
    ],
)
def test_nothing_is_erased_before_the_law_lets_it_be(setting: str, least: int) -> None:
    kept = Settings.model_validate({setting: least})

    assert timedelta(days=least) in kept.record_retention().values()
    with pytest.raises(ValidationError, match=setting):
        Settings.model_validate({setting: least - 1})
