"""The restriction order beside a listing, its single releases, and what the command centre counts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.list_clockwork import turn_list
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import CASE, open_world

pytestmark = pytest.mark.anyio
ORDERS = """query ($n: CaseNumber!) { done: restrictionOrders(caseNumber: $n) {
  number state subjects { name subjectType } releases { first last reason } } }"""
RELEASE = """mutation ($n: String!, $f: Date!, $l: Date!, $r: String!, $k: String!) {
  done: releaseRestriction(number: $n, first: $f, last: $l, reason: $r, idempotencyKey: $k) {
    ... on RestrictionOrder { number releases { last } } ... on ListRefused { code guard } } }"""


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def release(court: ListWorld, days: int, number: str = "限1号", key: str = "r1") -> Any:
    first = court.world.today
    last = first + timedelta(days=days)
    return await court.ask(
        "president", RELEASE, n=number, f=str(first), l=str(last), r="就医", k=key
    )


async def test_every_listing_has_its_restriction_order(court: ListWorld) -> None:
    await court.decided()

    [order] = await court.ask("president", ORDERS, n=CASE)

    assert (order["number"], order["state"]) == ("限1号", "IN_FORCE")
    assert [one["subjectType"] for one in order["subjects"]] == ["DEBTOR_PERSON"]


async def test_a_release_lasts_a_month_at_most(court: ListWorld) -> None:
    """DL-32."""
    await court.decided()

    done, again = await release(court, 29), await release(court, 29)
    long = await release(court, 30, key="r2")
    unknown = await release(court, 1, "限9号", "r3")

    assert done == again
    assert len(done["releases"]) == 1
    assert long["guard"] == "C1"
    assert unknown["code"] == "RESTRICTION_NOT_FOUND"


async def test_a_release_joins_no_other(court: ListWorld) -> None:
    """DL-32: two on end would be one of two months."""
    await court.decided()
    first = await release(court, 29)
    court.world.now += timedelta(days=30)

    joined = await release(court, 5, key="r2")
    court.world.now += timedelta(days=1)
    apart = await release(court, 5, key="r3")

    assert len(first["releases"]) == 1
    assert joined["guard"] == "C1"
    assert len(apart["releases"]) == 2


async def test_a_release_shows_when_it_ends_by_itself(court: ListWorld) -> None:
    await court.decided()
    await release(court, 9)
    shown = """query ($n: CaseNumber!) { done: restrictionOrders(caseNumber: $n) {
      deadlines { rule dueOn remainingDays overdue } } }"""

    [order] = await court.ask("president", shown, n=CASE)

    last = (court.world.today + timedelta(days=9)).isoformat()
    assert order["deadlines"] == [
        {"rule": "DL-32", "dueOn": last, "remainingDays": 9, "overdue": False}
    ]


async def test_no_order_is_lifted_while_its_debtor_is_listed(court: ListWorld) -> None:
    """Every listed debtor has one (5.11); it goes with the cause of exit, and the reason is kept."""
    entry = await court.listed()
    lift = """mutation ($n: String!, $r: String!, $k: String!) {
      done: liftRestriction(number: $n, reason: $r, idempotencyKey: $k) {
        ... on RestrictionOrder { state liftedOn liftedBy liftReason }
        ... on ListRefused { code guard } } }"""

    refused = await court.ask("president", lift, n="限1号", r="申请人同意", k="l1")
    await court.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
    lifted = await court.ask("president", lift, n="限1号", r="已履行完毕", k="l2")

    assert (refused["code"], refused["guard"]) == ("GUARD_REFUSED", "C2")
    assert lifted == {
        "state": "LIFTED",
        "liftedOn": court.world.today.isoformat(),
        "liftedBy": "president-1",
        "liftReason": "已履行完毕",
    }


async def test_a_department_reads_no_restriction_order(court: ListWorld) -> None:
    refused = await court.ask("tourism", ORDERS, n=CASE)

    assert refused["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}


async def test_the_command_centre_counts_what_is_late_and_names_nobody(court: ListWorld) -> None:
    """CAP-013."""
    await court.listed()
    await court.screen("tourism", "consumption.lodging", court.debtor)
    court.world.now += timedelta(days=2)
    await turn_list(court.world.database, court.world.now)

    counted = await court.ask("officer", "{ done: hitStatistics { unit state count overdue } }")

    assert counted == [{"unit": "tourism", "state": "INTERCEPTED", "count": 1, "overdue": 1}]
