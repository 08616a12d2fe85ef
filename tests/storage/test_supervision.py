"""What supervisors page through, and which cases are weighed, on both databases."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import pytest
from sqlalchemy import Connection

from domain.money import Fen
from storage.cases import find_case, keep_cases
from storage.database import Database
from storage.deliveries import add_delivery
from storage.delivery_pages import deliveries_page
from storage.discrepancies import (
    Difference,
    discrepancies_page,
    open_discrepancies,
    resolve_discrepancy,
    settle_differences,
)
from storage.excesses import (
    ExcessRecord,
    begin_excess,
    cases_to_weigh,
    end_excess,
    is_to_be_weighed,
    standing_excess,
    warn_of_excesses,
)
from storage.holds import HoldRecord, add_hold
from storage.orders import add_order
from storage.reconciliations import (
    ReconciliationRecord,
    keep_reconciliation,
    latest_reconciliations,
)
from storage.recoveries import add_recovery
from tests.storage.test_orders import CASE, NOW, order

pytestmark = pytest.mark.anyio
FUND: Final = "housing-fund-center"


def difference(number: int) -> Difference:
    return Difference(
        department=FUND,
        delivery_key=f"k_{number}",
        order_id=f"o_{number}",
        kind="MISSING",
        ours="ACTIVE",
        theirs="-",
    )


def held(connection: Connection, number: int, fen: int, state: str = "ACTIVE") -> None:
    add_order(connection, order(number, state="EXECUTED", amount=Fen(fen)), event="DRAFT")
    hold = HoldRecord(
        order_id=f"o_{number}",
        case_number=CASE,
        state=state,
        rank=1,
        need=fen,
        controlled=fen if state == "ACTIVE" else 0,
        starts_on=None,
        ends_on=None,
    )
    add_hold(connection, hold, at=NOW)


async def left(database: Database) -> int:
    case = await database.read(lambda c: find_case(c, CASE))
    assert case is not None
    return case.claim_on(NOW.date()).remaining


async def test_pages_of_differences_follow_each_other(database: Database) -> None:
    for number in range(1, 6):
        await database.write(partial(add_order, order=order(number), event="DRAFT"))
    found = [difference(number) for number in range(1, 6)]
    await database.write(lambda c: settle_differences(c, FUND, found, at=NOW))

    pages: list[list[str]] = []
    after = None
    while page := await database.read(partial(discrepancies_page, first=2, after=after)):
        pages.append([one.difference.order_id or "" for one in page])
        after = (page[-1].found_at, page[-1].id)

    assert pages == [["o_1", "o_2"], ["o_3", "o_4"], ["o_5"]]
    mine = partial(discrepancies_page, first=9, officer="executor-1", is_open=True)
    others = partial(discrepancies_page, first=9, officer="executor-3")
    assert (len(await database.read(mine)), await database.read(others)) == (5, [])


async def test_two_who_resolve_the_same_difference_do_not_both(database: Database) -> None:
    await database.write(lambda c: settle_differences(c, FUND, [difference(1)], at=NOW))
    [found] = await database.read(open_discrepancies)
    resolve = partial(resolve_discrepancy, id_=found.id, at=NOW, remark="核实")

    done = [await database.write(partial(resolve, by=who)) for who in ("a", "b")]

    assert done == [True, False]
    assert await database.read(open_discrepancies) == []
    assert len(await database.read(partial(discrepancies_page, first=9, is_open=False))) == 1


async def test_pages_of_deliveries_follow_each_other(database: Database) -> None:
    def add(connection: Connection) -> None:
        for number in range(1, 6):
            add_order(connection, order(number), event="DRAFT")
            add_delivery(connection, f"o_{number}", department=FUND, now=NOW)

    await database.write(add)

    found: list[str] = []
    after = None
    read = partial(deliveries_page, states=("DUE",), first=2, case_number=CASE)
    while page := await database.read(partial(read, after=after)):
        found += [one.order.id for one in page]
        after = (page[-1].delivery.due_at, page[-1].order.id)

    assert found == [f"o_{number}" for number in range(1, 6)]


async def test_a_case_is_weighed_when_it_may_hold_more_than_is_owed(database: Database) -> None:
    remaining = await left(database)
    weighed = partial(is_to_be_weighed, case_number=CASE)

    await database.write(lambda c: held(c, 1, remaining))
    assert not await database.read(weighed)
    await database.write(lambda c: held(c, 2, 10**9, "WAITING"))
    assert not await database.read(weighed)
    await database.write(lambda c: held(c, 3, 1))

    assert await database.read(weighed)
    assert await database.read(cases_to_weigh) == [CASE]


async def test_a_case_is_weighed_when_a_deduction_lowered_its_claim(database: Database) -> None:
    remaining = await left(database)
    await database.write(lambda c: held(c, 1, remaining))

    await database.write(
        lambda c: add_recovery(
            c, "o_1", receipt_number="R", case_number=CASE, fen=Fen(1), received_at=NOW
        )
    )

    assert await database.read(cases_to_weigh) == [CASE]


async def test_an_excess_stands_until_it_ends_and_is_warned_of_once_a_day(
    database: Database,
) -> None:
    excess = ExcessRecord(case_number=CASE, arose_at=NOW, order_id="o_1")
    warn = partial(warn_of_excesses, most=9)
    await database.write(partial(begin_excess, excess=excess))

    days = [await database.write(partial(warn, today=NOW.date())) for _ in range(2)]
    tomorrow = await database.write(partial(warn, today=NOW.date() + timedelta(days=1)))

    assert days == [[excess], []]
    assert tomorrow == [excess]
    assert await database.read(partial(is_to_be_weighed, case_number=CASE))
    await database.write(partial(end_excess, excess=excess, at=NOW))
    assert await database.read(partial(standing_excess, case_number=CASE)) is None
    assert await database.read(cases_to_weigh) == []
    await database.write(partial(begin_excess, excess=excess))  # at the same instant again
    assert await database.read(partial(standing_excess, case_number=CASE)) == excess


async def test_a_day_keeps_its_last_comparison(database: Database) -> None:
    def done(at: datetime, differing: int) -> ReconciliationRecord:
        return ReconciliationRecord(
            department=FUND, at=at, compared=3, moved=0, differing=differing
        )

    late = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # a minute before Shanghai's midnight
    for one in (done(NOW, 2), done(late, 1), done(late + timedelta(minutes=1), 0)):
        await database.write(partial(keep_reconciliation, done=one))

    kept = await database.read(partial(latest_reconciliations, most=9))

    assert [one.differing for one in kept] == [0, 1]


async def test_an_import_ends_nothing_that_stands(database: Database) -> None:
    excess = ExcessRecord(case_number=CASE, arose_at=NOW, order_id="o_1")
    await database.write(partial(begin_excess, excess=excess))
    case = await database.read(lambda c: find_case(c, CASE))
    assert case is not None

    await database.write(partial(keep_cases, register=[case]))

    assert await database.read(partial(standing_excess, case_number=CASE)) == excess
