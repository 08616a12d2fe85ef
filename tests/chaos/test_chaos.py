"""The short form of ``python -m tests.chaos``: a few kills, and a count that is known to find faults."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.chaos.__main__ import own_database
from tests.chaos.server import NoServer, own_server
from tests.chaos.storm import Plan, storm

SERVER = "postgresql://postgres@127.0.0.1:5432"
SHORT = Plan(orders=40, kills=4, seed=7, lease=2.0)


def test_every_accepted_order_takes_effect_once_though_the_gateway_is_killed(
    tmp_path: Path,
) -> None:
    found = asyncio.run(storm(SHORT, tmp_path))

    assert found.faults == []
    assert (found.accepted, found.kills) == (40, 4)


@pytest.mark.needs("postgresql")
def test_so_it_does_with_three_gateways_on_one_postgresql(tmp_path: Path) -> None:
    plan = dataclasses.replace(SHORT, instances=3, pauses=1, cuts=1)
    try:
        with own_database(SERVER, "chakong_chaos_short") as url:
            found = asyncio.run(storm(dataclasses.replace(plan, database=url), tmp_path))
    except OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")

    assert found.faults == []
    assert (found.accepted, found.kills) == (40, 4)


def test_a_careless_gateway_is_found_out(tmp_path: Path) -> None:
    """A count that cannot find anything would prove nothing."""
    plan = dataclasses.replace(SHORT, orders=20, kills=0, sabotage="resend")

    found = asyncio.run(storm(plan, tmp_path))

    assert any("was never approved" in fault for fault in found.faults)


def test_a_gateway_that_counts_a_repeated_receipt_is_found_out(tmp_path: Path) -> None:
    plan = dataclasses.replace(SHORT, orders=20, kills=0, echoes=1, sabotage="recount")

    found = asyncio.run(storm(plan, tmp_path))

    assert any("receipts" in fault or "reported again" in fault for fault in found.faults)


def test_a_gateway_that_answers_for_entries_it_does_not_keep_is_found_out(tmp_path: Path) -> None:
    plan = dataclasses.replace(SHORT, orders=20, kills=0, sabotage="forget")

    found = asyncio.run(storm(plan, tmp_path))

    assert any("is not what was answered" in fault for fault in found.faults)


@pytest.mark.needs("postgresql")
def test_so_it_does_though_postgresql_itself_crashes(tmp_path: Path) -> None:
    plan = dataclasses.replace(SHORT, kills=2, instances=2, restarts=2)
    try:
        with own_server() as server, own_database(server.url, "chakong_chaos") as url:
            on_it = dataclasses.replace(plan, database=url)
            found = asyncio.run(storm(on_it, tmp_path, server.restart))
    except NoServer as error:
        pytest.skip(str(error))

    assert found.faults == []
    assert (found.accepted, found.kills, found.restarts) == (40, 2, 2)
