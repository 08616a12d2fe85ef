"""Requests to correct the list: filed, reviewed, carried out, reconsidered (四(二)3; domain.md 6.4)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.deadline import Profile
from domain.identity import IdNumber
from storage.verified_people import VerifiedPerson, keep_verified_person
from tests.resolvers.list_world import PEOPLE, ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio

SHAPE = """
  __typename ... on ListObjection { id state late granted correctedAt deadlines { rule dueOn overdue } }
  ... on ListRefused { code guard message }
"""
MINE = """
{ done: mine { idNumber listing { id state misconduct remedy { rule dueOn } objections { state } } } }
"""


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    await bound(made, "debtor-1", made.debtor[0])
    yield made
    await world.database.close()


async def bound(court: ListWorld, subject: str, number: str) -> None:
    person = VerifiedPerson(
        subject=subject,
        id_number=IdNumber(number),
        verified_by="counter-1",
        verified_at=court.world.now,
    )
    await court.world.database.write(lambda c: keep_verified_person(c, person))


async def filed(court: ListWorld, entry: str, who: str = "debtor", **more: Any) -> Any:
    court.keys += 1
    return await court.ask(
        who,
        f"mutation ($i: FileObjectionInput!, $k: String!) "
        f"{{ done: fileObjection(input: $i, idempotencyKey: $k) {{ {SHAPE} }} }}",
        i={"entryId": entry, "asks": "WITHDRAW", "grounds": "已于判决前履行完毕", **more},
        k=f"key-{court.keys}",
    )


async def taken(court: ListWorld, who: str, name: str, id_: str, **more: Any) -> Any:
    court.keys += 1
    kinds = {"grants": "Correction!", "cause": "ExitCause", "servedOn": "Date!"}
    declared = "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
    given = "".join(f", {one}: ${one}" for one in more)
    return await court.ask(
        who,
        f"mutation ($id: ID!, $k: String!{declared}) "
        f"{{ done: {name}(id: $id, idempotencyKey: $k{given}) {{ {SHAPE} }} }}",
        id=id_,
        k=f"key-{court.keys}",
        **more,
    )


async def under_review(court: ListWorld, entry: str, **more: Any) -> str:
    objection = (await filed(court, entry, **more))["id"]
    await taken(court, "judge", "acceptObjection", objection)
    done = await taken(court, "judge", "reviewObjection", objection)
    assert done["state"] == "UNDER_REVIEW"
    return str(objection)


async def state_of(court: ListWorld, entry: str) -> str:
    found = await court.ask(
        "officer", "query ($e: ID!) { done: listEntry(id: $e) { state } }", e=entry
    )
    return str(found["state"])


async def test_a_wrong_entry_is_withdrawn_in_the_step_that_upholds_the_request(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    objection = await under_review(court, entry)

    done = await taken(
        court, "judge", "upholdObjection", objection, grants="WITHDRAW", decision="申请成立"
    )

    assert done["state"] == "UPHELD"
    assert done["correctedAt"] is not None
    assert done["deadlines"] == []
    assert await state_of(court, entry) == "WITHDRAWN"
    await court.watched.follow()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    assert [one["verdict"] for one in answer["results"]] == ["NO_HIT"]


async def test_review_does_not_stay_the_listing(court: ListWorld) -> None:
    entry = await court.listed()

    await under_review(court, entry)

    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    assert [one["verdict"] for one in answer["results"]] == ["HIT"]


async def test_what_the_list_officer_puts_right_runs_under_dl03_until_then(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    objection = await under_review(court, entry)

    done = await taken(
        court, "judge", "upholdObjection", objection, grants="RECTIFY", decision="部分成立"
    )
    assert done["state"] == "PARTLY_UPHELD"
    assert [one["rule"] for one in done["deadlines"]] == ["DL-03", "DL-03 hard-stop"]

    await court.step("officer", "rectifyEntry", entry, reason="更正履行情况")
    found = await court.ask(
        "judge",
        "query ($o: ID!) { done: listObjection(id: $o) { correctedAt deadlines { rule } } }",
        o=objection,
    )
    assert found["correctedAt"] is not None
    assert found["deadlines"] == []


async def test_a_removal_that_was_missed_is_found_by_the_judge_and_done_by_the_officer(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    objection = await under_review(court, entry, asks="REMOVE")
    without = await taken(
        court, "judge", "upholdObjection", objection, grants="REMOVE", decision="已履行"
    )
    assert without["code"] == "BAD_USER_INPUT"

    done = await taken(
        court,
        "judge",
        "upholdObjection",
        objection,
        grants="REMOVE",
        decision="已履行",
        cause="PERFORMED",
    )

    assert done["state"] == "UPHELD"
    assert await state_of(court, entry) == "EXIT_PENDING"
    assert (await court.step("officer", "shieldEntry", entry))["state"] == "SHIELDED"


async def test_a_rejection_goes_to_the_higher_court_within_ten_days_of_its_service(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    objection = await under_review(court, entry)
    await taken(court, "judge", "rejectObjection", objection, decision="理由不成立")
    today = court.world.today
    served = await taken(
        court, "judge", "serveRejection", objection, servedOn=today.isoformat(), proof="送达回证"
    )
    assert [one["rule"] for one in served["deadlines"]] == ["DL-04"]
    unseen = await court.ask(
        "higher", "query ($o: ID!) { done: listObjection(id: $o) { id } }", o=objection
    )
    assert unseen is None

    asked = await taken(court, "debtor", "askReconsideration", objection, grounds="请求复议")
    assert [one["rule"] for one in asked["deadlines"]] == ["DL-05"]
    below = await taken(
        court, "judge", "upholdReconsideration", objection, grants="WITHDRAW", decision="成立"
    )
    assert below["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    done = await taken(
        court, "higher", "upholdReconsideration", objection, grants="WITHDRAW", decision="成立"
    )

    assert done["state"] == "RECON_UPHELD"
    assert await state_of(court, entry) == "WITHDRAWN"


async def test_reconsideration_comes_too_late_after_dl04(court: ListWorld) -> None:
    entry = await court.listed()
    objection = await under_review(court, entry)
    await taken(court, "judge", "rejectObjection", objection, decision="理由不成立")
    day = court.world.today.isoformat()
    await taken(court, "judge", "serveRejection", objection, servedOn=day, proof="送达回证")
    court.world.now += timedelta(days=30)

    done = await taken(court, "debtor", "askReconsideration", objection, grounds="请求复议")

    assert (done["code"], done["guard"]) == ("GUARD_REFUSED", "O2")


async def test_a_late_request_is_taken_and_marked(court: ListWorld) -> None:
    entry = await court.listed()
    court.world.now += timedelta(days=40)

    done = await filed(court, entry)

    assert done["state"] == "FILED"
    assert done["late"] is True
    assert [one["rule"] for one in done["deadlines"]] == ["DL-02", "DL-02 hard-stop"]


async def test_a_decision_can_be_found_wrong_before_it_is_published_and_no_unit_hears_of_it(
    court: ListWorld,
) -> None:
    entry = await court.decided()
    objection = await under_review(court, entry)

    await taken(court, "judge", "upholdObjection", objection, grants="WITHDRAW", decision="成立")

    assert await state_of(court, entry) == "WITHDRAWN"
    assert (await court.changes("tourism"))["nodes"] == []


async def test_who_is_not_the_subject_sees_and_files_nothing(court: ListWorld) -> None:
    entry = await court.listed()

    unbound = await filed(court, entry, who="stranger")
    await bound(court, "debtor-2", "990203199001010041")
    other = await filed(court, entry, who="stranger")
    mine = await court.ask("stranger", MINE)

    assert unbound["code"] == "IDENTITY_NOT_VERIFIED"
    assert other["code"] == "ENTRY_NOT_FOUND"
    assert mine["listing"] == []
    objections = await court.ask("judge", "{ done: listObjections(first: 10) { nodes { id } } }")
    assert objections["nodes"] == []


async def test_the_subject_sees_the_listing_from_the_decision_on_with_its_remedy(
    court: ListWorld,
) -> None:
    proposed = (await court.proposed())["id"]
    before = await court.ask("debtor", MINE)
    await court.step("executor", "dropEntry", proposed, exclusion="OTHER", reason="另案处理")
    entry = await court.listed()
    await filed(court, entry)

    mine = await court.ask("debtor", MINE)

    assert before["listing"] == []
    assert mine["idNumber"] != court.debtor[0]
    [listing] = mine["listing"]
    assert (listing["id"], listing["state"]) == (entry, "PUBLISHED")
    assert listing["remedy"]["rule"] == "DL-01"
    assert date.fromisoformat(listing["remedy"]["dueOn"]) > court.world.today
    assert listing["objections"] == [{"state": "FILED"}]


async def test_who_had_a_part_in_the_case_does_not_review(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L12, I-09."""
    entry = await court.listed()
    objection = (await filed(court, entry))["id"]
    handler = court.world.case.officers[0].officer.id

    monkeypatch.setitem(PEOPLE, "handler", (handler, "objection-judge"))

    done = await taken(court, "handler", "acceptObjection", objection)

    assert (done["code"], done["guard"]) == ("GUARD_REFUSED", "L12")


@pytest.mark.parametrize(
    ("name", "more"),
    [
        pytest.param(
            "upholdObjection", {"grants": "WITHDRAW", "decision": "成立"}, id="upheld unread"
        ),
        pytest.param("rejectObjection", {"decision": "不成立"}, id="rejected unread"),
        pytest.param("reviewObjection", {}, id="reviewed before it is docketed"),
        pytest.param(
            "serveRejection", {"servedOn": "2026-01-05", "proof": "回证"}, id="nothing to serve"
        ),
    ],
)
async def test_a_step_out_of_order_changes_nothing(
    court: ListWorld, name: str, more: dict[str, str]
) -> None:
    entry = await court.listed()
    objection = (await filed(court, entry))["id"]

    done = await taken(court, "judge", name, objection, **more)

    assert done["code"] in {"STEP_REFUSED", "GUARD_REFUSED"}
    assert await state_of(court, entry) == "PUBLISHED"


async def test_one_request_at_a_time_and_a_repeat_is_the_same(court: ListWorld) -> None:
    entry = await court.listed()
    first = await filed(court, entry)

    second = await filed(court, entry)
    court.keys -= 2
    again = await filed(court, entry)
    court.keys += 1

    assert second["code"] == "OBJECTION_OPEN"
    assert again["id"] == first["id"]


async def test_a_judge_takes_a_request_on_paper_in(court: ListWorld) -> None:
    entry = await court.listed()
    received = (court.world.today).isoformat()

    done = await filed(court, entry, who="judge", receivedOn=received, filedOn=received)
    wrong = await filed(court, entry, who="officer")

    assert done["state"] == "FILED"
    assert wrong["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"


async def test_periods_go_by_the_profile_that_is_configured(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await court.listed()
    contexts = court.engine._contexts
    monkeypatch.setattr(
        court.engine._admission, "_contexts", replace(contexts, profile=Profile.SPC)
    )
    court.world.now += timedelta(days=40)

    done = await filed(court, entry)

    assert done["late"] is False, "法释〔2017〕7号 knows no limit"
    assert [one["rule"] for one in done["deadlines"]] == ["DL-02"]
