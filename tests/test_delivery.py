"""An approved order takes effect once, whatever is killed or lost on the way."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from tests.installation import Installation, installed
from tests.ordering import approved_order, ended_order, order_of, targets
from tests.running import wire

KINDS = {
    "VEHICLE": "traffic-police",
    "HOUSING_FUND": "housing-fund-center",
    "SECURITIES": "securities-depository",
}
POSTGRESQL = "postgresql://root@127.0.0.1:5432"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as made:
        yield made


@pytest.fixture
def installation_on_postgresql(tmp_path: Path) -> Iterator[Installation]:
    name = f"chakong_delivery_{os.getpid()}"
    url = f"{POSTGRESQL}/postgres".replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    try:
        with installed(tmp_path, CHAKONG_DATABASE_URL=f"{POSTGRESQL}/{name}") as made:
            yield made
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def order_faults(demo: dict[str, Any], mode: str) -> None:
    """Order the fault at the three departments that take orders."""
    ports = Path(demo["departments"][0]["wireLog"]).with_name("ports.json")
    for department in json.loads(ports.read_text()):
        if department["id"] in KINDS.values():
            base = department["health"].removesuffix("/health")
            httpx.post(
                f"{base}/_sandbox/faults", json={"mode": mode}, trust_env=False
            ).raise_for_status()


def controls(demo: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [line for line in wire(demo)[kind] if line["kind"] == "control"]


def survives(installation: Installation, mode: str) -> None:
    demo = installation.start()
    case = demo["cases"][-1]
    found = targets(demo, case)
    order_faults(demo, mode)
    orders = {kind: approved_order(demo, kind, case, found[kind]) for kind in KINDS}
    until = time.monotonic() + 10
    while time.monotonic() < until and {order_of(demo, o)["state"] for o in orders.values()} != {
        "SENT"
    }:
        time.sleep(0.05)

    installation.kill()
    demo = installation.start()

    for kind, order_id in orders.items():
        order = ended_order(demo, order_id)
        assert order["state"] == "EXECUTED", (kind, order)
        assert len(order["receipts"]) == 1
        keys = {line["idempotencyKey"] for line in controls(demo, KINDS[kind])}
        assert len(keys) == 1, "one key, however often it was heard"


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param("hang", id="after the department applied it"),
        pytest.param("unavailable", id="before anyone took it"),
    ],
)
def test_a_killed_gateway_delivers_each_order_once(installation: Installation, mode: str) -> None:
    survives(installation, mode)


@pytest.mark.needs("postgresql")
def test_a_killed_gateway_on_postgresql_delivers_each_order_once(
    installation_on_postgresql: Installation,
) -> None:
    survives(installation_on_postgresql, "hang")


def test_a_lost_answer_is_asked_after_and_the_order_not_sent_again(
    installation: Installation,
) -> None:
    demo = installation.start()
    case = demo["cases"][-1]
    found = targets(demo, case)
    order_faults(demo, "drop_after_apply")

    orders = {
        kind: approved_order(demo, kind, case, found[kind]) for kind in ("VEHICLE", "SECURITIES")
    }

    for kind, order_id in orders.items():
        assert ended_order(demo, order_id)["state"] == "EXECUTED"
        lines = wire(demo)[KINDS[kind]]
        assert [line["kind"] for line in lines if line["kind"] != "question"] == [
            "control",
            "status",
        ]
