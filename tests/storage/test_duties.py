"""One gateway does what is done for all of them."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from storage.database import Database, PostgresDatabase
from storage.duties import ClockApart, take_duty

pytestmark = pytest.mark.anyio
LEASE = timedelta(seconds=30)


async def taken(database: Database, holder: str, now: datetime | None = None) -> bool:
    take = partial(
        take_duty, name="clock", holder=holder, now=now or datetime.now(UTC), lease_time=LEASE
    )
    return await database.write(take)


async def test_a_duty_is_one_gateways_until_its_lease_is_over(database: Database) -> None:
    assert await taken(database, "a")
    assert await taken(database, "a"), "who has it keeps it"
    assert not await taken(database, "b")


async def test_a_gateway_whose_clock_is_wrong_takes_no_duty(database: Database) -> None:
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has no clock of its own: one machine, one clock")
    for apart in (timedelta(hours=1), timedelta(hours=-1)):
        with pytest.raises(ClockApart):
            await taken(database, "a", datetime.now(UTC) + apart)
