"""Who is called like one of ours at another issuer is not ours: not for cases, limits, or revocations."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.identity import parse_id_number
from gateway.cli.access_desk import end_access
from storage.cases import AssignedOfficer, Officer, keep_cases, keep_officers
from storage.verified_people import VerifiedPerson, keep_verified_person
from tests.gateway.access_office import Office, open_office
from tests.issuers.foreign import ForeignIssuer
from tests.resolvers.order_world import blank_case

pytestmark = pytest.mark.anyio
CASE = "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { state } }"
MINE = "{ mine { orders { id } } }"
VIEWER = "{ viewer { id } }"
OURS = Officer(id="executor-1", name="合成执行员", credential="示9903-1", role="court-executor")


@contextlib.asynccontextmanager
async def court(place: Path, *issuers: ForeignIssuer) -> AsyncIterator[Office]:
    """Yield a gateway that trusts *issuers*; the first one names the court's own people."""
    said = {
        "roles": {"court-executor": "court-executor", "citizen": "data-subject"},
        "organisations": {"court": "court", "public": "public"},
    }
    trusted = [{"issuer": one.url, "register_names": one is issuers[0], **said} for one in issuers]
    case = blank_case((), (AssignedOfficer(officer=OURS, capacity="HANDLER"),))
    async with open_office(place, trusted_issuers=trusted) as office:
        await office.gateway.database.write(lambda c: keep_officers(c, [OURS]))
        await office.gateway.database.write(lambda c: keep_cases(c, [case]))
        yield office


async def ask(office: Office, token: str, query: str, **variables: Any) -> httpx.Response:
    async with office.browser() as browser:
        return await browser.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )


def token_of(issuer: ForeignIssuer, **claims: Any) -> str:
    now = int(time.time())
    said = {"sub": "executor-1", "aud": "chakong", "iat": now, "exp": now + 300}
    return issuer.token(**{**said, "scope": "cases:read", **claims})


async def test_only_the_issuer_that_names_our_people_opens_their_cases(tmp_path: Path) -> None:
    case = blank_case((), ()).number
    async with (
        ForeignIssuer().listening() as home,
        ForeignIssuer().listening() as other,
        court(tmp_path, home, other) as office,
    ):
        answers = [
            (await ask(office, token_of(issuer), CASE, n=case)).json() for issuer in (home, other)
        ]
        names = [
            (await ask(office, token_of(issuer), VIEWER)).json()["data"]["viewer"]["id"]
            for issuer in (home, other)
        ]

    assert answers[0]["data"] == {"case": {"state": "OPEN"}}
    assert answers[1]["errors"][0]["extensions"]["code"] == "CASE_NOT_FOUND"
    assert names == ["executor-1", f"executor-1@{other.url.removeprefix('http://')}"]


async def test_a_persons_own_file_is_not_another_issuers_to_open(tmp_path: Path) -> None:
    citizen = {"sub": "citizen-1", "role": "citizen", "org": "public", "scope": "subject:self"}
    person = VerifiedPerson(
        subject="citizen-1",
        id_number=parse_id_number("990203198804264358"),
        verified_by="desk-1",
        verified_at=datetime.now(UTC),
    )
    async with (
        ForeignIssuer().listening() as home,
        ForeignIssuer().listening() as other,
        court(tmp_path, home, other) as office,
    ):
        await office.gateway.database.write(lambda c: keep_verified_person(c, person))
        answers = [
            (await ask(office, token_of(issuer, **citizen), MINE)).json()
            for issuer in (home, other)
        ]

    assert answers[0]["data"] == {"mine": {"orders": []}}
    assert answers[1]["errors"][0]["extensions"]["code"] == "IDENTITY_NOT_VERIFIED"


async def test_a_name_that_is_revoked_is_one_issuers(tmp_path: Path) -> None:
    async with (
        ForeignIssuer().listening() as home,
        ForeignIssuer().listening() as other,
        court(tmp_path, home, other) as office,
    ):
        tokens = [token_of(issuer) for issuer in (home, other)]
        before = [(await ask(office, token, VIEWER)).status_code for token in tokens]
        theirs = f"executor-1@{other.url.removeprefix('http://')}"
        await office.at_the_desk(end_access, by="admin-1", subject=theirs)
        await asyncio.sleep(1)
        after = [(await ask(office, token, VIEWER)).status_code for token in tokens]

    assert (before, after) == ([200, 200], [200, 401])
