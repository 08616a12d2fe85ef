"""A record that was lived in: people, events of all kinds, an erasure, and an end that is not signed yet."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url

from auth.record_keys import RecordKeys
from auth.time_stamps import StampRoots
from connectors.time_stamping import TimeStampingAuthority
from domain.record import RetentionClass
from gateway.record_attesting import Attesting, Stamping
from gateway.record_database import verify_database
from gateway.record_flaw import Flaw
from gateway.record_retention import forget
from storage.database import sqlite_engine
from storage.orders import add_order, move_order
from storage.record import RecordDraft
from tests.court_database import fill
from tests.record.attestors import running_witness
from tests.record.authority import running_authority
from tests.record.followed import happen
from tests.record.test_attesting import witness_of
from tests.record.world import ORIGIN, START, RecordWorld, record_world
from tests.storage.test_orders import order

_PERIODS = {RetentionClass.NETWORK: timedelta(days=1)}


@dataclass(frozen=True)
class Lived:
    """A record that was lived in, and a connection to its database; what a test does is undone."""

    connection: Connection
    keys: RecordKeys
    witness: str
    roots: StampRoots

    def verdict(self, expected: str | None = None) -> Flaw | None:
        return verify_database(
            self.connection,
            self.keys,
            verifiers=[self.keys.verifier, self.witness],
            origin=ORIGIN,
            expected=expected,
            roots=self.roots,
        )


async def live(url: str, directory: Path) -> tuple[RecordKeys, str, StampRoots]:
    """Make a record of people, events and an erasure, witnessed and stamped; its last entries are not
    signed yet."""
    async with record_world(url, directory) as world:
        await fill(world.database)
        for n in range(2):
            await world.database.write(partial(add_order, order=order(n), event="DRAFT"))
        await world.database.write(happen)
        await asyncio.gather(*(world.recorder.record(looked(world, n)) for n in range(280)))
        await world.keeper.turn()
        await forget(world.database, world.keys, _PERIODS, START + timedelta(days=3))
        submitted = partial(
            move_order,
            order=order(1),
            event="SUBMIT",
            to_state="SUBMITTED",
            actor="executor-1",
            at=START,
            remark="速办",
        )
        await world.database.write(submitted)
        await world.keeper.turn()
        witness, roots = await attest(world, directory)
        for n in range(280, 283):
            await world.recorder.record(looked(world, n))
        return world.keys, witness, roots


async def attest(world: RecordWorld, directory: Path) -> tuple[str, StampRoots]:
    """Have the newest checkpoint witnessed and stamped; return the witness's key, the authority's root."""
    with (
        running_witness(directory, "city-archive", ORIGIN, world.keys.verifier) as witness,
        running_authority(directory / "tsa") as authority,
    ):
        roots = StampRoots.read(authority.ca)
        attesting = Attesting(
            world.database,
            lambda: world.now,
            attestors=[witness_of(witness)],
            stamping=Stamping(TimeStampingAuthority(authority.url), roots, timedelta(minutes=5)),
        )
        await attesting.turn()
        await attesting.aclose()
        return witness.key, roots


def engine_of(url: str) -> Engine:
    """Return an engine for a thread of its own, on which what is changed can be undone."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return sqlite_engine(parsed, begin="BEGIN IMMEDIATE")
    return create_engine(parsed.set(drivername="postgresql+psycopg"))


def looked(world: RecordWorld, n: int) -> RecordDraft:
    """Return a look-up, or every seventh time a login, by one of five officers about one of nine."""
    kind = "LOGIN" if n % 7 == 0 else "DISCLOSURE"
    said = {"v": 1, "kind": kind, "unit": "court", "decision": "ANSWERED", "who": f"c{n}"}
    body = json.dumps(said | {"asked": [{"department": "traffic-police"}]}).encode()
    personal = {"salt": "00", "who": f"executor-{n % 5}", "cases": ["c"], "subjects": [f"s{n % 9}"]}
    return RecordDraft(
        kind=kind,
        unit="court",
        decision="ANSWERED",
        at=START + timedelta(minutes=n),
        body=body,
        sealed=world.keys.seal(json.dumps(personal).encode(), body),
    )
