"""An emergency: a case of others opened for reading, heard of at once, over in a quarter of an hour."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.break_glass import BreakGlassRefused, Verdict, may_open, may_review, require_reason
from domain.purpose import Purpose
from resolvers.binding import bind
from resolvers.break_glass_steps import Emergency, NoSuchOpening, NotAnEmergency
from resolvers.refusals import CaseNotFound, CaseNotOpen, PurposeNotAllowed
from storage.break_glass import standing_openings
from storage.cases import find_case, keep_cases
from storage.record import body_of
from storage.tables.record import record_entries
from tests.demo_tokens import ask_with, demo_token
from tests.resolvers.order_world import CASE, World, open_world
from tests.running import ask, wire

REASON = "承办人突发疾病，被执行人正在转移财产，须立即查询"
LOOK = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtors { vehicles { brandModel } } } }
"""
BREAK = """
mutation ($n: CaseNumber!, $r: String!, $p: Purpose!) {
  breakGlass(caseNumber: $n, purpose: $p, reason: $r) { id endsAt openedAt reviewDue overdue } }
"""
DRAFT = """
mutation ($i: DraftOrderInput!) { draftOrder(input: $i, idempotencyKey: "k-1") {
  __typename ... on OrderRefused { code } } }
"""
REVIEW = """
mutation ($id: ID!, $r: String!) { reviewBreakGlass(id: $id, verdict: JUSTIFIED, remark: $r) {
  reviewer verdict } }
"""


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def test_in_an_emergency_one_reads_and_orders_nothing(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]
    stranger = demo_token(demo, "executor-99", "court-executor")
    before = wire(demo)
    shut = ask_with(demo, stranger, LOOK, n=number).json()
    untouched = wire(demo) == before

    opened = ask_with(demo, stranger, BREAK, n=number, r=REASON, p="PROPERTY_INQUIRY").json()
    read = ask_with(demo, stranger, LOOK, n=number).json()
    drafted = ask_with(
        demo,
        stranger,
        DRAFT,
        i={
            "caseNumber": number,
            "idNumber": demo["cases"][0]["debtors"][0],
            "assetKind": "VEHICLE",
            "action": "SEAL",
            "recordId": "TP-00000001",
            "amount": {"fen": 100},
            "rulingNumber": f"{number}之一",
            "noticeNumber": f"{number}之二",
            "officers": ["示9903-0001", "示9903-0002"],
            "reason": "未履行生效法律文书确定的义务",
        },
    ).json()
    another = LOOK.replace("PROPERTY_INQUIRY", "LOCATE")
    other_purpose = ask_with(demo, stranger, another, n=number).json()

    assert codes(shut) == ["CASE_NOT_FOUND"]
    assert untouched
    opening = opened["data"]["breakGlass"]
    begins, ends = (datetime.fromisoformat(opening[key]) for key in ("openedAt", "endsAt"))
    assert ends - begins == timedelta(minutes=15)
    assert datetime.fromisoformat(opening["reviewDue"]) - begins == timedelta(hours=24)
    assert read["data"]["case"]["debtors"]
    assert drafted["data"]["draftOrder"]["code"] == "CASE_NOT_FOUND"
    assert codes(other_purpose) == ["PURPOSE_NOT_ALLOWED"]


def test_the_command_centre_and_the_auditor_hear_of_it_and_somebody_else_reviews(
    demo: dict[str, Any],
) -> None:
    stranger = demo_token(demo, "executor-98", "court-executor")
    made = ask_with(
        demo, stranger, BREAK, n=demo["cases"][1]["number"], r=REASON, p="LOCATE"
    ).json()["data"]["breakGlass"]
    listed = "{ breakGlassOpenings { id officer reason } }"

    heard = [
        ask(demo, role, listed).json()["data"]["breakGlassOpenings"]
        for role in ("court-supervisor", "auditor")
    ]
    denied = ask(demo, "court-executor", listed)
    reviewed = ask(
        demo,
        "court-supervisor",
        REVIEW,
        id=made["id"],
        r="经核实，情况属实，访问必要且未超范围，予以确认",
    ).json()
    again = ask(
        demo,
        "court-supervisor",
        REVIEW,
        id=made["id"],
        r="经核实，情况属实，访问必要且未超范围，予以确认",
    ).json()
    left = ask(demo, "auditor", listed).json()["data"]["breakGlassOpenings"]

    told = {"id": made["id"], "officer": "executor-98", "reason": REASON}
    assert all(told in one for one in heard)
    assert denied.status_code == 403
    assert reviewed["data"]["reviewBreakGlass"]["verdict"] == "JUSTIFIED"
    assert codes(again) == ["BREAK_GLASS_REFUSED"]
    assert told not in left


@pytest.mark.parametrize("role", ["court-supervisor", "auditor"])
def test_who_listens_is_told_at_once(demo: dict[str, Any], role: str) -> None:
    officer = f"executor-for-{role}"
    stranger = demo_token(demo, officer, "court-executor")
    headers = {
        "authorization": f"Bearer {demo['tokens'][role]}",
        "accept": "text/event-stream",
    }
    query = {"query": "subscription { breakGlassOpened { officer } }"}

    with httpx.stream(
        "POST", demo["graphql"], json=query, headers=headers, timeout=20, trust_env=False
    ) as stream:
        time.sleep(0.5)  # the protocol does not acknowledge a subscription
        started = time.monotonic()
        ask_with(demo, stranger, BREAK, n=demo["cases"][0]["number"], r=REASON, p="LOCATE")
        told = next(line for line in stream.iter_lines() if line.startswith("data: {"))

    assert json.loads(told.removeprefix("data: "))["data"] == {
        "breakGlassOpened": {"officer": officer}
    }
    assert time.monotonic() - started < 2


def test_without_a_recent_proof_no_glass_is_broken(demo: dict[str, Any]) -> None:
    stranger = demo_token(demo, "executor-97", "court-executor", proof=None)

    answer = ask_with(demo, stranger, BREAK, n=demo["cases"][0]["number"], r=REASON, p="LOCATE")

    assert answer.status_code == 401


# The rules, with a clock of one's own.


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await open_world(tmp_path)
    yield world
    await world.database.close()


def emergency(world: World, place: Path, officer: str = "executor-99") -> Emergency:
    caller = Caller(
        subject=officer,
        organisation="court",
        role="court-executor",
        client_id="test",
        scopes=frozenset({"cases:break-glass"}),
        token_id="t",
        expires_at=0,
        officer="示9903-0099",
    )
    return Emergency(caller=caller, now=world.now, keys=RecordKeys.load_or_create(place, "test"))


async def opened(world: World, place: Path, at: datetime | None = None, **changed: Any) -> Any:
    wanted = {"number": CASE, "purpose": Purpose.LOCATE, "reason": REASON, **changed}
    step = replace(emergency(world, place), now=at or world.now)
    return await world.database.write(partial(step.open, **wanted))


@pytest.mark.anyio
async def test_an_opening_is_over_after_a_quarter_of_an_hour(world: World, tmp_path: Path) -> None:
    await opened(world, tmp_path)

    stands = [
        await world.database.read(
            partial(standing_openings, officer="executor-99", at=world.now + late)
        )
        for late in (timedelta(minutes=14, seconds=59), timedelta(minutes=15))
    ]

    assert [list(one) for one in stands] == [[CASE], []]


@pytest.mark.anyio
async def test_an_opening_is_nobody_elses_and_fits_its_purpose_alone(
    world: World, tmp_path: Path
) -> None:
    await opened(world, tmp_path)
    mine = await world.database.read(
        partial(standing_openings, officer="executor-99", at=world.now)
    )
    theirs = await world.database.read(
        partial(standing_openings, officer="executor-98", at=world.now)
    )
    case = await world.database.read(partial(find_case, number=CASE))
    bound = partial(bind, case, caller=emergency(world, tmp_path).caller, fields={}, request_id="r")

    assert theirs == {}
    assert bound(purpose=Purpose.LOCATE, opening=mine[CASE]).authority.officer == "示9903-0099"
    with pytest.raises(PurposeNotAllowed):
        bound(purpose=Purpose.CONTROL, opening=mine[CASE])
    with pytest.raises(CaseNotFound):
        bound(purpose=Purpose.LOCATE)


@pytest.mark.anyio
async def test_three_in_a_day_are_enough(world: World, tmp_path: Path) -> None:
    for _ in range(3):
        await opened(world, tmp_path)

    with pytest.raises(NotAnEmergency) as refused:
        await opened(world, tmp_path)
    await opened(world, tmp_path, at=world.now + timedelta(hours=24))

    assert refused.value.details == {"rule": "TOO_OFTEN"}


@pytest.mark.anyio
async def test_the_record_has_the_opening_and_its_review_and_names_nobody(
    world: World, tmp_path: Path
) -> None:
    opening = await opened(world, tmp_path)
    reviewer = emergency(world, tmp_path, "supervisor-1")
    await world.database.write(
        partial(
            reviewer.review,
            opening_id=opening.id,
            verdict=Verdict.UNJUSTIFIED,
            remark="经核实，承办人当日在岗，不存在紧急情况，应予纠正",
        )
    )

    leaves = await world.database.read(
        lambda c: list(c.scalars(select(record_entries.c.leaf).order_by(record_entries.c.n)))
    )
    entries = [json.loads(body_of(leaf)) for leaf in leaves]
    assert [(one["kind"], one["decision"]) for one in entries] == [
        ("BREAK_GLASS", "OPENED"),
        ("BREAK_GLASS", "UNJUSTIFIED"),
    ]
    text = json.dumps(entries, ensure_ascii=False)
    assert not any(word in text for word in ("executor-99", "supervisor-1", CASE, REASON))


@pytest.mark.anyio
async def test_a_case_that_is_not_there_or_not_open_is_not_opened(
    world: World, tmp_path: Path
) -> None:
    with pytest.raises(CaseNotFound):
        await opened(world, tmp_path, number="（2026）示9903执999号")
    with pytest.raises(NoSuchOpening):
        await world.database.write(
            partial(
                emergency(world, tmp_path).review,
                opening_id="x",
                verdict=Verdict.JUSTIFIED,
                remark=REASON,
            )
        )
    await world.database.write(
        partial(keep_cases, register=[replace(world.case, state="SUSPENDED")])
    )
    with pytest.raises(CaseNotOpen):
        await opened(world, tmp_path)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        pytest.param({"handles": True}, "HANDLED", id="one's own case"),
        *(
            pytest.param({"purpose": purpose}, "PURPOSE", id=purpose.value)
            for purpose in Purpose
            if purpose not in (Purpose.PROPERTY_INQUIRY, Purpose.LOCATE)
        ),
        pytest.param({"opened_today": 3}, "TOO_OFTEN", id="a fourth time"),
    ],
)
def test_what_is_no_emergency_is_refused(changed: dict[str, Any], rule: str) -> None:
    wanted: dict[str, Any] = {"purpose": Purpose.LOCATE, "handles": False, "opened_today": 0}
    may_open(**wanted)

    with pytest.raises(BreakGlassRefused) as refused:
        may_open(**{**wanted, **changed})

    assert refused.value.rule == rule


def test_reviews_are_by_somebody_else_and_once() -> None:
    may_review(officer="a", reviewer="b", reviewed_at=None)

    with pytest.raises(BreakGlassRefused, match="Somebody else"):
        may_review(officer="a", reviewer="a", reviewed_at=None)
    with pytest.raises(BreakGlassRefused, match="already"):
        may_review(officer="a", reviewer="b", reviewed_at=datetime.now(UTC))


@pytest.mark.parametrize("reason", ["", "urgent", " " * 40, "急" * 2001])
def test_a_reason_is_one_that_can_be_read(reason: str) -> None:
    with pytest.raises(BreakGlassRefused):
        require_reason(reason)
