"""Grants at the administrator's desk: given, compared, confirmed, taken back; no grant, no token."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import Connection, select, update

from domain.grant import GrantRefused
from gateway.cli import client_desk, grant_desk, user_desk
from gateway.cli.client_desk import Credential, NewClient
from storage.accounts import ClientRecord
from storage.grants import HolderKind
from storage.record import body_of
from storage.tables.access import grants
from storage.tables.record import record_entries
from tests.gateway.access_office import BY, IN_A_YEAR, Office, open_office, wanted_of

pytestmark = pytest.mark.anyio
OK = 200


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


async def test_a_client_gets_tokens_for_what_it_was_granted_and_no_more(office: Office) -> None:
    made = await office.client(scopes=["vehicles:read"], purposes=["CONTROL"])

    answer = await office.token("traffic-police-1", made["secret"])

    assert answer.status_code == 200
    assert answer.json()["scope"] == "vehicles:read"


async def test_a_revoked_client_gets_no_token(office: Office) -> None:
    made = await office.client()
    before = await office.token("traffic-police-1", made["secret"])

    await office.at_the_desk(client_desk.revoke, BY, "traffic-police-1", "the agreement ended")
    after = await office.token("traffic-police-1", made["secret"])

    assert (before.status_code, after.status_code) == (200, 401)
    assert await office.at_the_desk(client_desk.listed, whole=False) == []


async def test_tokens_that_are_out_end_with_the_grant(office: Office) -> None:
    made = await office.client()
    token = (await office.token("traffic-police-1", made["secret"])).json()["access_token"]
    who = {"authorization": f"Bearer {token}"}

    async with office.browser() as browser:
        before = await browser.get("/oauth/userinfo", headers=who)
        await office.at_the_desk(client_desk.revoke, BY, "traffic-police-1", "the agreement ended")
        with anyio.fail_after(5):
            after = before
            while after.status_code == OK:
                await anyio.sleep(0.1)
                after = await browser.get("/oauth/userinfo", headers=who)

    assert (before.status_code, after.status_code) == (OK, 401)
    assert 'error="invalid_token"' in after.headers["www-authenticate"]


async def test_an_expired_grant_gives_no_token(office: Office) -> None:
    made = await office.client()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    await office.gateway.database.write(
        lambda c: c.execute(update(grants).values(expires_at=yesterday))
    )

    answer = await office.token("traffic-police-1", made["secret"])

    assert answer.status_code == 401
    with pytest.raises(GrantRefused):  # what lapsed is given anew, not confirmed
        await office.at_the_desk(
            grant_desk.confirm, BY, HolderKind.CLIENT, "traffic-police-1", IN_A_YEAR, None, None
        )


async def test_what_was_registered_before_there_were_grants_inherits_nothing(
    office: Office,
) -> None:
    made = await office.client()
    await office.gateway.database.write(lambda c: c.execute(grants.delete()))

    answer = await office.token("traffic-police-1", made["secret"])

    assert answer.status_code == 401


async def test_rotating_voids_the_old_secret_at_once(office: Office) -> None:
    made = await office.client()

    again = await office.at_the_desk(
        client_desk.rotate, BY, "traffic-police-1", Credential(secret=True)
    )

    assert (await office.token("traffic-police-1", made["secret"])).status_code == 401
    assert (await office.token("traffic-police-1", again["secret"])).status_code == 200


async def test_a_client_has_one_kind_of_credential_and_no_private_keys(
    office: Office, tmp_path: Path
) -> None:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    public, private = tmp_path / "public.json", tmp_path / "private.json"
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    private.write_text(json.dumps({"keys": [key.as_dict(private=True)]}))
    wanted = wanted_of(role="dept:traffic-police", organisation="traffic-police")

    with pytest.raises(ValueError, match="public keys alone"):
        Credential(jwks=private).onto(_bare())
    with pytest.raises(ValueError, match="one kind"):
        Credential(jwks=public, secret=True).onto(_bare())
    with pytest.raises(ValueError, match="needs a credential"):
        await office.at_the_desk(
            client_desk.create, BY, NewClient(id="x", wanted=wanted, credential=Credential())
        )
    made = await office.at_the_desk(
        client_desk.create, BY, NewClient(id="y", wanted=wanted, credential=Credential(jwks=public))
    )

    assert made["secret"] is None
    assert (await office.token("y", "anything")).status_code == 401
    assert [one["holder"] for one in await office.at_the_desk(client_desk.listed, whole=False)] == [
        "y"
    ]


async def test_a_person_cannot_take_a_clients_name_nor_a_client_a_persons(office: Office) -> None:
    await office.client("both")
    await office.user("mine")

    with pytest.raises(GrantRefused, match="taken"):
        await office.user("both")
    with pytest.raises(GrantRefused, match="taken"):
        await office.client("mine")


@pytest.mark.parametrize("role", ["dept:traffic-police", "public", "nobody"])
async def test_people_have_roles_of_people(office: Office, role: str) -> None:
    with pytest.raises(GrantRefused):
        await office.user(role=role, organisation="traffic-police")


async def test_the_difference_names_who_gained_what(office: Office) -> None:
    await office.client(scopes=["vehicles:read"], purposes=["CONTROL"])
    await _begin_a_week_ago(office)
    await office.user()

    told = await office.at_the_desk(grant_desk.differences, _today() - timedelta(days=3), _today())

    [executor] = told
    assert executor["holder"] == "person executor-1"
    assert "identity:read:raw" in executor["gained"].splitlines()
    assert executor["lost"] == ""


async def test_another_grant_inherits_nothing_of_the_one_before(office: Office) -> None:
    await office.user()
    await _begin_a_week_ago(office)

    await office.at_the_desk(
        user_desk.assign, BY, "executor-1", wanted_of(role="list-officer", scopes=["list:read"])
    )

    [change] = await office.at_the_desk(
        grant_desk.differences, _today() - timedelta(days=3), _today()
    )
    assert change["gained"].splitlines() == ["role list-officer"]
    assert "identity:read:raw" in change["lost"].splitlines()
    assert "list:read" not in change["lost"].splitlines()  # both roles have it


async def test_the_yearly_list_is_by_department_and_confirming_takes_off_it(
    office: Office,
) -> None:
    soon = datetime.now(UTC) + timedelta(days=20)
    await office.client(until=soon)
    await office.user(until=soon)
    await office.user("approver-1", role="court-approver")

    due = await office.at_the_desk(grant_desk.due, 60, None)
    police = await office.at_the_desk(grant_desk.due, 60, "traffic-police")
    confirmed = await office.at_the_desk(
        grant_desk.confirm, BY, HolderKind.CLIENT, "traffic-police-1", IN_A_YEAR, "AGR-2", None
    )

    assert [one["holder"] for one in due] == ["executor-1", "traffic-police-1"]
    assert [one["holder"] for one in police] == ["traffic-police-1"]
    assert (confirmed["agreement"], confirmed["assessment"]) == ("AGR-2", "PIA-1")
    assert await office.at_the_desk(grant_desk.due, 60, "traffic-police") == []


async def test_every_change_is_an_entry_of_the_record_that_names_no_person(office: Office) -> None:
    await office.client()
    await office.user()
    await office.at_the_desk(client_desk.rotate, BY, "traffic-police-1", Credential(secret=True))
    await office.at_the_desk(client_desk.revoke, BY, "traffic-police-1", "ended")
    await office.at_the_desk(user_desk.disable, BY, "executor-1", "left the court")

    entries = await office.gateway.database.read(_grant_entries)

    assert [(one["decision"], one["holderKind"]) for one in entries] == [
        ("GIVEN", "client"),
        ("GIVEN", "person"),
        ("ROTATED", "client"),
        ("ENDED", "client"),
        ("ENDED", "person"),
    ]
    assert entries[0]["holder"] == "traffic-police-1"
    assert entries[0]["assessment"] == "PIA-1"
    assert not any("executor-1" in json.dumps(one) or BY in json.dumps(one) for one in entries)


def _grant_entries(connection: Connection) -> list[dict[str, Any]]:
    leaves = connection.scalars(
        select(record_entries.c.leaf)
        .where(record_entries.c.kind == "GRANT")
        .order_by(record_entries.c.n)
    )
    return [json.loads(body_of(leaf)) for leaf in leaves]


def _today() -> datetime:
    """Return a day as commands mean it: in Asia/Shanghai, where it is tomorrow from 16:00 UTC on."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


async def _begin_a_week_ago(office: Office) -> None:
    then = (datetime.now(UTC) - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    await office.gateway.database.write(lambda c: c.execute(update(grants).values(granted_at=then)))


def _bare() -> Any:
    return ClientRecord(
        id="x",
        secret_hash=None,
        role="dept:traffic-police",
        organisation="traffic-police",
        grants=("client_credentials",),
        redirect_uris=(),
    )
