"""Orders, their events, their keys and their deliveries, on both databases."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import Connection, create_engine, func, select, text

from domain.case_number import parse_case_number
from domain.identity import IdNumber
from domain.money import Fen
from storage.cases import find_case, lock_case
from storage.committed import committed_fen
from storage.database import Database, PostgresDatabase
from storage.deliveries import (
    DeliveryRecord,
    LeaseLost,
    add_delivery,
    bring_forward,
    claim_deliveries,
    finish_delivery,
    park_delivery,
    postpone_delivery,
)
from storage.holds import HoldRecord, add_hold, keep_hold
from storage.idempotency_keys import RequestRecord, find_request, keep_request
from storage.order_events import events_after, events_of_order, last_sequence
from storage.order_history import first_holds
from storage.order_lists import orders_of_case
from storage.orders import OrderMoved, OrderRecord, add_order, find_order, move_order
from storage.receipts import PriorHoldRecord, ReceiptRecord, keep_receipt, receipts_of
from tests.databases import SERVER

pytestmark = pytest.mark.anyio

NOW: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
A_MOMENT: Final = timedelta(seconds=0.3)
CASE: Final = parse_case_number("（2026）示9903执1号")


def order(number: int = 1, **changes: Any) -> OrderRecord:
    values: dict[str, Any] = {
        "id": f"o_{number}",
        "case_number": CASE,
        "state": "DRAFT",
        "action": "FREEZE",
        "asset_kind": "housingFund",
        "department": "housing-fund-center",
        "id_number": IdNumber("990203199003070012"),
        "subject_name": "示例",
        "record": "HF1",
        "amount": Fen(100_00),
        "quantity": None,
        "months": 12,
        "purpose": "CONTROL",
        "reason": "未履行",
        "ruling_number": None,
        "notice_number": None,
        "officers": ("示9903-0001", "示9903-0002"),
        "drafter": "executor-1",
        "approver": None,
        "document_hash": None,
        "delivery_key": f"k_{number}",
        "created_at": NOW,
        "changed_at": NOW,
    }
    return OrderRecord(**values | changes)


def receipt(number: str = "R1", controlled: int = 60_00) -> ReceiptRecord:
    return ReceiptRecord(
        order_id="o_1",
        number=number,
        result="PART",
        asked=100_00,
        controlled=controlled,
        reason="PRIOR_HOLD_COVERS_ALL",
        rank=2,
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 11, 22),
        prior_holds=(PriorHoldRecord(authority="他院", amount=40_00, expires_on=None),),
        handler="经办",
        at=NOW,
        received_at=NOW,
    )


async def added(database: Database, *orders: OrderRecord) -> None:
    for one in orders:
        await database.write(lambda c, one=one: add_order(c, one, event="DRAFT"))  # type: ignore[misc]


async def test_a_case_comes_back_as_it_was_kept(database: Database) -> None:
    case = await database.read(lambda c: find_case(c, CASE))

    assert case is not None
    assert case.number == CASE
    assert {entry.capacity for entry in case.officers} == {"HANDLER", "APPROVER"}
    assert case.obligors


async def test_an_order_and_its_first_event_are_one(database: Database) -> None:
    await added(database, order())

    assert await database.read(lambda c: find_order(c, "o_1")) == order()
    [event] = await database.read(lambda c: events_of_order(c, "o_1"))
    assert (event.from_state, event.to_state, event.actor) == (None, "DRAFT", "executor-1")


async def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    def fails(connection: Connection) -> None:
        add_order(connection, order(), event="DRAFT")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(fails)

    assert await database.read(lambda c: find_order(c, "o_1")) is None


async def test_two_who_move_the_same_order_do_not_both(database: Database) -> None:
    await added(database, order())
    move = partial(
        move_order,
        order=order(),
        event="SUBMIT",
        to_state="PENDING_APPROVAL",
        actor="executor-1",
        at=NOW,
    )

    outcomes = await asyncio.gather(
        database.write(move), database.write(move), return_exceptions=True
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["NoneType", "OrderMoved"]
    assert len(await database.read(lambda c: events_of_order(c, "o_1"))) == 2
    with pytest.raises(OrderMoved):
        await database.write(move)


async def test_a_key_is_kept_with_what_it_was_used_for(database: Database) -> None:
    await added(database, order())
    request = RequestRecord(operation="draftOrder", body_hash="h", order_id="o_1")
    keep = partial(keep_request, request=request, actor="executor-1", key="k", at=NOW)

    await database.write(keep)

    found = await database.read(lambda c: find_request(c, actor="executor-1", key="k"))
    assert found == request
    assert await database.read(lambda c: find_request(c, actor="executor-2", key="k")) is None


async def test_fifty_writers_at_once_lose_nothing(database: Database) -> None:
    await asyncio.gather(
        *(
            database.write(lambda c, n=n: add_order(c, order(n), event="DRAFT"))  # type: ignore[misc]
            for n in range(50)
        )
    )

    page = await database.read(lambda c: orders_of_case(c, CASE, first=100))
    assert {one.id for one in page} == {f"o_{n}" for n in range(50)}


def hold(state: str, controlled: int) -> HoldRecord:
    return HoldRecord(
        order_id=order(1).id,
        case_number=CASE,
        state=state,
        rank=1,
        need=100_00,
        controlled=controlled,
        starts_on=None,
        ends_on=None,
    )


async def test_an_unanswered_order_reserves_what_it_asks_and_then_what_it_holds(
    database: Database,
) -> None:
    await added(database, order(1, state="SENT"), order(2, state="DRAFT"))
    assert await database.read(lambda c: committed_fen(c, CASE)) == 100_00

    await database.write(
        lambda c: move_order(
            c,
            order(1, state="SENT"),
            event="x",
            to_state="PARTIALLY_EXECUTED",
            actor="d",
            at=NOW,
        )
    )
    await database.write(lambda c: add_hold(c, hold("ACTIVE", 60_00), at=NOW))
    assert await database.read(lambda c: committed_fen(c, CASE)) == 60_00

    await database.write(lambda c: keep_hold(c, hold("WAITING", 0), at=NOW))
    assert await database.read(lambda c: committed_fen(c, CASE)) == 0


async def test_a_first_hold_is_one_persons(database: Database) -> None:
    own, other = IdNumber("990203199003070012"), IdNumber("990203199001010025")
    late = NOW + timedelta(hours=1)
    kept = [order(1), order(2), order(3, id_number=other)]
    await added(database, *kept)
    for one, at in ((kept[0], late), (kept[1], NOW)):
        await database.write(
            partial(
                move_order,
                order=one,
                event="REPORT",
                to_state="EXECUTED",
                actor="housing-fund-center",
                at=at,
            )
        )

    found = [
        await database.read(partial(first_holds, numbers=[CASE], held=one)) for one in (own, other)
    ]

    assert found == [{CASE: NOW}, {}]


async def test_a_receipt_that_comes_twice_is_kept_once(database: Database) -> None:
    await added(database, order())

    assert await database.write(lambda c: keep_receipt(c, receipt())) is True
    assert await database.write(lambda c: keep_receipt(c, receipt())) is False
    assert await database.read(lambda c: receipts_of(c, "o_1")) == [receipt()]


async def delivery_due(database: Database) -> None:
    await added(database, order())
    await database.write(
        lambda c: add_delivery(c, "o_1", department="housing-fund-center", now=NOW)
    )


async def claimed(
    database: Database, lease: str, at: datetime = NOW, lease_time: timedelta = A_MOMENT
) -> list[DeliveryRecord]:
    """Claim what is due at *at*; leases go by the real clock on either engine here."""
    if not isinstance(database, PostgresDatabase):
        at = max(at, datetime.now(UTC))
    work = partial(claim_deliveries, lease=lease, now=at, lease_time=lease_time, most=10)
    return [one.delivery for one in await database.write(work)]


async def after_the_lease() -> None:
    await asyncio.sleep(A_MOMENT.total_seconds() + 0.05)


async def test_one_worker_has_a_delivery_until_its_lease_is_over(database: Database) -> None:
    await delivery_due(database)

    assert [d.attempts for d in await claimed(database, "a")] == [1]
    assert await claimed(database, "b") == []
    await after_the_lease()
    assert [d.attempts for d in await claimed(database, "b")] == [2]


async def test_a_gateway_whose_clock_is_ahead_takes_nobodys_lease(database: Database) -> None:
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has no clock of its own: one machine, one clock")
    await delivery_due(database)
    await claimed(database, "a", lease_time=timedelta(seconds=30))

    assert await claimed(database, "b", NOW + timedelta(hours=1)) == []


async def test_what_is_claimed_comes_with_all_that_the_department_is_told(
    database: Database,
) -> None:
    await added(database, order(1))
    await added(database, order(2, action="LIFT", hold_order="o_1"))
    for order_id in ("o_1", "o_2"):
        add = partial(add_delivery, order_id=order_id, department="d", now=NOW)
        await database.write(add)

    work = partial(claim_deliveries, lease="a", now=NOW, lease_time=A_MOMENT, most=10)
    first, second = await database.write(work)

    assert first.order == order(1)
    assert first.hold_key is None
    assert first.court == "示例区人民法院"
    assert second.hold_key == order(1).delivery_key


async def test_an_order_that_is_being_changed_is_claimed_later(database: Database) -> None:
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has one writer")
    await delivery_due(database)
    changing = asyncio.Event()
    through = asyncio.Event()

    async def change() -> None:
        async with database._engine.begin() as connection:
            await connection.execute(text("SELECT 1 FROM orders WHERE id = 'o_1' FOR UPDATE"))
            changing.set()
            await through.wait()

    other = asyncio.create_task(change())
    await changing.wait()
    assert await claimed(database, "a") == []
    through.set()
    await other
    assert len(await claimed(database, "a")) == 1


async def test_who_lost_the_lease_writes_nothing_more(database: Database) -> None:
    await delivery_due(database)
    [mine] = await claimed(database, "a")
    await after_the_lease()
    [theirs] = await claimed(database, "b")

    for settle in (
        partial(finish_delivery, delivery=mine, lease="a"),
        partial(park_delivery, delivery=mine, lease="a", error="X"),
        partial(postpone_delivery, delivery=mine, lease="a", now=NOW, wait=A_MOMENT, error="X"),
    ):
        with pytest.raises(LeaseLost):
            await database.write(settle)

    await database.write(lambda c: finish_delivery(c, theirs, lease="b"))
    await after_the_lease()
    assert await claimed(database, "c") == []


async def test_the_same_worker_is_fenced_by_its_attempt(database: Database) -> None:
    await delivery_due(database)
    [first] = await claimed(database, "a")
    await after_the_lease()
    await claimed(database, "a")

    with pytest.raises(LeaseLost):
        await database.write(lambda c: finish_delivery(c, first, lease="a"))


async def postponed(database: Database, wait: timedelta) -> None:
    await delivery_due(database)
    [mine] = await claimed(database, "a")
    now, why = datetime.now(UTC), "DEPARTMENT_BUSY"
    await database.write(
        lambda c: postpone_delivery(c, mine, lease="a", now=now, wait=wait, error=why)
    )


async def test_a_postponed_delivery_is_due_later(database: Database) -> None:
    await postponed(database, A_MOMENT)

    assert await claimed(database, "a") == []
    await asyncio.sleep(A_MOMENT.total_seconds() + 0.05)
    assert len(await claimed(database, "a")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(timedelta(hours=1), id="ahead"),
        pytest.param(-timedelta(hours=1), id="behind"),
    ],
)
async def test_what_a_gateway_with_a_wrong_clock_leaves_is_due_in_time(
    database: Database, wrong: timedelta
) -> None:
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has no clock of its own: one machine, one clock")
    there = datetime.now(UTC) + wrong
    await added(database, order())
    await database.write(lambda c: add_delivery(c, "o_1", department="d", now=there))
    [mine] = await claimed(database, "a", there)
    postpone = partial(
        postpone_delivery, delivery=mine, lease="a", now=there, wait=A_MOMENT, error="X"
    )
    await database.write(postpone)

    assert await claimed(database, "b") == []
    assert await claimed(database, "a", there + A_MOMENT) == []
    await asyncio.sleep(A_MOMENT.total_seconds() + 0.05)
    assert [one.attempts for one in await claimed(database, "b")] == [2]


async def test_what_a_silent_department_delayed_is_brought_forward(database: Database) -> None:
    await postponed(database, timedelta(hours=1))

    elsewhere = partial(bring_forward, department="traffic-police", now=NOW)
    assert await database.write(elsewhere) == 0
    here = partial(bring_forward, department="housing-fund-center", now=NOW)
    assert await database.write(here) == 1
    assert len(await claimed(database, "a")) == 1


async def test_what_reads_and_then_writes_is_as_if_done_in_turn(database: Database) -> None:
    """Two orders that together pass a limit: whoever comes second sees the first."""

    def reserve(connection: Connection, *, number: int) -> bool:
        lock_case(connection, CASE)
        if committed_fen(connection, CASE) + 100_00 > 150_00:
            return False
        add_order(connection, order(number, state="SENT"), event="SEND")
        return True

    outcomes = await asyncio.gather(
        *(database.write(partial(reserve, number=number)) for number in range(8))
    )

    assert sum(outcomes) == 1


async def test_one_key_used_twice_at_once_has_one_effect(database: Database) -> None:
    def once(connection: Connection, *, number: int) -> str:
        known = find_request(connection, actor="executor-1", key="k")
        if known is not None:
            return known.order_id
        made = order(number)
        add_order(connection, made, event="DRAFT")
        request = RequestRecord(operation="draftOrder", body_hash="h", order_id=made.id)
        keep_request(connection, request, actor="executor-1", key="k", at=NOW)
        return made.id

    ids = await asyncio.gather(*(database.write(partial(once, number=n)) for n in range(8)))

    assert len(set(ids)) == 1
    assert len(await database.read(lambda c: orders_of_case(c, CASE, first=100))) == 1


async def test_no_event_is_passed_over_that_is_committed_late(database: Database) -> None:
    """Two transactions draw their numbers in one order and commit in the other."""
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has one writer")
    await added(database, order(1), order(2))
    # Somebody else's open transaction, in any database of the server, holds it back for a while.
    while (seen := await database.read(last_sequence)) < 2:  # noqa: ASYNC110 -- no event tells
        await asyncio.sleep(0.05)
    name = await database.read(lambda c: c.scalar(text("select current_database()")))
    other = create_engine(f"{SERVER}/{name}".replace("postgresql:", "postgresql+psycopg:"))

    with other.connect() as late:
        edit(late, order(1))
        await database.write(lambda c: edit(c, order(2)))
        before = await database.read(lambda c: events_after(c, CASE, seen))
        newest = await database.read(last_sequence)
        late.commit()
    after = await database.read(lambda c: events_after(c, CASE, seen))
    other.dispose()

    assert before == []
    assert newest == seen
    assert [one.order_id for one in after] == [order(1).id, order(2).id]


def edit(connection: Connection, moved: OrderRecord) -> None:
    move_order(connection, moved, event="EDIT", to_state=moved.state, actor="executor-1", at=NOW)


async def test_who_sends_the_same_twice_at_once_does_it_once(database: Database) -> None:
    """The second waits for the first, and does not even begin."""
    begun: list[str] = []

    def step(connection: Connection) -> str:
        known = find_request(connection, actor="executor-1", key="twice")
        if known is not None:
            return known.order_id
        begun.append(f"o_{len(begun)}")
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_sleep(0.05)))
        request = RequestRecord(operation="draftOrder", body_hash="h", order_id=begun[-1])
        keep_request(connection, request, actor="executor-1", key="twice", at=NOW)
        return request.order_id

    done = await asyncio.gather(*(database.write(step) for _ in range(4)))

    assert (begun, set(done)) == (["o_0"], {"o_0"})
