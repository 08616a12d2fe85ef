"""How far behind the record is, as `/metrics` shows it on a port of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import DatabaseMetrics
from gateway.metrics_port import MetricsPort
from gateway.recorder import Recorder
from tests.record.world import RecordWorld, draft

pytestmark = pytest.mark.anyio
LAG = "gateway_audit_lag_seconds"


class Away:
    """A database that nobody can reach; its words hold somebody's number."""

    async def read(self, _: object) -> None:
        raise ConnectionError("990203199001010017")

    write = read


@asynccontextmanager
async def served(world: RecordWorld) -> AsyncIterator[MetricsPort]:
    registry = CollectorRegistry()
    stored = DatabaseMetrics(world.database, world.recorder)
    registry.register(stored)
    port = MetricsPort("127.0.0.1", 0, registry, stored, lambda: world.now)
    port.start()
    try:
        yield port
    finally:
        await port.stop()


async def lag(port: MetricsPort) -> float:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port.port}/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    [value] = [
        sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == LAG
    ]
    return value


async def test_the_lag_is_that_of_the_oldest_entry_without_a_signature(world: RecordWorld) -> None:
    async with served(world) as port:
        empty = await lag(port)
        await world.recorder.record(draft(0))
        world.now += timedelta(seconds=7)
        await world.recorder.record(draft(1, at=world.now))
        behind = await lag(port)
        await world.keeper.turn()
        signed = await lag(port)

    assert (empty, signed) == (0, 0)
    assert behind == pytest.approx(7)


class Silent:
    """A database that never answers."""

    async def read(self, _: object) -> None:
        await asyncio.sleep(3600)


@pytest.mark.parametrize("database", [Away(), Silent()], ids=["away", "silent"])
async def test_the_lag_grows_while_the_database_cannot_be_read(
    world: RecordWorld, database: Any
) -> None:
    stored = DatabaseMetrics(database, world.recorder, patience=0.1)
    await stored.look(world.now)
    await stored.look(world.now + timedelta(seconds=30))

    *_, shown = stored.collect()
    assert [sample.value for sample in shown.samples] == [30.0]


async def test_the_lag_grows_while_nothing_can_be_written(world: RecordWorld) -> None:
    recorder = Recorder(Away(), lambda: world.now)  # type: ignore[arg-type]
    recorder.start()
    with pytest.raises(Exception, match="recorded"):
        await recorder.record(draft(0))
    world.now += timedelta(seconds=40)

    behind = recorder.behind
    await recorder.stop()

    assert behind == pytest.approx(40, abs=1)


async def test_the_port_is_on_loopback_its_own_and_serves_nothing_else(world: RecordWorld) -> None:
    async with served(world) as port, httpx.AsyncClient(trust_env=False) as client:
        for path in ("/", "/graphql", "/health", "/graphiql"):
            answer = await client.get(f"http://127.0.0.1:{port.port}{path}")
            assert answer.status_code == 404, path
        stored = DatabaseMetrics(world.database, world.recorder)
        with pytest.raises(OSError, match="in use"):
            MetricsPort("127.0.0.1", port.port, CollectorRegistry(), stored, lambda: world.now)
