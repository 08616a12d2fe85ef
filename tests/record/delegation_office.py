"""A whole gateway in one process: a debtor, a lawyer, a stranger, an officer, and what is recorded of them."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from sqlalchemy import select

from auth.record_keys import RecordKeys
from connectors.departments import Departments
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.delegation import DelegatedPart, DelegationState, Term
from domain.identity import IdNumber
from gateway.app import Gateway, build_gateway
from gateway.record_database import verify_database
from gateway.record_flaw import Flaw
from gateway.settings import Settings
from storage.cases import CaseRecord
from storage.delegations import DelegationRecord, add_delegation
from storage.orders import OrderRecord
from storage.record import body_of
from storage.tables.record import record_entries, record_people
from storage.verified_people import VerifiedPerson, keep_verified_person
from tests.domain.people import MAN, WOMAN
from tests.resolvers.order_world import CASE, open_world

OTHER_CASE: Final = CaseNumber("（2026）示9903执2号")
ROLES: Final = {
    "debtor": ("debtor-1", "data-subject"),
    "lawyer": ("lawyer-1", "data-subject"),
    "clerk": ("clerk-1", "data-subject"),
    "unverified": ("nobody-1", "data-subject"),
    "officer": ("executor-1", "court-executor"),
    "other officer": ("executor-9", "court-executor"),
    "supervisor": ("supervisor-1", "court-supervisor"),
}
DELEGATION: Final = """
  __typename ... on Delegation { id parts standing giver delegate document }
  ... on ListRefused { code guard rule message }
"""


@dataclass
class DelegationOffice:
    gateway: Gateway
    client: httpx.AsyncClient
    keys: RecordKeys
    case: CaseRecord
    order: OrderRecord

    @property
    def debtor(self) -> IdNumber:
        return self.case.obligors[0].id_number

    @property
    def today(self) -> date:
        return civil_date(datetime.now(UTC))

    def token(self, who: str) -> dict[str, str]:
        subject, role = ROLES[who]
        made = self.gateway.issuer.token_for(
            role=role, subject=subject, organisation="court", client_id="test"
        )
        return {"authorization": f"Bearer {made}"}

    async def ask(self, who: str, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.token(who)
        )
        return dict(answer.json())

    async def usage(self, who: str, number: str) -> httpx.Response:
        return await self.client.get(
            "/tracker/findUsage", params={"userCode": number}, headers=self.token(who)
        )

    async def given(self, by: str = "debtor", to: str = WOMAN, **changes: Any) -> dict[str, Any]:
        wanted = {
            "delegate": to,
            "parts": ["DISCLOSURES", "LISTING"],
            "startsOn": self.today.isoformat(),
            "endsOn": (self.today + timedelta(days=30)).isoformat(),
            **changes,
        }
        return await self._step(by, "giveDelegation", "GiveDelegationInput!", wanted)

    async def registered(self, by: str = "officer", **changes: Any) -> dict[str, Any]:
        wanted = {
            "caseNumber": CASE,
            "giver": self.debtor,
            "delegate": WOMAN,
            "document": "授委字第5号",
            "parts": ["ORDERS"],
            "startsOn": self.today.isoformat(),
            "endsOn": self.today.isoformat(),
            **changes,
        }
        return await self._step(by, "registerDelegation", "RegisterDelegationInput!", wanted)

    async def revoked(self, by: str, id_: str) -> dict[str, Any]:
        document = (
            "mutation ($i: ID!, $k: String!) "
            f"{{ done: revokeDelegation(id: $i, idempotencyKey: $k) {{ {DELEGATION} }} }}"
        )
        body = await self.ask(by, document, i=id_, k=secrets.token_hex(8))
        return dict(body["data"]["done"])

    async def _step(self, by: str, name: str, type_: str, wanted: Any) -> dict[str, Any]:
        document = (
            f"mutation ($i: {type_}, $k: String!) "
            f"{{ done: {name}(input: $i, idempotencyKey: $k) {{ {DELEGATION} }} }}"
        )
        body = await self.ask(by, document, i=wanted, k=secrets.token_hex(8))
        if "errors" in body:
            return dict(body["errors"][0]["extensions"])
        return dict(body["data"]["done"])

    async def put(self, first: date, last: date, state: DelegationState) -> str:
        """Write a delegation of the debtor to the lawyer as time has left it."""
        now = datetime.now(UTC)
        delegation = DelegationRecord(
            id=f"d_{secrets.token_hex(12)}",
            giver=self.debtor,
            delegate=IdNumber(WOMAN),
            parts=frozenset(DelegatedPart),
            term=Term(starts_on=first, ends_on=last),
            state=state,
            given_by="debtor-1",
            created_at=now,
            changed_at=now,
        )
        await self.gateway.database.write(lambda c: add_delegation(c, delegation, event="GIVE"))
        return delegation.id

    async def flaw(self) -> Flaw | None:
        """Return what is wrong with the record's database, all tables and columns of it."""
        return await self.gateway.database.read_aside(
            lambda c: verify_database(
                c, self.keys, verifiers=[self.keys.verifier], origin="127.0.0.1/record"
            )
        )

    async def last(self, kind: str = "DISCLOSURE") -> tuple[dict[str, Any], dict[str, Any]]:
        """Return both sides of the newest entry of a kind."""
        statement = (
            select(record_entries.c.leaf, record_people.c.sealed)
            .join(record_people, record_people.c.n == record_entries.c.n)
            .where(record_entries.c.kind == kind)
            .order_by(record_entries.c.n.desc())
            .limit(1)
        )
        row = await self.gateway.database.read(lambda c: c.execute(statement).one())
        personal = self.keys.open(bytes(row.sealed), body_of(bytes(row.leaf)))
        return json.loads(row.leaf), msgspec.json.decode(personal)


@asynccontextmanager
async def open_delegation_office(place: Path, url: str) -> AsyncIterator[DelegationOffice]:
    world = await open_world(place, url)
    now = datetime.now(UTC)
    people = {
        "debtor-1": world.debtor,
        "lawyer-1": IdNumber(WOMAN),
        "clerk-1": IdNumber(MAN),
    }
    for subject, number in people.items():
        person = VerifiedPerson(
            subject=subject, id_number=number, verified_by="counter-1", verified_at=now
        )
        await world.database.write(lambda c, one=person: keep_verified_person(c, one))  # type: ignore[misc]
    order = await world.drafted(world.freeze())
    await world.database.close()
    settings = Settings(data_dir=place / "state", database_url=url, public_url="http://127.0.0.1")
    gateway = build_gateway(settings, departments=Departments.open([]))
    transport = httpx.ASGITransport(app=gateway.app)
    async with (
        gateway.app.router.lifespan_context(gateway.app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        keys = RecordKeys.load_or_create(place / "state", settings.record_name)
        yield DelegationOffice(gateway, client, keys, world.case, order)
