"""Work that waits goes together, and fails alone."""

import threading
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from connectors.sqlite_lane import SqliteLane

pytestmark = pytest.mark.anyio


def put(n: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": n})
        connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": 100 + n})
        return n

    return work


async def test_a_failure_undoes_its_own_work_and_nobody_elses(tmp_path: Path) -> None:
    lane = SqliteLane(make_url(f"sqlite:///{tmp_path}/x.db"), "BEGIN IMMEDIATE")
    await lane.run(lambda c: c.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)")))
    await lane.run(lambda c: c.execute(text("INSERT INTO t VALUES (103)")))
    done: list[int] = []

    async def one(n: int) -> None:
        if n == 3:
            with pytest.raises(IntegrityError):
                await lane.run(put(n))
        else:
            done.append(await lane.run(put(n)))

    async with anyio.create_task_group() as group:
        for n in range(6):
            group.start_soon(one, n)
    found = await lane.run(lambda c: c.scalars(text("SELECT n FROM t WHERE n < 100")).all())
    lane.close()

    assert sorted(done) == sorted(found) == [0, 1, 2, 4, 5]


async def test_who_gives_up_before_its_turn_leaves_nothing_behind(tmp_path: Path) -> None:
    lane = SqliteLane(make_url(f"sqlite:///{tmp_path}/x.db"), "BEGIN IMMEDIATE")
    await lane.run(lambda c: c.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)")))

    go_on = threading.Event()

    async with anyio.create_task_group() as group:
        group.start_soon(lane.run, lambda _: go_on.wait())
        await anyio.sleep(0.02)
        with anyio.move_on_after(0.05) as scope:
            await lane.run(put(1))
        go_on.set()
    found = await lane.run(lambda c: c.scalars(text("SELECT n FROM t")).all())
    lane.close()

    assert scope.cancelled_caught
    assert found == []
