"""A draft looks at its account: who has asked about too many people has it looked at no more."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from auth.caller import Caller
from connectors.question import Answer
from domain.asset_look import NOT_LOOKED
from domain.cover import CoverPolicy
from domain.identity import IdNumber
from resolvers.asked import Wanted
from resolvers.asset_look import look_before
from resolvers.persons import TooManyPersons
from storage.database import Database
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio


@dataclass
class Reader:
    """As much of a request's surroundings as the look needs; it asks nobody, and writes that down."""

    database: Database
    caller: Caller
    limited: bool
    request_id: str = "r"
    cover_policy: CoverPolicy = field(default_factory=CoverPolicy)
    asked: list[Wanted] = field(default_factory=list)

    @property
    def asking(self) -> "Reader":
        return self

    async def asks_about(self, numbers: Collection[IdNumber]) -> None:
        del numbers
        if self.limited:
            raise TooManyPersons(60)

    async def ask_late(self, wanted: Wanted) -> Answer[Any]:
        self.asked.append(wanted)
        return Answer(value=())


@pytest.mark.parametrize("limited", [False, True])
async def test_a_look_at_an_account_counts_like_any_other(tmp_path: Path, limited: bool) -> None:
    world = await open_world(tmp_path)
    caller = world.step("executor-1").caller
    may_look = Caller(
        subject=caller.subject,
        organisation=caller.organisation,
        role=caller.role,
        client_id="test",
        scopes=frozenset({"deposits:read", "deposits:control"}),
        token_id="t",
        expires_at=2**40,
    )
    reader = Reader(world.database, may_look, limited)
    look = look_before(cast("Any", reader), world.freeze(asset_kind="bankDeposit"))

    if limited:
        with pytest.raises(TooManyPersons):
            await look
    else:
        assert await look is NOT_LOOKED
    await world.database.close()

    assert [one.numbers for one in reader.asked] == ([] if limited else [[world.debtor]])
