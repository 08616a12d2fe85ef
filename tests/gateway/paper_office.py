"""A court whose documents and forms are reached over HTTP: real routes, real tokens, one database."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.applications import Starlette

from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.scopes import Entitlements
from domain.order_documents import DocumentKind
from gateway.accounts import StoredAccounts
from gateway.forms.routes import form_routes
from gateway.forms.seal import ESeal
from gateway.ledger import StoredLedger
from gateway.order_documents import document_routes
from resolvers.order_attaching import Attachment, attach
from storage.orders import OrderRecord
from tests.resolvers.order_world import World, open_world

URL: Final = "http://127.0.0.1:8000"
PEOPLE: Final[Mapping[str, str]] = {
    "executor-1": "court-executor",
    "executor-9": "court-executor",
    "approver-1": "court-approver",
    "supervisor-1": "court-supervisor",
    "dept:housing-fund-center": "dept:housing-fund-center",
    "dept:traffic-police": "dept:traffic-police",
    "auditor-1": "auditor",
}
MOST: Final = 4096


class Office:
    """People with tokens before the gateway's plain addresses."""

    def __init__(self, world: World, client: httpx.AsyncClient, issuer: Issuer) -> None:
        self.world = world
        self._client = client
        self._issuer = issuer

    def token(self, subject: str) -> str:
        role = PEOPLE[subject]
        organisation = role.removeprefix("dept:") if role.startswith("dept:") else "court"
        return self._issuer.token_for(
            role=role, subject=subject, organisation=organisation, client_id="test"
        )

    async def upload(self, content: Any, by: str = "executor-1", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"authorization": f"Bearer {self.token(by)}", "content-type": "application/pdf"}
        return await self._client.post("/documents", content=content, headers=given | named)

    async def get(self, path: str, by: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token(by)}"}
        return await self._client.get(path, headers=headers)

    async def get_without_token(self, path: str) -> httpx.Response:
        return await self._client.get(path)

    async def attached(self, order: OrderRecord, kind: str, content: bytes, name: str) -> str:
        """Upload *content* and make it a document of *order*; return its hash."""
        sha256 = str((await self.upload(content)).json()["sha256"])
        given = (Attachment(kind=DocumentKind(kind), sha256=sha256, name=name),)
        await self.world.take("executor-1", attach, order.id, given)
        return sha256


def pdf(words: str = "", size: int = 0) -> bytes:
    """Return a whole PDF, of *size* bytes or a little more."""
    body = f"%PDF-1.7\n%\xe2\xe3\n1 0 obj << /Type /Catalog >> endobj % {words}\n".encode("latin-1")
    body += b"%" + b"x" * max(0, size - len(body)) + b"\n"
    return body + b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@asynccontextmanager
async def open_office(place: Path, e_seal: ESeal | None = None) -> AsyncIterator[Office]:
    """Yield an office whose forms *e_seal* seals."""
    world = await open_world(place)
    keys = SigningKeys.generate()
    entitlements = Entitlements.from_catalogue()
    issuer = Issuer(
        url=URL,
        audience="chakong",
        keys=keys,
        accounts=StoredAccounts(world.database),
        ledger=StoredLedger(world.database, longest_seconds=300),
        entitlements=entitlements,
        passwords=Passwords(),
    )
    guard = Guard(keys, URL, "chakong", entitlements=entitlements)
    app = Starlette(
        routes=[
            *document_routes(world.database, guard, lambda: world.now, most=MOST),
            *form_routes(world.database, guard, e_seal),
        ]
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield Office(world, client, issuer)
    await world.database.close()
