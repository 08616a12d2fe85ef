"""A court whose list is taken over by socket: a real server, real tokens, one database."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import insert
from starlette.applications import Starlette

from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.routes import oauth_routes
from auth.scopes import Entitlements
from gateway.accounts import StoredAccounts
from gateway.ledger import StoredLedger
from gateway.list_snapshot_http import snapshot_routes
from gateway.list_snapshots import Snapshots
from gateway.server import server_config
from storage.tables.listing import entries, list_changes
from tests.domain.people import WOMAN
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import CASE, open_world


@dataclass
class SnapshotOffice:
    court: ListWorld
    place: Path
    snapshots: Snapshots
    client: httpx.AsyncClient
    issuer: Issuer

    def token(self, unit: str, role: str = "dept:screening-only") -> dict[str, str]:
        made = self.issuer.token_for(
            role=role, subject=f"clerk-{unit}", organisation=unit, client_id="test"
        )
        return {"authorization": f"Bearer {made}"}

    async def get(self, path: str, unit: str = "tourism", **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=self.token(unit) | given)

    async def address(self, unit: str = "tourism") -> str:
        """Return where the newest snapshot is."""
        answer = await self.get("/list/snapshot", unit)
        assert answer.status_code == 307, answer.text
        return answer.headers["location"]

    async def taken(self, path: str | None = None) -> tuple[Path, list[Any]]:
        """Download a snapshot with its signature and the court's keys; return the file and its lines."""
        path = path or await self.address()
        file = self.place / "taken.jsonl"
        file.write_bytes((await self.get(path)).content)
        file.with_name("taken.jsonl.sig").write_bytes((await self.get(f"{path}.sig")).content)
        keys = await self.client.get("/.well-known/jwks.json")
        (self.place / "jwks.json").write_bytes(keys.content)
        return file, [json.loads(line) for line in file.read_bytes().splitlines()]

    async def publish(self, count: int, first: int = 0) -> None:
        """List *count* people who exist for this test only, straight into the tables."""
        at = "2026-11-23T01:00:00.000000Z"
        people = [
            {
                "id": f"e_{turn:024d}",
                "case_number": CASE,
                "id_number": WOMAN,
                "name": f"某{turn}",
                "state": "PUBLISHED",
                "mode": "PUBLIC",
                "misconduct": {},
                "exclusions": [],
                "associates": [],
                "performance": "NONE",
                "drafter": "executor-1",
                "created_at": at,
                "changed_at": at,
                "version": 1,
            }
            for turn in range(first, first + count)
        ]
        told = [{"entry_id": one["id"], "kind": "LISTED", "version": 1, "at": at} for one in people]
        write = self.court.world.database.write
        await write(lambda connection: connection.execute(insert(entries), people) and None)
        await write(lambda connection: connection.execute(insert(list_changes), told) and None)


@asynccontextmanager
async def open_snapshot_office(place: Path) -> AsyncIterator[SnapshotOffice]:
    world = await open_world(place)
    court = ListWorld(world)
    await court.watched.open()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        keys, entitlements = SigningKeys.generate(), Entitlements.from_catalogue()
        issuer = Issuer(
            url=url,
            audience="chakong",
            keys=keys,
            accounts=StoredAccounts(world.database),
            ledger=StoredLedger(world.database, longest_seconds=300),
            entitlements=entitlements,
            passwords=Passwords(),
        )
        guard = Guard(keys, url, "chakong", entitlements=entitlements)
        snapshots = Snapshots(world.database, place / "snapshots", keys, url, lambda: world.now)
        app = Starlette(routes=[*snapshot_routes(snapshots, guard), *oauth_routes(issuer)])
        config = server_config(app)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield SnapshotOffice(court, place, snapshots, client, issuer)
        server.should_exit = True
        await serving
    await world.database.close()
