"""Refusals through the graph, a row each: typed, recorded, nothing changed, nobody asked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import pytest
from sqlalchemy import text

from connectors.departments import Departments
from gateway.contexts import Contexts
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.operation import Operation
from resolvers import order_approval
from resolvers.order_events import OrderEvents
from storage.cases import keep_cases
from storage.refusals import RefusalRecord, refusals_of
from tests.court_database import whole_graph
from tests.differential.world import caller_of
from tests.domain.people import WOMAN
from tests.resolvers.order_world import CASE, FUND, World, full, open_world

pytestmark = pytest.mark.anyio

OUTCOME: Final = """
  __typename ... on Order { id state documentHash }
  ... on OrderRefused { code guard rule message }
"""
DRAFT: Final = f"""
mutation ($i: DraftOrderInput!, $k: String!) {{ done: draftOrder(input: $i, idempotencyKey: $k) {{ {OUTCOME} }} }}
"""
REPORT: Final = f"""
mutation ($id: ID!, $r: ReportInput!, $k: String!) {{
  done: reportOrder(id: $id, report: $r, idempotencyKey: $k) {{ {OUTCOME} }} }}
"""


class Desk:
    """A court and its gateway in one process; no department can be asked, and none is."""

    def __init__(
        self,
        world: World,
        *,
        inboxes: frozenset[str] = frozenset(),
        groups_off: frozenset[str] = frozenset(),
    ) -> None:
        self.world = world
        self.keys = 0
        self.engine = Engine(
            whole_graph(),
            Contexts(
                database=world.database,
                departments=cast("Departments", None),
                events=OrderEvents(world.database),
                pseudonym_key=b"k" * 32,
                now=lambda: world.now,
                inboxes=inboxes,
                groups_off=groups_off,
            ),
            EngineSettings(cost_of_operation=10**9, cost_per_minute=10**12),
        )

    async def ask(self, role: str, document: str, **variables: Any) -> Any:
        """Return what *role* is answered; every mutation has a key of its own."""
        self.keys += 1
        variables.setdefault("k", f"key-{self.keys}")
        operation = Operation(document=document, variables=variables)
        response = await self.engine.execute(operation, caller_of(role))
        body = response.body
        return body["data"]["done"] if response.status == 200 else body["errors"][0]["extensions"]

    async def step(self, role: str, name: str, order_id: str, **more: str) -> Any:
        given = "".join(f", {one}: {value!r}".replace("'", '"') for one, value in more.items())
        document = (
            f"mutation ($id: ID!, $k: String!) "
            f"{{ done: {name}(id: $id, idempotencyKey: $k{given}) {{ {OUTCOME} }} }}"
        )
        return await self.ask(role, document, id=order_id)

    async def refusals(self, order_id: str) -> list[RefusalRecord]:
        return await self.world.database.read(partial(refusals_of, order_id=order_id))

    async def written(self) -> tuple[int, ...]:
        """Return how much is written of orders: a refusal adds nothing to it."""
        tables = ("orders", "order_events", "deliveries", "receipts", "holds", "requests")
        counts = [
            await self.world.database.read(
                lambda c, table=table: c.scalar(text(f"SELECT count(*) FROM {table}"))  # type: ignore[misc]
            )
            for table in tables
        ]
        return tuple(int(cast("int", count)) for count in counts)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    world = await open_world(tmp_path)
    yield Desk(world)
    await world.database.close()


def wanted(desk: Desk, **changes: Any) -> dict[str, Any]:
    return {
        "caseNumber": CASE,
        "idNumber": desk.world.debtor,
        "assetKind": "HOUSING_FUND",
        "action": "FREEZE",
        "recordId": "HF1",
        "amount": {"fen": "10000"},
        "months": 12,
        "rulingNumber": f"{CASE}之一",
        "noticeNumber": f"{CASE}之二",
        "officers": ["示9903-0001", "示9903-0002"],
        "reason": "未履行",
        **changes,
    }


async def with_case(desk: Desk, **changes: Any) -> None:
    case = replace(desk.world.case, **changes)
    await desk.world.database.write(lambda c: keep_cases(c, [case]))


async def bankrupt(desk: Desk) -> None:
    first, *rest = desk.world.case.obligors
    await with_case(desk, obligors=(replace_party(first), *rest))


HOUSE: Final = {
    "assetKind": "REAL_ESTATE",
    "action": "RESTRICT_TRANSFER",
    "recordId": "FC-00000001",
    "months": 36,
}
OFFICES: Final = frozenset({"housing-office-1", "housing-office-2"})


@pytest.mark.parametrize(
    ("named", "addressee"),
    [
        pytest.param(None, "housing-office-1", id="the first that carries it out"),
        pytest.param("housing-office-2", "housing-office-2", id="where the house stands"),
    ],
)
async def test_the_transfer_of_a_house_is_restricted_by_a_housing_office_that_reads_its_inbox(
    desk: Desk, named: str | None, addressee: str
) -> None:
    offices = Desk(desk.world, inboxes=OFFICES)

    done = await offices.ask("court-executor", DRAFT, i=wanted(desk, **HOUSE, department=named))

    assert done["state"] == "DRAFT"
    order = await desk.world.order(done["id"])
    assert (order.department, order.action) == (addressee, "RESTRICT_TRANSFER")


async def test_a_housing_office_finds_the_order_in_its_inbox_and_reports_it_done(
    desk: Desk,
) -> None:
    offices, world = Desk(desk.world, inboxes=OFFICES), desk.world
    done = await offices.ask("court-executor", DRAFT, i=wanted(desk, **HOUSE))
    order = await world.take("executor-1", order_approval.submit, done["id"])
    order = await world.take(
        "approver-1", order_approval.approve, order.id, str(order.document_hash)
    )
    await world.send(order)
    inbox = "{ done: inbox(first: 9) { nodes { id action assetKind } } }"

    read = await offices.ask("dept:housing-office-1", inbox)
    others = await offices.ask("dept:land-resources", inbox)
    reported = await world.reported(order, full(order, world.today))

    assert read["nodes"] == [
        {"id": order.id, "action": "RESTRICT_TRANSFER", "assetKind": "REAL_ESTATE"}
    ]
    assert others["nodes"] == []
    assert reported.state == "EXECUTED"


@pytest.mark.parametrize(
    ("named", "inboxes"),
    [
        pytest.param(None, frozenset(), id="no office reads here"),
        pytest.param("land-resources", OFFICES, id="keeps the register, does not carry it out"),
        pytest.param("traffic-police", OFFICES, id="has no houses"),
        pytest.param("nobody", OFFICES, id="no such department"),
    ],
)
async def test_whoever_does_not_carry_an_action_out_is_not_ordered_it(
    desk: Desk, named: str | None, inboxes: frozenset[str]
) -> None:
    was = await desk.written()
    offices = Desk(desk.world, inboxes=inboxes)

    done = await offices.ask("court-executor", DRAFT, i=wanted(desk, **HOUSE, department=named))

    assert (done["code"], done["guard"]) == ("GUARD_REFUSED", "G9")
    assert await desk.written() == was


async def test_what_is_switched_off_is_not_ordered(desk: Desk) -> None:
    vessel = wanted(desk, assetKind="VESSEL", action="SEAL", recordId="VE-00000001")
    off = Desk(desk.world, groups_off=frozenset({"vessel"}))
    was = await desk.written()

    refused = await off.ask("court-executor", DRAFT, i=vessel)
    written = await desk.written()
    where_it_is_on = await desk.ask("court-executor", DRAFT, i=vessel)

    assert (refused["code"], refused["guard"]) == ("GUARD_REFUSED", "G9")
    assert written == was
    assert where_it_is_on["state"] == "DRAFT"


def replace_party(party: Any) -> Any:
    return type(party)(id_number=party.id_number, name=party.name, kind=party.kind, bankrupt=True)


@pytest.mark.parametrize(
    ("guard", "changes", "before"),
    [
        pytest.param("G1", {}, partial(with_case, state="SUSPENDED"), id="G1 suspended case"),
        pytest.param("G1", {}, partial(with_case, state="CLOSED"), id="G1 closed case"),
        pytest.param("G2", {"idNumber": WOMAN}, None, id="G2 I-07 not an obligor"),
        pytest.param("G5", {"action": "SEAL"}, None, id="G5 a kind the asset does not have"),
        pytest.param("G5", {"months": 0}, None, id="G5 no term"),
        pytest.param("G5", {"months": -1}, None, id="G5 a negative term"),
        pytest.param("G5", {"months": 37}, None, id="G5 I-10 a term over the cap"),
        pytest.param("G6", {"amount": {"fen": "0"}}, None, id="G6 nothing"),
        pytest.param("G6", {"amount": {"fen": "-1"}}, None, id="G6 less than nothing"),
        pytest.param("G6", {"amount": {"fen": str(10**15)}}, None, id="G6 I-01 above the claim"),
        pytest.param("G6", {"amount": None}, None, id="G6 no limit"),
        pytest.param("G11", {}, bankrupt, id="G11 a bankruptcy was accepted"),
    ],
)
async def test_a_guard_refuses_a_draft(
    desk: Desk, guard: str, changes: dict[str, Any], before: Any
) -> None:
    if before is not None:
        await before(desk)
    was = await desk.written()

    done = await desk.ask("court-executor", DRAFT, i=wanted(desk, **changes))

    assert await desk.written() == was
    if (guard == "G1" and "guard" not in done) or done.get("guard") is None:
        assert done["code"] in {"CASE_NOT_OPEN", "NOT_AN_OBLIGOR"}, done
    else:
        assert (done["code"], done["guard"]) == ("GUARD_REFUSED", guard)
        assert done["rule"]
    assert str(desk.world.debtor) not in done["message"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"amount": {"fen": "100.5"}}, id="half a fen"),
        pytest.param({"amount": {"fen": 1.5}}, id="a float"),
        pytest.param({"amount": {"fen": str(2**63)}}, id="more than 64 bits"),
        pytest.param({"amount": {"yuan": "1.234"}}, id="three decimals of a yuan"),
        pytest.param({"idNumber": "990203199001010018"}, id="a wrong check digit"),
        pytest.param({"caseNumber": "（2026）示9903执0号"}, id="no such number"),
        pytest.param({"assetKind": "SHIP"}, id="a kind nobody has"),
        pytest.param({"months": 2**40}, id="months beyond an Int"),
    ],
)
async def test_what_no_type_allows_is_bad_input(desk: Desk, changes: dict[str, Any]) -> None:
    was = await desk.written()

    done = await desk.ask("court-executor", DRAFT, i=wanted(desk, **changes))

    assert done["code"] == "BAD_USER_INPUT"
    assert await desk.written() == was


async def test_a_refused_step_is_recorded_with_its_rule_and_nobodys_data(desk: Desk) -> None:
    drafted = await desk.ask("court-executor", DRAFT, i=wanted(desk, noticeNumber=None))

    done = await desk.step("court-executor", "submitOrder", drafted["id"])

    assert done["guard"] == "G3"
    [kept] = await desk.refusals(drafted["id"])
    assert (kept.operation, kept.actor, kept.guard) == ("submitOrder", "executor-1", "G3")
    assert (await desk.world.order(drafted["id"])).state == "DRAFT"
    assert len(await desk.world.history(drafted["id"])) == 1


async def test_a_key_with_other_words_is_a_conflict_and_with_the_same_a_replay(desk: Desk) -> None:
    first = await desk.ask("court-executor", DRAFT, i=wanted(desk), k="same")
    again = await desk.ask("court-executor", DRAFT, i=wanted(desk), k="same")
    other = await desk.ask("court-executor", DRAFT, i=wanted(desk, recordId="HF2"), k="same")

    assert again == first
    assert other["code"] == "KEY_CONFLICT"


async def sent(desk: Desk) -> str:
    return (await desk.world.sent(desk.world.freeze(100_00))).id


def reported(desk: Desk, **changes: Any) -> dict[str, Any]:
    today = desk.world.today
    return {
        "result": "FULL",
        "controlled": {"fen": "10000"},
        "rank": 1,
        "startsOn": today.isoformat(),
        "endsOn": (today + timedelta(days=364)).isoformat(),
        "receiptNumber": "R-1",
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"controlled": {"fen": "10001"}}, id="I-02 more than was asked"),
        pytest.param({"controlled": {"fen": "-1"}}, id="I-02 less than nothing"),
        pytest.param({"controlled": {"fen": "9999"}}, id="I-02 full, and a fen short"),
        pytest.param({"result": "NOTHING"}, id="I-02 nothing, and an amount"),
        pytest.param({"endsOn": "2030-01-01"}, id="I-10 longer than was ordered"),
        pytest.param({"endsOn": "2020-01-01"}, id="I-10 over before it began"),
    ],
)
async def test_a_receipt_that_cannot_be_changes_nothing(
    desk: Desk, changes: dict[str, Any]
) -> None:
    order = await sent(desk)
    was = await desk.written()

    done = await desk.ask(f"dept:{FUND}", REPORT, id=order, r=reported(desk, **changes))

    assert done["code"] in {"RECEIPT_REFUSED", "BAD_USER_INPUT"}, done
    assert (await desk.world.order(order)).state == "SENT"
    assert await desk.written() == was


async def test_a_receipt_may_come_before_the_acknowledgement_and_twice(desk: Desk) -> None:
    """I-51."""
    order = await sent(desk)

    first = await desk.ask(f"dept:{FUND}", REPORT, id=order, r=reported(desk))
    was = await desk.written()
    again = await desk.ask(f"dept:{FUND}", REPORT, id=order, r=reported(desk))
    late = await desk.step(f"dept:{FUND}", "acknowledgeOrder", order)

    assert first["state"] == again["state"] == "EXECUTED"
    written = await desk.written()
    assert written[:5] == was[:5], "only the keys were kept"
    assert late["code"] == "STEP_REFUSED"
    [kept] = await desk.refusals(order)
    assert kept.operation == "acknowledgeOrder"


@pytest.mark.parametrize(
    ("role", "order_id"),
    [
        pytest.param(f"dept:{FUND}", "o_nobody", id="an unknown order"),
        pytest.param("dept:traffic-police", None, id="another department's order"),
        pytest.param(f"dept:{FUND}", "o_\0'; --", id="an id that is none"),
    ],
)
async def test_an_answer_to_an_order_that_is_not_ones_own_finds_none(
    desk: Desk, role: str, order_id: str | None
) -> None:
    order = order_id or await sent(desk)
    was = await desk.written()

    done = await desk.ask(role, REPORT, id=order, r=reported(desk))

    assert done["code"] == "ORDER_NOT_FOUND"
    assert await desk.written() == was


async def test_a_clock_that_jumps_back_revives_nothing(desk: Desk) -> None:
    """I-24: an hour back, and a day ahead: the later rule holds."""
    order = await desk.world.approved(desk.world.freeze(100_00))
    desk.world.now -= timedelta(hours=1)
    back = await desk.step("court-approver", "rejectOrder", order.id, reason="x")
    desk.world.now += timedelta(hours=26)
    again = await desk.step(
        "court-approver", "approveOrder", order.id, documentHash=str(order.document_hash)
    )

    assert back["code"] == again["code"] == "STEP_REFUSED"
    assert (await desk.world.order(order.id)).state == "APPROVED"


@pytest.mark.parametrize(
    ("placed", "months", "ends"),
    [
        pytest.param("2028-02-29T02:00:00+00:00", 12, "2029-02-27", id="a leap day and a year"),
        pytest.param("2027-03-01T02:00:00+00:00", 12, "2028-02-29", id="into a leap day"),
        pytest.param("2026-08-31T02:00:00+00:00", 6, "2027-02-27", id="the end of a month"),
    ],
)
async def test_a_hold_ends_the_day_before_its_anniversary(
    desk: Desk, placed: str, months: int, ends: str
) -> None:
    desk.world.now = datetime.fromisoformat(placed).astimezone(UTC)
    order = await desk.world.sent(desk.world.freeze(100_00, months=months))

    done = await desk.world.reported(order, full(order, desk.world.today))

    hold = await desk.world.hold(done.id)
    assert hold.ends_on is not None
    assert hold.ends_on.isoformat() == ends


async def test_two_approvers_at_once_approve_once(desk: Desk) -> None:
    order = await desk.world.submitted(desk.world.freeze(100_00))
    hashed = str(order.document_hash)

    first = await desk.step("court-approver", "approveOrder", order.id, documentHash=hashed)
    second = await desk.step("court-approver", "approveOrder", order.id, documentHash=hashed)

    assert first["state"] == "APPROVED"
    assert second["code"] == "STEP_REFUSED"
    events = [one.event for one in await desk.world.history(order.id)]
    assert events.count("APPROVE") == 1


async def test_another_hash_than_the_submitted_one_is_not_approved(desk: Desk) -> None:
    order = await desk.world.submitted(desk.world.freeze(100_00))

    done = await desk.step("court-approver", "approveOrder", order.id, documentHash="0" * 64)

    assert done["code"] == "DOCUMENT_HASH_DIFFERS"
    assert (await desk.world.order(order.id)).state == "PENDING_APPROVAL"
