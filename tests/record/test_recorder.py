"""The recorder: every entry once, in order, durable before it is answered; or nobody is answered."""

import asyncio
import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, select, update

from domain.checkpoint import parse_checkpoint, parse_note
from domain.merkle import inclusion_path, leaf_hash, root_from_inclusion, root_over
from gateway.recorder import Recorder, RecordUnavailable
from storage.database import open_database
from storage.record import (
    last_checkpoint,
    leaves_between,
    read_tip,
    stored_leaves,
)
from storage.record_proofs import StoredNodes, peaks_before, root_at
from storage.tables.record import record_entries, record_nodes
from tests.record.world import RecordWorld, draft

pytestmark = pytest.mark.anyio


def all_leaves(connection: Connection) -> list[bytes]:
    return list(stored_leaves(connection, 0, read_tip(connection).size))


async def test_entries_that_come_together_stand_one_behind_the_other(world: RecordWorld) -> None:
    placed = await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(700)))

    leaves = await world.database.read(all_leaves)
    assert [one.n for one in placed] == list(range(700))
    assert [leaf_hash(leaf) for leaf in leaves] == [one.hash for one in placed]
    shown = [json.loads(leaf) for leaf in leaves]
    assert [one["n"] for one in shown] == list(range(700))
    assert [one["number"] for one in shown] == list(range(700))
    assert shown[0]["prev"] == "0" * 64
    assert [one["prev"] for one in shown[1:]] == [one.hash.hex() for one in placed[:-1]]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
async def test_the_tip_that_is_read_is_the_tip_that_was_kept(world: RecordWorld, size: int) -> None:
    placed = await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(size)))

    tip = await world.database.read(read_tip)

    assert tip == world.recorder.tip
    assert tip.root == root_over([one.hash for one in placed])
    assert await world.database.read(lambda c: root_at(c, size)) == tip.root


async def test_each_entry_is_proved_under_the_root(world: RecordWorld) -> None:
    placed = await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(600)))

    def prove(connection: Connection) -> bytes:
        nodes = StoredNodes(connection)
        for n in (0, 1, 255, 256, 511, 512, 598, 599):
            path = inclusion_path(n, 600, nodes)
            root = root_from_inclusion(placed[n].hash, n, 600, path)
            assert root == root_over([one.hash for one in placed])
        return root

    assert await world.database.read(prove)
    peaks = await world.database.read(lambda c: peaks_before(c, 300))
    assert len(peaks) == (300).bit_count()


async def test_two_gateways_write_one_record(world: RecordWorld, record_url: str) -> None:
    other_database = open_database(record_url)
    other = Recorder(other_database, lambda: world.now)
    other.start()

    placed = await asyncio.gather(
        *(recorder.record(draft(n)) for n in range(100) for recorder in (world.recorder, other))
    )

    await other.stop()
    await other_database.close()
    assert sorted(one.n for one in placed) == list(range(200))
    leaves = await world.database.read(all_leaves)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    assert [json.loads(leaf)["prev"] for leaf in leaves[1:]] == [one.hex() for one in hashes[:-1]]


async def test_a_clock_that_is_set_back_moves_no_entry_back(world: RecordWorld) -> None:
    await world.recorder.record(draft(0, at=world.now))
    await world.recorder.record(draft(1, at=world.now - timedelta(hours=1)))
    await world.recorder.record(draft(2, at=world.now + timedelta(seconds=1)))

    leaves = await world.database.read(all_leaves)

    at = [json.loads(leaf)["at"] for leaf in leaves]
    assert at == sorted(at)
    assert at[0] == at[1] < at[2]


async def test_the_record_is_signed_as_it_stands(world: RecordWorld) -> None:
    await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(300)))

    await world.keeper.turn()

    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    body, [signature] = parse_note(newest.note)
    checkpoint = parse_checkpoint(body)
    assert (checkpoint.size, newest.size) == (300, 300)
    assert world.recorder.tip is not None
    assert checkpoint.root == world.recorder.tip.root
    assert signature.key_id == world.keys.key_id
    world.keys.signing.public_key().verify(signature.signature, body.encode())


async def test_what_is_sealed_is_opened_with_its_own_entry_alone(world: RecordWorld) -> None:
    body = draft(0).body
    sealed = world.keys.seal(b'{"who":"executor-1"}', body)

    assert world.keys.open(sealed, body) == b'{"who":"executor-1"}'
    with pytest.raises(InvalidTag):
        world.keys.open(sealed, draft(1).body)


class Broken:
    """A database that fails until it is mended, as a full disk does."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        self.broken = False

    async def read(self, work: Any) -> Any:
        return await self.whole.read(work)

    async def write(self, work: Any) -> Any:
        if self.broken:
            raise sqlite3.OperationalError("database or disk is full")
        return await self.whole.write(work)


async def test_what_cannot_be_written_is_refused_until_the_outage_itself_is_written(
    world: RecordWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.recorder._BETWEEN_PROBES", 0.02)
    broken = Broken(world.database)
    recorder = Recorder(broken, lambda: world.now)  # type: ignore[arg-type]
    recorder.start()
    await recorder.record(draft(0))

    broken.broken = True
    with pytest.raises(RecordUnavailable):
        await recorder.record(draft(1))
    with pytest.raises(RecordUnavailable):
        recorder.require()
    broken.broken = False
    for _ in range(100):
        await asyncio.sleep(0.02)
        try:
            recorder.require()
            break
        except RecordUnavailable:
            continue
    await recorder.record(draft(2))
    await recorder.stop()

    kinds = await world.database.read(
        lambda c: list(c.scalars(select(record_entries.c.kind).order_by(record_entries.c.n)))
    )
    assert kinds == ["DISCLOSURE", "OUTAGE", "DISCLOSURE"]


async def test_who_comes_when_too_many_wait_is_refused(world: RecordWorld) -> None:
    recorder = Recorder(world.database, lambda: world.now, most_waiting=3)
    recorder.start()

    outcomes = await asyncio.gather(
        *(recorder.record(draft(n)) for n in range(10)), return_exceptions=True
    )

    await recorder.stop()
    refused = [one for one in outcomes if isinstance(one, RecordUnavailable)]
    assert len(refused) == 7
    size = await world.database.read(lambda c: read_tip(c).size)
    assert size == 3, "nothing of what was refused is there"


async def test_a_stopped_recorder_refuses(world: RecordWorld) -> None:
    await world.recorder.stop()

    with pytest.raises(RecordUnavailable):
        await world.recorder.record(draft(0))


async def test_a_tip_that_somebody_changed_is_not_gone_on_from(world: RecordWorld) -> None:
    """A number that is taken is never written over: the other one's entry stands."""
    await world.recorder.record(draft(0))
    other = Recorder(world.database, lambda: world.now)
    other.start()
    await other.record(draft(1))

    third = await world.recorder.record(draft(2))

    await other.stop()
    assert third.n == 2


async def test_keys_are_made_once_and_for_their_user_alone(
    world: RecordWorld, tmp_path: Path
) -> None:
    again = type(world.keys).load_or_create(tmp_path, "court")

    assert again.verifier == world.keys.verifier
    names = ("record-signing.key", "record-sealing.key", "record-terms.key")
    modes = {(tmp_path / name).stat().st_mode & 0o777 for name in names}
    assert modes == {0o600}


async def test_a_changed_byte_in_the_database_moves_the_root(world: RecordWorld) -> None:
    await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(300)))
    await world.keeper.turn()

    def spoil(connection: Connection) -> None:
        connection.execute(
            update(record_entries).where(record_entries.c.n == 290).values(hash=b"x" * 32)
        )

    await world.database.write(spoil)

    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    signed = parse_checkpoint(parse_note(newest.note)[0]).root
    assert await world.database.read(lambda c: root_at(c, 300)) != signed
    assert await world.database.read(lambda c: len(leaves_between(c, 0, 300))) == 300
    assert await world.database.read(lambda c: len(list(c.execute(select(record_nodes))))) == 1
