"""One document, executed both ways over the same answers of marked departments."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import msgspec
from graphql import GraphQLSchema

from auth.caller import Caller
from connectors.departments import Departments
from domain import catalogue
from domain.identity import IdNumber
from gateway.case_register import read_register
from gateway.contexts import Contexts
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.limits import Limits
from gateway.operation import Operation
from gateway.response import Response
from gateway.role_schema import RoleSchemas
from gateway.schema import Graph, build_graph
from resolvers.order_events import OrderEvents
from sandbox.cases import case_register
from sandbox.population import populate
from storage.cases import CaseRecord, keep_cases, keep_officers
from storage.database import Database, open_database
from storage.migration import migrate
from tests.differential.marked import Asked, MarkedDepartments

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UNLIMITED = Limits(
    tokens=10**6,
    depth=10**6,
    introspection_depth=10**6,
    aliases=10**6,
    directives=10**6,
    root_fields=10**6,
    fields=10**6,
    same_key=10**6,
)
LOGINS = {
    "court-executor": "executor-1",
    "court-approver": "approver-1",
    "court-supervisor": "supervisor-1",
    "objection-judge": "objection-judge-1",
}


@dataclass
class World:
    """The court's register, the graph, and departments that a seed makes."""

    graph: Graph
    database: Database
    cases: list[CaseRecord]

    @cached_property
    def people(self) -> list[IdNumber]:
        return [party.id_number for case in self.cases for party in case.obligors]

    @cached_property
    def roles(self) -> RoleSchemas:
        return RoleSchemas(self.graph.schema, self.graph.declarations)

    def schema(self, role: str) -> GraphQLSchema:
        return self.roles.of(scopes_of_role(role))

    @cached_property
    def compiled(self) -> Engine:
        return self._engine()

    @cached_property
    def plain(self) -> Engine:
        engine = self._engine()
        engine.shaping.compiles = False
        return engine

    @cached_property
    def departments(self) -> MarkedDepartments:
        return MarkedDepartments(0, self.people)

    def _engine(self) -> Engine:
        return Engine(
            self.graph,
            Contexts(
                database=self.database,
                departments=cast("Departments", self.departments),
                events=OrderEvents(self.database),
                pseudonym_key=b"k" * 32,
                now=lambda: NOW,
            ),
            EngineSettings(limits=UNLIMITED, cost_of_operation=10**9, cost_per_minute=10**12),
        )


def scopes_of_role(role: str) -> frozenset[str]:
    [found] = [one for one in catalogue.roles() if one.id == role]
    return frozenset(found.scopes)


def caller_of(role: str) -> Caller:
    system = role.startswith("dept:")
    return Caller(
        subject=LOGINS.get(role, role.replace(":", "-")),
        organisation=role.removeprefix("dept:") if system else "court",
        role=role,
        client_id="test",
        scopes=scopes_of_role(role),
        token_id=secrets.token_hex(4),
        expires_at=2**40,
    )


@asynccontextmanager
async def world(place: Path) -> AsyncIterator[World]:
    register = place / "register.json"
    register.write_text(json.dumps(case_register(populate(1, 60), 1)))
    officers, cases = read_register(register)
    small = [case for case in cases if len(case.obligors) <= 6]
    database = open_database(f"sqlite:///{place / 'chakong.db'}")
    await migrate(database)
    await database.write(lambda connection: keep_officers(connection, officers))
    await database.write(lambda connection: keep_cases(connection, small))
    yield World(build_graph(), database, small)
    await database.close()


async def both_ways(
    world: World, role: str, document: str, seed: int, *, partial: bool = False
) -> tuple[Response, Response, Asked]:
    """Return what the compiled plan answers, what graphql-core answers, and whom the first asked."""
    world.departments.begin(seed)
    compiled = await answer(world.compiled, role, document, partial=partial)
    asked = world.departments.asked
    world.departments.begin(seed)
    return compiled, await answer(world.plain, role, document, partial=partial), asked


async def answer(engine: Engine, role: str, document: str, *, partial: bool = False) -> Response:
    return await engine.execute(Operation(document=document, partial=partial), caller_of(role))


def comparable(response: Response) -> Any:
    """Return *response* without what differs between any two runs; errors in a fixed order."""
    body = msgspec.json.decode(msgspec.json.encode(response.body))
    extensions = body.get("extensions", {})
    extensions.pop("requestId", None)
    for department in extensions.get("departments", ()):
        department.pop("milliseconds")
    tickets = [one.pop("ticket") for one in extensions.get("tickets", ())]  # drawn by lot
    for error in body.get("errors", ()):
        words = error.get("extensions", {})
        words.pop("requestId", None)
        if words.get("ticket") is not None:
            words["ticket"] = tickets.index(words["ticket"])
    body.get("errors", []).sort(key=json.dumps)
    return response.status, body
