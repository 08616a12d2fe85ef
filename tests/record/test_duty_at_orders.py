"""An order is itself the paper of who oversees it; its debtor is looked at a second time with a reason alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from tests.record.delegation_office import DelegationOffice, open_delegation_office

pytestmark = pytest.mark.anyio

LOOK = """
query ($i: ID!, $r: String) {
  order(id: $i, reason: $r) { state debtor { name } } }
"""
CASE_LOOK = "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { number } }"
STATE = "query ($i: ID!) { order(id: $i) { state } }"


@pytest.fixture
async def office(record_url: str, tmp_path: Path) -> AsyncIterator[DelegationOffice]:
    async with open_delegation_office(tmp_path, record_url) as made:
        yield made


async def look(office: DelegationOffice, who: str, **said: Any) -> dict[str, Any]:
    return await office.ask(who, LOOK, i=office.order.id, **said)


async def test_an_overseer_owes_a_reason_for_the_second_look(office: DelegationOffice) -> None:
    first = await look(office, "supervisor")
    leaf, personal = await office.last()
    second = await look(office, "supervisor")
    refused, _ = await office.last()
    third = await look(office, "supervisor", r="复核超期未反馈原因")

    assert first["data"]["order"]["debtor"]["name"]
    assert leaf["outside"] is True
    assert personal["outside"] == [office.order.id_number]
    assert personal["documents"] == [office.order.ruling_number]
    assert personal["cases"] == [office.case.number]
    assert second["data"] == {"order": None}
    assert second["errors"][0]["extensions"]["code"] == "REASON_REQUIRED"
    assert (refused["decision"], refused["shown"]) == ("REFUSED", [])
    assert third["data"]["order"]["debtor"]["name"]
    assert (await office.last())[1]["reasons"] == ["复核超期未反馈原因"]


async def test_what_tells_of_nobody_owes_nothing(office: DelegationOffice) -> None:
    for _ in range(2):
        body = await office.ask("supervisor", STATE, i=office.order.id)
        assert "errors" not in body


async def test_an_event_is_found_by_whom_it_is_about(office: DelegationOffice) -> None:
    for _ in range(50):
        with suppress(NoResultFound):  # the keeper has not been there yet
            leaf, personal = await office.last("ORDER_EVENT")
            break
        await asyncio.sleep(0.1)

    assert personal["subjects"] == [office.order.id_number]
    assert len(leaf["subjects"]) == 1
    assert office.order.id_number not in str(leaf)


async def test_a_request_that_fails_is_recorded_and_showed_nobody(
    office: DelegationOffice,
) -> None:
    rename = text("ALTER TABLE case_officers RENAME TO gone")
    await office.gateway.database.write(lambda c: c.execute(rename) and None)

    body = await office.ask("officer", CASE_LOOK, n=office.case.number)

    assert body["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    leaf, personal = await office.last()
    assert (leaf["decision"], leaf["codes"]) == ("FAILED", ["INTERNAL_ERROR"])
    assert (leaf["shown"], personal["subjects"]) == ([], [])


async def test_who_works_on_the_case_looks_as_often_as_it_needs(office: DelegationOffice) -> None:
    for _ in range(2):
        assert "errors" not in await look(office, "officer")

    leaf, _ = await office.last()
    assert "outside" not in leaf
