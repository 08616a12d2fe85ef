"""The steps of an order against a real database: what the guards keep from happening."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, text

from auth.caller import Caller
from connectors.departments import CARRIED_BY
from domain import catalogue
from domain.case_number import parse_case_number
from domain.guards import GuardRefused
from domain.identity import parse_id_number
from domain.money import Fen
from domain.order import OrderAction
from resolvers.order_approval import approve, submit
from resolvers.order_drafts import Draft, Papers, draft
from resolvers.order_steps import HashDiffers, Idempotency, KeyConflict, OrderNotFound, Step
from resolvers.refusals import Refused
from sandbox.cases import case_register
from sandbox.population import populate
from storage.database import Database
from storage.orders import OrderRecord
from tests.court_database import open_court_database

NOW: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CASE: Final = parse_case_number("（2026）示9903执1号")
PAPERS: Final = Papers(
    ruling_number=f"{CASE}之一",
    notice_number=f"{CASE}之二",
    officers=("示9903-0001", "示9903-0002"),
    reason="未履行",
)
BOTH_HATS: Final = frozenset({"orders:send", "orders:approve", "housing-fund:control"})


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_court_database(tmp_path)
    yield opened
    await opened.close()


def step(subject: str, scopes: frozenset[str] = BOTH_HATS) -> Step:
    caller = Caller(
        subject=subject,
        organisation="court",
        role="court-executor",
        client_id="test",
        scopes=scopes,
        token_id="t",
        expires_at=2**40,
    )
    return Step(caller=caller, now=NOW, request_id="r")


def wanted() -> Draft:
    principal = case_register(populate(1, 300), 1)["cases"][0]["obligors"][0]["idNumber"]
    return Draft(
        case_number=CASE,
        id_number=parse_id_number(principal),
        asset_kind="housingFund",
        action=OrderAction.FREEZE,
        record="HF1",
        amount=Fen(100_00),
        quantity=None,
        months=None,
        papers=PAPERS,
    )


def key(name: str, actor: str = "executor-1") -> Idempotency:
    return Idempotency(actor=actor, key=name)


async def submitted(database: Database) -> OrderRecord:
    drafted = await database.write(partial(draft, wanted(), key("d"), step("executor-1")))
    return await database.write(partial(submit, drafted.id, key("s"), step("executor-1")))


async def deliveries(database: Database) -> int:
    def count(connection: Connection) -> int:
        return int(connection.execute(text("select count(*) from deliveries")).scalar_one())

    return await database.read(count)


@pytest.mark.anyio
async def test_nobody_approves_what_they_drafted_even_with_both_scopes(database: Database) -> None:
    order = await submitted(database)

    with pytest.raises(GuardRefused) as refused:
        await database.write(
            partial(approve, order.id, str(order.document_hash), key("a"), step("executor-1"))
        )

    assert refused.value.guard == "G4"
    assert await deliveries(database) == 0


@pytest.mark.anyio
async def test_another_officer_of_the_case_approves_and_one_delivery_is_due(
    database: Database,
) -> None:
    order = await submitted(database)

    approved = await database.write(
        partial(
            approve,
            order.id,
            str(order.document_hash),
            key("a", "approver-1"),
            step("approver-1"),
        )
    )

    assert (approved.state, approved.approver) == ("APPROVED", "approver-1")
    assert await deliveries(database) == 1


@pytest.mark.anyio
async def test_what_is_approved_is_what_was_submitted(database: Database) -> None:
    order = await submitted(database)

    with pytest.raises(HashDiffers):
        await database.write(
            partial(approve, order.id, "0" * 64, key("a", "approver-1"), step("approver-1"))
        )

    assert await deliveries(database) == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"amount": Fen(200_00)}, id="another amount"),
        pytest.param({"papers": replace(PAPERS, reason="其他")}, id="another reason"),
    ],
)
async def test_a_key_stands_for_one_draft_only(
    database: Database, changed: dict[str, object]
) -> None:
    first = await database.write(partial(draft, wanted(), key("d"), step("executor-1")))
    again = await database.write(partial(draft, wanted(), key("d"), step("executor-1")))

    assert again.id == first.id
    other = replace(wanted(), **changed)  # type: ignore[arg-type]  # rows name their fields
    with pytest.raises(KeyConflict):
        await database.write(partial(draft, other, key("d"), step("executor-1")))


@pytest.mark.anyio
async def test_keys_of_two_officers_do_not_meet(database: Database) -> None:
    mine = await database.write(partial(draft, wanted(), key("same"), step("executor-1")))
    theirs = await database.write(
        partial(draft, wanted(), key("same", "executor-2"), step("executor-2"))
    )

    assert mine.id != theirs.id


@pytest.mark.anyio
async def test_only_the_drafter_submits(database: Database) -> None:
    drafted = await database.write(partial(draft, wanted(), key("d"), step("executor-1")))

    with pytest.raises(OrderNotFound):
        await database.write(
            partial(submit, drafted.id, key("s", "executor-2"), step("executor-2"))
        )


@pytest.mark.anyio
async def test_an_officer_without_the_case_cannot_draft_in_it(database: Database) -> None:
    with pytest.raises(Refused):
        await database.write(partial(draft, wanted(), key("d", "executor-3"), step("executor-3")))


@pytest.mark.anyio
async def test_one_document_in_two_widths_is_one_document(database: Database) -> None:
    same = f"{CASE}之一".replace("（", "(").replace("）", ")")
    twice = replace(wanted(), papers=replace(PAPERS, notice_number=same))
    drafted = await database.write(partial(draft, twice, key("d"), step("executor-1")))

    with pytest.raises(GuardRefused) as refused:
        await database.write(partial(submit, drafted.id, key("s"), step("executor-1")))

    assert refused.value.guard == "G3"
    assert "two documents" in refused.value.message


# What assets.json permits as a first order on the kinds that departments are connected for.
PERMITTED: Final = {
    "vehicle": {OrderAction.QUERY, OrderAction.SEAL, OrderAction.SEIZE},
    "housingFund": {OrderAction.QUERY, OrderAction.FREEZE},
    "securities": {OrderAction.QUERY, OrderAction.FREEZE},
}
ON_A_HOLD: Final = {OrderAction.RENEW, OrderAction.LIFT, OrderAction.DEDUCT}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "action"),
    [
        pytest.param(kind, action, id=f"G5, G9 {kind} {action.value}")
        for kind, permitted in PERMITTED.items()
        for action in OrderAction
        if action not in permitted
    ],
)
async def test_what_the_rules_do_not_permit_on_a_kind_is_not_drafted(
    database: Database, kind: str, action: OrderAction
) -> None:
    scopes = BOTH_HATS | {"vehicles:control", "securities:control"}
    order = replace(wanted(), asset_kind=kind, action=action)

    with pytest.raises(GuardRefused) as refused:
        await database.write(partial(draft, order, key("d"), step("executor-1", scopes)))

    assert refused.value.guard in {"G5", "G6", "G9", "G12"}
    assert await deliveries(database) == 0


def test_every_kind_that_is_permitted_is_carried_over_the_connection() -> None:
    for kind, permitted in PERMITTED.items():
        department = catalogue.asset_kind(kind).holders[0]
        first = CARRIED_BY[department] - {one.value for one in ON_A_HOLD}
        assert first == {one.value for one in permitted}
