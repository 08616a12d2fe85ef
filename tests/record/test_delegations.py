"""A delegate sees what was delegated, while it counts, and nothing else; whoever else asks is shown nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound

from domain.delegation import DelegationState
from tests.domain.people import FIRM, MAN, WOMAN
from tests.record.delegation_office import (
    OTHER_CASE,
    DelegationOffice,
    open_delegation_office,
)
from tests.resolvers.order_world import CASE

pytestmark = pytest.mark.anyio

SEEN = """
query ($i: ID) { mine(onBehalfOf: $i) { idNumber listing { id }
  disclosures(first: 50) { nodes { action actionEn receiverName } } } }
"""
OWN = """
{ mine { idNumber disclosures(first: 50) { nodes { action receiverName } }
  delegations { id standing } entrusted { id giver standing parts } } }
"""
LOOK = "query ($n: CaseNumber!) { case(number: $n, purpose: SERVICE) { debtors { name } } }"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[DelegationOffice]:
    async with open_delegation_office(tmp_path, f"sqlite:///{tmp_path / 'chakong.db'}") as made:
        yield made


@pytest.fixture
async def either(record_url: str, tmp_path: Path) -> AsyncIterator[DelegationOffice]:
    """An office on each engine."""
    async with open_delegation_office(tmp_path, record_url) as made:
        yield made


async def nothing_was_shown(office: DelegationOffice, body: dict[str, Any], code: str) -> None:
    """Hold that the answer is empty and that the record says that nobody was shown anything."""
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == code
    leaf, personal = await office.last()
    assert (leaf["decision"], leaf["codes"]) == ("REFUSED", [code])
    assert (leaf["shown"], leaf["asked"], personal["subjects"]) == ([], [], [])


async def test_a_delegate_sees_what_was_delegated_and_is_recorded_as_himself(
    office: DelegationOffice,
) -> None:
    given = await office.given()

    body = await office.ask("lawyer", SEEN, i=given["id"])

    assert "errors" not in body, body
    assert body["data"]["mine"]["idNumber"].startswith("990203")
    assert "*" in body["data"]["mine"]["idNumber"]
    leaf, personal = await office.last()
    assert personal["who"] == "lawyer-1"
    assert personal["subjects"] == [office.debtor]
    assert leaf["delegations"] == [given["id"]]
    assert (leaf["purpose"], leaf["decision"]) == ("SUBJECT_ACCESS", "ANSWERED")


async def test_the_person_sees_that_his_delegate_looked(office: DelegationOffice) -> None:
    given = await office.given()
    await office.ask("lawyer", SEEN, i=given["id"])

    for _ in range(50):
        nodes = (await office.ask("debtor", OWN))["data"]["mine"]["disclosures"]["nodes"]
        if nodes:
            break
        await asyncio.sleep(0.1)

    assert nodes == [{"action": "您的受托人查看了您的信息", "receiverName": "您的受托人"}]


async def test_a_delegate_sees_nothing_else(office: DelegationOffice) -> None:
    given = await office.given()
    for field in (
        "orders { id }",
        "objections { id }",
        "creditFile { entryId }",
        "delegations { id }",
        "entrusted { id }",
    ):
        query = f"query ($i: ID) {{ mine(onBehalfOf: $i) {{ {field} }} }}"

        body = await office.ask("lawyer", query, i=given["id"])

        assert body["data"] is None, field
        code = body["errors"][0]["extensions"]["code"]
        assert code in {"NOT_DELEGATED", "DELEGATION_NOT_FOUND"}
        leaf, personal = await office.last()
        assert (leaf["decision"], leaf["shown"]) == ("REFUSED", [])
        assert (personal["subjects"], personal["tried"]) == ([], [office.debtor])


@pytest.mark.parametrize(
    ("first", "last", "state", "standing"),
    [
        pytest.param(-30, -1, "GIVEN", "OVER", id="over since yesterday"),
        pytest.param(1, 30, "GIVEN", "NOT_BEGUN", id="begins tomorrow"),
        pytest.param(-1, 30, "REVOKED", "REVOKED", id="revoked"),
    ],
)
async def test_what_does_not_count_shows_nothing(
    office: DelegationOffice, first: int, last: int, state: str, standing: str
) -> None:
    day = office.today
    id_ = await office.put(
        day + timedelta(days=first), day + timedelta(days=last), DelegationState(state)
    )

    body = await office.ask("lawyer", SEEN, i=id_)
    usage = await office.usage("lawyer", office.debtor)

    assert body["errors"][0]["extensions"]["standing"] == standing
    assert usage.status_code == 403
    leaf, personal = await office.last()
    assert (leaf["decision"], leaf["shown"], personal["subjects"]) == ("REFUSED", [], [])
    await nothing_was_shown(
        office, await office.ask("lawyer", SEEN, i=id_), "DELEGATION_NOT_IN_FORCE"
    )


@pytest.mark.parametrize("who", ["clerk", "debtor"])
async def test_somebody_elses_delegation_is_not_there(office: DelegationOffice, who: str) -> None:
    """To a third person, and to the giver, who has his own view and no delegate's."""
    given = await office.given()

    body = await office.ask(who, SEEN, i=given["id"])

    await nothing_was_shown(office, body, "DELEGATION_NOT_FOUND")


async def test_who_was_never_verified_is_nobodys_delegate(office: DelegationOffice) -> None:
    given = await office.given()

    await nothing_was_shown(
        office, await office.ask("unverified", SEEN, i=given["id"]), "IDENTITY_NOT_VERIFIED"
    )
    await nothing_was_shown(
        office, await office.ask("lawyer", SEEN, i="d_nothing"), "DELEGATION_NOT_FOUND"
    )


async def test_a_delegation_is_not_passed_on(office: DelegationOffice) -> None:
    """What the lawyer gives to the clerk is the lawyer's own view, and the debtor is not in it."""
    given = await office.given()
    passed = await office.given(by="lawyer", to=MAN)

    own = await office.ask("clerk", SEEN, i=passed["id"])
    debtors = await office.ask("clerk", SEEN, i=given["id"])
    usage = await office.usage("clerk", office.debtor)

    assert "errors" not in own
    leaf, personal = await office.last()
    assert debtors["errors"][0]["extensions"]["code"] == "DELEGATION_NOT_FOUND"
    assert usage.status_code == 403
    assert office.debtor not in personal["subjects"]
    assert leaf["decision"] == "REFUSED"


async def test_revoked_it_ends_at_once_and_for_both_doors(either: DelegationOffice) -> None:
    given = await either.given()
    assert (await either.usage("lawyer", either.debtor)).status_code == 200

    revoked = await either.revoked("debtor", given["id"])

    assert revoked["standing"] == "REVOKED"
    assert (await either.usage("lawyer", either.debtor)).status_code == 403
    await nothing_was_shown(
        either, await either.ask("lawyer", SEEN, i=given["id"]), "DELEGATION_NOT_IN_FORCE"
    )
    again = await either.revoked("debtor", given["id"])
    assert again["code"] == "STEP_REFUSED"


async def test_the_delegate_may_give_it_back_and_others_may_not(office: DelegationOffice) -> None:
    given = await office.given()

    assert (await office.revoked("clerk", given["id"]))["code"] == "DELEGATION_NOT_FOUND"
    assert (await office.revoked("officer", given["id"]))["code"] == "DELEGATION_NOT_FOUND"
    assert (await office.revoked("lawyer", given["id"]))["standing"] == "REVOKED"


async def test_the_tracker_shows_a_delegate_what_the_person_would_see(
    office: DelegationOffice,
) -> None:
    await office.ask("officer", LOOK, n=CASE)
    given = await office.given()
    for _ in range(50):
        usages = (await office.usage("lawyer", f"CN{office.debtor}")).json()
        if usages["totalUsages"]:
            break
        await asyncio.sleep(0.1)

    assert "因送达查询您的信息 Your data were looked at: service of documents" in {
        one["action"] for one in usages["usages"]
    }
    leaf, personal = await office.last()
    assert leaf["what"] == {"tracker": "findUsage"}
    assert (leaf["delegations"], personal["who"]) == ([given["id"]], "lawyer-1")


async def test_without_that_part_the_tracker_is_closed(office: DelegationOffice) -> None:
    await office.given(parts=["LISTING", "ORDERS", "OBJECTIONS", "CREDIT_FILE"])

    assert (await office.usage("lawyer", office.debtor)).status_code == 403


async def test_what_could_not_be_one_is_refused(office: DelegationOffice) -> None:
    def day(number: int) -> str:
        return (office.today + timedelta(days=number)).isoformat()

    for changes, guard in (
        ({"to": FIRM}, "D1"),
        ({"to": office.debtor}, "D1"),
        ({"parts": []}, "D2"),
        ({"startsOn": day(5), "endsOn": day(4)}, "D3"),
        ({"startsOn": day(-5), "endsOn": day(-1)}, "D3"),
        ({"startsOn": day(0), "endsOn": day(366)}, "D3"),
    ):
        given: dict[str, Any] = dict(changes)

        refused = await office.given(**given)

        assert (refused["code"], refused["guard"]) == ("GUARD_REFUSED", guard), changes
    own = (await office.ask("debtor", OWN))["data"]["mine"]
    assert own["delegations"] == []


async def test_a_power_of_attorney_is_registered_with_its_paper(either: DelegationOffice) -> None:
    done = await either.registered()

    assert (done["parts"], done["document"]) == (["ORDERS"], "授委字第5号")
    body = await either.ask(
        "lawyer", "query ($i: ID) { mine(onBehalfOf: $i) { orders { id } } }", i=done["id"]
    )
    assert body["data"]["mine"]["orders"] == []
    _, personal = await either.last()
    assert personal["documents"] == ["授委字第5号"]
    listed = await either.ask(
        "officer",
        "query ($n: CaseNumber!) { case(number: $n, purpose: SERVICE) { delegations { id } } }",
        n=CASE,
    )
    assert listed["data"]["case"]["delegations"] == [{"id": done["id"]}]
    assert (await either.revoked("officer", done["id"]))["standing"] == "REVOKED"


async def test_it_is_registered_for_an_obligor_of_ones_own_case_alone(
    office: DelegationOffice,
) -> None:
    assert (await office.registered("other officer"))["code"] == "CASE_NOT_FOUND"
    assert (await office.registered(giver=MAN))["code"] == "NOT_AN_OBLIGOR"
    assert (await office.registered(document=" "))["code"] == "BAD_USER_INPUT"
    assert (await office.registered("debtor"))["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert (await office.registered(caseNumber="（2026）示9903执99999号"))[
        "code"
    ] == "CASE_NOT_FOUND"
    assert OTHER_CASE != CASE


async def test_who_has_no_number_gives_nothing(office: DelegationOffice) -> None:
    assert (await office.given(by="unverified"))["code"] == "IDENTITY_NOT_VERIFIED"


async def test_giving_and_ending_are_events_of_the_record(either: DelegationOffice) -> None:
    given = await either.given()
    await either.revoked("debtor", given["id"])

    leaf: dict[str, Any] = {}
    for _ in range(50):
        with suppress(NoResultFound):  # the keeper has not been there yet
            leaf, personal = await either.last("GRANT")
        if leaf.get("decision") == "REVOKE":
            break
        await asyncio.sleep(0.1)

    for _ in range(50):
        flaw = await either.flaw()
        if flaw is None:
            break
        await asyncio.sleep(0.1)  # its first checkpoint is signed within a second
    assert flaw is None
    assert (leaf["about"], leaf["from"], leaf["to"]) == (given["id"], "GIVEN", "REVOKED")
    assert personal["who"] == "debtor-1"
    assert WOMAN not in str(leaf)


async def test_both_see_what_there_is_between_them(office: DelegationOffice) -> None:
    given = await office.given()

    debtors = (await office.ask("debtor", OWN))["data"]["mine"]
    lawyers = (await office.ask("lawyer", OWN))["data"]["mine"]

    assert debtors["delegations"] == [{"id": given["id"], "standing": "IN_FORCE"}]
    [one] = lawyers["entrusted"]
    assert (one["id"], one["parts"]) == (given["id"], ["DISCLOSURES", "LISTING"])
    assert office.debtor not in str(lawyers)
