"""Clients that the demo does not have by itself, registered beside it while it runs."""

import asyncio
from datetime import UTC, datetime

from gateway.demo.logins import demo_grant
from storage.accounts import ClientRecord, keep_clients
from storage.database import open_database
from storage.grants import HolderKind, give_grant


def certified_client(thumbprint: str, client_id: str = "certified") -> ClientRecord:
    """Return a system of the traffic police that is known by its own certificate."""
    return ClientRecord(
        id=client_id,
        secret_hash=None,
        role="dept:traffic-police",
        organisation="traffic-police",
        grants=("client_credentials",),
        redirect_uris=(),
        certificate_thumbprints=(thumbprint,),
        bound_to="mtls",
    )


def register(data: str, client: ClientRecord) -> None:
    """Register *client*, with its grant, in the demo whose state is in *data*."""
    asyncio.run(_register(data, client))


async def _register(data: str, client: ClientRecord) -> None:
    database = open_database(f"sqlite:///{data}/chakong.db")
    grant = demo_grant(client.role, client.organisation, now=datetime.now(UTC))
    await database.write(lambda c: keep_clients(c, [client]))
    await database.write(lambda c: give_grant(c, HolderKind.CLIENT, client.id, grant, by="demo"))
    await database.close()
