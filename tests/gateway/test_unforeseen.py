"""What nobody foresaw in the words around an answer is a failure like any other: told, and recorded."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from gateway import engine
from gateway.request_record import RequestRecord
from tests.resolvers.order_world import open_world
from tests.resolvers.test_order_refusals import DRAFT, Desk, wanted

pytestmark = pytest.mark.anyio


@dataclass
class Kept:
    """A record that notes how requests ended."""

    failed_with: list[list[str]] = field(default_factory=list)

    def require(self, _plan: object) -> None:
        """Anything may be recorded."""

    async def failed(self, *given: Any) -> None:
        self.failed_with.append(list(given[3]))


async def test_an_answer_whose_words_fail_is_told_and_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await open_world(tmp_path)
    desk, record = Desk(world), Kept()
    desk.engine._record = cast("RequestRecord", record)

    def fails(*_: object) -> None:
        raise OverflowError("a date of the year 9999")

    monkeypatch.setattr(engine, "body_of", fails)

    told = await desk.ask("court-executor", DRAFT, i=wanted(desk))
    await world.database.close()

    assert told["code"] == "INTERNAL_ERROR"
    assert record.failed_with == [["INTERNAL_ERROR"]]
