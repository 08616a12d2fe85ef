"""Connectors against departments that run: hold, renew, lift, deduct, and a kill in between."""

import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from connectors.address import DepartmentAddress
from connectors.control import Action, ControlOrder, ControlPort, Receipt, Standing
from connectors.departments import CARRIED_BY
from connectors.errors import DepartmentRefused, KeyReused, OutcomeUnknown
from connectors.housing_fund import HousingFundConnector
from connectors.securities import SecuritiesConnector
from connectors.vehicles import VehiclesConnector
from domain.hold_term import ends_on
from domain.identity import IdNumber
from domain.money import Fen
from tests.sandbox.district import HOLDING, SECRET, Asset, District, serving

pytestmark = pytest.mark.anyio

CONNECTORS: Final[
    Mapping[str, type[VehiclesConnector | HousingFundConnector | SecuritiesConnector]]
] = {
    "vehicles": VehiclesConnector,
    "housing_fund": HousingFundConnector,
    "securities": SecuritiesConnector,
}
every_holder = pytest.mark.parametrize("stem", HOLDING)
ONLY: Final = ("--departments", ",".join(HOLDING))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("district"), *ONLY) as district:
        yield district


@pytest.fixture
def district(running: District) -> Iterator[District]:
    """The district, well and in our own time again after each test."""
    yield running
    for served in running.departments.values():
        served.recover()
        served.set_clock(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """A court before one department; whole amounts are yuan or shares."""

    port: ControlPort
    stem: str

    def amount(self, whole: int) -> int:
        return whole if self.stem == "securities" else whole * 100

    def hold(self, asset: Asset, whole: int | None = None, **other: str) -> ControlOrder:
        """Return an order to hold *whole* yuan or shares, or all there is."""
        money = self.stem != "securities"
        limit = int(asset.worth * 100) if money else int(asset.worth)
        amount = limit if whole is None else self.amount(whole)
        order = ControlOrder(
            key=os.urandom(8).hex(),
            case_number="（2026）示9903执1号",
            action="SEAL" if self.stem == "vehicles" else "FREEZE",
            subject=IdNumber(asset.subject),
            subject_name=asset.name,
            record=asset.record,
            amount_fen=Fen(amount) if money else None,
            quantity=None if money else amount,
            months=12,
            ruling="裁1",
            notice="协1",
            document_hash="a" * 64,
            officers=("示9903-0001", "示9903-0002"),
            court="示例区人民法院",
        )
        return replace(order, **other)  # type: ignore[arg-type]

    def about(self, hold: ControlOrder, action: Action, whole: int | None = None) -> ControlOrder:
        """Return an order about *whole* of a hold, or all of it."""
        money = hold.amount_fen is not None
        amount = (hold.amount_fen or hold.quantity or 0) if whole is None else self.amount(whole)
        return replace(
            hold,
            key=os.urandom(8).hex(),
            action=action,
            hold_key=hold.key,
            amount_fen=Fen(amount) if money else None,
            quantity=None if money else amount,
            months=12 if action == "RENEW" else 0,
            ruling="裁1之一",
        )

    async def standing(self, hold: ControlOrder) -> Standing:
        found = await self.port.standing_of(hold.key)
        assert found is not None
        assert (found.key, found.record) == (hold.key, hold.record)
        return found


@asynccontextmanager
async def court_before(district: District, stem: str, deadline: float = 10) -> AsyncIterator[Court]:
    connector = CONNECTORS[stem].open(
        DepartmentAddress(
            id=CONNECTORS[stem].department,
            url=district[stem].url,
            secret=SECRET,
            deadline_seconds=deadline,
        )
    )
    try:
        yield Court(port=connector, stem=stem)
    finally:
        await connector.aclose()


@every_holder
async def test_a_hold_is_renewed_and_then_lifted(district: District, stem: str) -> None:
    async with court_before(district, stem) as court:
        hold = court.hold(district.free(stem))
        held = await court.port.control(hold)
        renewed = await court.port.control(court.about(hold, "RENEW"))
        standing = await court.standing(hold)
        lifted = await court.port.control(court.about(hold, "LIFT"))
        after = await court.standing(hold)

    assert held.starts_on is not None and held.ends_on is not None
    until = ends_on(held.ends_on + timedelta(days=1), 12)
    assert (held.action, renewed.action, lifted.action) == (hold.action, "RENEW", "LIFT")
    assert (renewed.result, renewed.rank) == ("FULL", 1)
    assert (renewed.starts_on, renewed.ends_on) == (held.starts_on, until)
    assert standing == Standing(
        key=hold.key,
        record=hold.record,
        limit=held.asked,
        controlled=held.asked,
        state="ACTIVE",
        rank=1,
        starts_on=held.starts_on,
        ends_on=until,
    )
    assert (lifted.result, lifted.controlled) == ("FULL", held.asked)
    assert (lifted.rank, lifted.starts_on, lifted.ends_on) == (None, None, None)
    assert (after.state, after.limit, after.controlled, after.rank) == ("ENDED", 0, 0, None)


@every_holder
@pytest.mark.parametrize(
    ("moment", "result"),
    [
        pytest.param("2027-11-22T23:59:59+08:00", "FULL", id="I-11 the last second"),
        pytest.param("2027-11-23T00:00:01+08:00", "NOTHING", id="I-11 one second after 24:00"),
    ],
)
async def test_a_lapsed_hold_cannot_be_renewed(
    district: District, stem: str, moment: str, result: str
) -> None:
    district[stem].set_clock("2026-11-23T09:00:00+08:00")
    async with court_before(district, stem) as court:
        hold = court.hold(district.free(stem))
        held = await court.port.control(hold)
        district[stem].set_clock(moment)
        renewed = await court.port.control(court.about(hold, "RENEW"))
        standing = await court.standing(hold)
        again = await court.port.control(court.hold(district.free(stem)))

    assert held.ends_on == date(2027, 11, 22)
    assert renewed.result == result
    assert renewed.reason == (None if result == "FULL" else "NO_ASSET")
    assert standing.state == ("ACTIVE" if result == "FULL" else "ENDED")
    assert again.result == "FULL"


@every_holder
async def test_a_lift_lets_the_next_take_effect_at_once(district: District, stem: str) -> None:
    async with court_before(district, stem) as court:
        first = court.hold(district.free(stem))
        second = replace(first, key=f"{first.key}b", case_number="（2026）示9903执2号")
        await court.port.control(first)
        waits = await court.port.control(second)
        before = await court.standing(second)
        lifted = await court.port.control(court.about(first, "LIFT"))
        after = await court.standing(second)
        told = await court.port.outcome_of(second.key)

    assert waits.result == "WAITING"
    assert (before.state, before.rank, before.controlled) == ("WAITING", 2, 0)
    assert lifted.result == "FULL"
    assert (after.state, after.rank, after.controlled) == ("ACTIVE", 1, waits.asked)
    assert after.starts_on is not None
    assert told == waits  # the first receipt never changes


@pytest.mark.parametrize("stem", ["housing_fund", "securities"])
async def test_a_lift_in_part_frees_that_part(district: District, stem: str) -> None:
    async with court_before(district, stem) as court:
        first = court.hold(district.free(stem))
        second = replace(first, key=f"{first.key}b", case_number="（2026）示9903执2号")
        held = await court.port.control(first)
        await court.port.control(second)
        lifted = await court.port.control(court.about(first, "LIFT", 3))
        rest, next_ = await court.standing(first), await court.standing(second)

    part = court.amount(3)
    assert (lifted.result, lifted.asked, lifted.rank) == ("FULL", part, 1)
    assert (rest.limit, rest.controlled) == (held.asked - part, held.asked - part)
    assert (next_.limit, next_.controlled, next_.state) == (held.asked, part, "ACTIVE")


async def test_more_than_is_held_is_not_deducted(district: District) -> None:
    async with court_before(district, "housing_fund") as court:
        hold = court.hold(district.free("housing_fund"), 6)
        held = await court.port.control(hold)
        some = await court.port.control(court.about(hold, "DEDUCT", 2))
        between = await court.standing(hold)
        rest = await court.port.control(court.about(hold, "DEDUCT", 6))
        after = await court.standing(hold)
        nothing = await court.port.control(court.about(hold, "DEDUCT", 1))

    assert held.balance is not None
    assert (some.result, some.controlled, some.balance) == ("FULL", 200, held.balance - 200)
    assert (between.limit, between.controlled, between.state) == (400, 400, "ACTIVE")
    assert (rest.result, rest.asked, rest.controlled) == ("PART", 600, 400)
    assert (rest.balance, rest.starts_on, rest.rank) == (held.balance - 600, None, None)
    assert (after.state, after.limit) == ("ENDED", 0)
    assert (nothing.result, nothing.reason) == ("NOTHING", "NO_ASSET")


@pytest.mark.parametrize("stem", ["vehicles", "securities"])
async def test_what_is_no_money_is_not_deducted(district: District, stem: str) -> None:
    async with court_before(district, stem) as court:
        hold = court.hold(district.free(stem))
        held = await court.port.control(hold)
        deduction = court.about(hold, "DEDUCT")
        with pytest.raises(DepartmentRefused):
            await court.port.control(deduction)
        unheard = await court.port.outcome_of(deduction.key)
        standing = await court.standing(hold)

    assert "DEDUCT" not in CARRIED_BY[CONNECTORS[stem].department]
    assert unheard is None
    assert standing.controlled == held.asked


@every_holder
async def test_a_key_that_placed_nothing_has_no_standing(district: District, stem: str) -> None:
    async with court_before(district, stem) as court:
        hold = court.hold(district.free(stem), record="XX-99999999")
        refused = await court.port.control(hold)

        assert refused.reason == "NO_ASSET"
        assert await court.port.standing_of(hold.key) is None
        assert await court.port.standing_of("unheard-of") is None


@every_holder
async def test_a_statement_tells_what_became_of_every_hold(district: District, stem: str) -> None:
    district[stem].set_clock("2030-01-10T09:00:00+08:00")
    async with court_before(district, stem) as court:
        lives, gone = court.hold(district.free(stem)), court.hold(district.free(stem))
        for order in (lives, gone, court.about(gone, "LIFT")):
            await court.port.control(order)

        that_day = await court.port.holds_since(date(2030, 1, 10))
        later = await court.port.holds_since(date(2030, 1, 11))
        each = [await court.standing(lives), await court.standing(gone)]

    assert [one for one in that_day if one.key in {lives.key, gone.key}] == each
    assert [one for one in later if one.key in {lives.key, gone.key}] == each[:1]


@every_holder
@pytest.mark.parametrize("action", ["RENEW", "LIFT", "DEDUCT"])
async def test_one_key_has_one_effect_also_across_a_kill(
    tmp_path: Path, stem: str, action: Action
) -> None:
    if action not in CARRIED_BY[CONNECTORS[stem].department]:
        return
    only = ("--departments", stem)
    with serving(tmp_path, *only) as district:
        asset = district.free(stem)
        async with court_before(district, stem) as court:
            hold = court.hold(asset)
            await court.port.control(hold)
        wanted = court.about(hold, action, 3 if action == "DEDUCT" else None)
        district[stem].fall_ill("drop_after_apply")
        async with court_before(district, stem, deadline=0.4) as court:
            first = await _sent(court, wanted)
        _kill(tmp_path, stem)
    (tmp_path / "ports.json").unlink()

    with serving(tmp_path, *only) as district:
        async with court_before(district, stem) as court:
            again = await court.port.control(wanted)
            told = await court.port.outcome_of(wanted.key)
            standing = await court.standing(hold)
            with pytest.raises(KeyReused):
                await court.port.control(replace(wanted, document_hash="b" * 64))
            unchanged = await court.standing(hold)

    assert first in (None, again)
    assert again == told
    assert (again.result, again.action) == ("FULL", action)
    assert standing == unchanged
    limit = hold.amount_fen or hold.quantity or 0
    left = {"RENEW": limit, "LIFT": 0, "DEDUCT": limit - 300}
    assert standing.limit == left[action]
    if action == "RENEW":
        assert standing.ends_on == again.ends_on


async def _sent(court: Court, order: ControlOrder) -> Receipt | None:
    """Send an order whose answer is lost; the exchange's centre comes back to it by itself."""
    try:
        return await court.port.control(order)
    except OutcomeUnknown:
        return None


def _kill(data: Path, stem: str) -> None:
    """Kill the department that this test started."""
    [entry] = [one for one in json.loads((data / "ports.json").read_text()) if one["stem"] == stem]
    os.kill(entry["pid"], signal.SIGKILL)
    time.sleep(0.05)
