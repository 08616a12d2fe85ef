"""A gateway beside somebody else's keys does not go on with the record, nor does a command."""

from pathlib import Path

import pytest

from auth.record_keys import RecordKeys
from connectors.departments import Departments
from gateway.app import build_gateway
from gateway.record_ownership import RecordOfAnotherKey
from gateway.settings import Settings
from storage.record import record_size
from tests.record.world import RecordWorld, draft

pytestmark = pytest.mark.anyio


async def test_a_gateway_with_other_keys_does_not_start_and_writes_nothing(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    await world.recorder.record(draft(0))
    await world.keeper.turn()
    size = await world.database.read(record_size)

    def gateway(data: Path, name: str = "court") -> Settings:
        return Settings(
            data_dir=data, database_url=record_url, public_url="http://127.0.0.1", record_name=name
        )

    other = build_gateway(gateway(tmp_path / "empty"), departments=Departments.open([]))
    with pytest.raises(RecordOfAnotherKey, match="its own data directory"):
        async with other.app.router.lifespan_context(other.app):
            pass
    await other.database.close()
    after = await world.database.read(record_size)
    own = build_gateway(gateway(tmp_path), departments=Departments.open([]))
    async with own.app.router.lifespan_context(own.app):
        pass
    renamed = build_gateway(gateway(tmp_path, "high-court"), departments=Departments.open([]))
    async with renamed.app.router.lifespan_context(renamed.app):
        pass

    assert after == size
    assert await world.database.read(record_size) > size
    keys = RecordKeys.load(tmp_path, "court")
    assert keys.verifier == world.keys.verifier
