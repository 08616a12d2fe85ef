"""A court that keeps its list, and departments that ask it, through the graph in one process."""

import secrets
from typing import Any, Final, cast

from auth.caller import Caller
from connectors.departments import Departments
from connectors.endpoint_addresses import EndpointAddresses
from gateway.contexts import Contexts
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.operation import Operation
from resolvers.order_events import OrderEvents
from resolvers.screening import Screener
from resolvers.watched_list import WatchedList
from tests.court_database import whole_graph
from tests.differential.world import scopes_of_role
from tests.resolvers.order_world import CASE, World

KEY: Final = b"k" * 32
PEOPLE: dict[str, tuple[str, str]] = {
    "executor": ("executor-1", "court-executor"),
    "officer": ("list-officer-1", "list-officer"),
    "president": ("president-1", "court-president"),
    "judge": ("judge-9", "objection-judge"),
    "higher": ("judge-h", "higher-court-judge"),
    "debtor": ("debtor-1", "data-subject"),
    "stranger": ("debtor-2", "data-subject"),
    "supervisor": ("supervisor-1", "court-supervisor"),
    "keeper": ("keeper-1", "catalog-admin"),
    "second keeper": ("keeper-2", "catalog-admin"),
}
_ORGANISATIONS: dict[str, str] = {"higher": "higher-court"}
ENTRY: Final = """
  __typename ... on ListEntry { id state version termEndsOn deadlines { rule dueOn overdue } }
  ... on ListRefused { code guard rule message }
"""
HIT: Final = """
  __typename ... on SanctionHit { id state action releaseBy feedbackBy retainedUntil overdue }
  ... on ListRefused { code guard rule message }
"""
_SCREEN: Final = """
mutation ($s: [SubjectInput!]!, $t: String!, $r: String!) {
  done: screen(subjects: $s, trigger: $t, businessReference: $r) {
    receipt listSequence results { verdict code action entryId hitId basis measures { id effect action }
  others { entryId hitId action } } } }
"""
_CHANGES: Final = """
query ($a: ID) { done: listChanges(after: $a, first: 500) {
  cursor hasMore nodes { cursor kind entryId version idNumber name mode } } }
"""
_GRAPH: Final = whole_graph()


class ListWorld:
    def __init__(self, world: World) -> None:
        self.world = world
        self.events = OrderEvents(world.database)
        self.watched = WatchedList(world.database, self.events, KEY)
        self.keys = 0
        self.names = {"tourism.invalid": "8.8.4.4", "commerce.invalid": "8.8.8.8"}
        self.engine = Engine(
            _GRAPH,
            Contexts(
                database=world.database,
                departments=cast("Departments", None),
                events=self.events,
                pseudonym_key=KEY,
                now=lambda: world.now,
                screener=Screener(world.database, self.watched, KEY),
                webhook_addresses=EndpointAddresses(lookup=self.looked_up),
            ),
            EngineSettings(cost_of_operation=10**9, cost_per_minute=10**12),
        )

    async def looked_up(self, host: str, port: int) -> list[str]:
        """The name service of this world."""
        del port
        if host not in self.names:
            raise OSError(host)
        return [self.names[host]]

    async def ask(self, who: str, document: str, **variables: Any) -> Any:
        """Return what *who* is answered: one of `PEOPLE`, or a department by its id."""
        operation = Operation(document=document, variables=variables)
        response = await self.engine.execute(operation, caller(who))
        body = response.body
        if response.status != 200 or body.get("errors"):
            return body["errors"][0]["extensions"]
        return body["data"]["done"]

    async def step(self, who: str, name: str, id_: str, **more: Any) -> Any:
        """Let *who* take the step *name* on an entry or a hit, with a key of its own."""
        self.keys += 1
        kinds = {"months": "Int!", "years": "Int!", "samePerson": "Boolean!"}
        kinds |= {"cause": "ExitCause!", "exclusion": "Exclusion!"}
        kinds |= {"servedOn": "Date!", "until": "Date!", "endsOn": "Date"}
        declared = "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
        given = "".join(f", {one}: ${one}" for one in more)
        shape = HIT if name.endswith("Hit") else ENTRY
        document = (
            f"mutation ($id: ID!, $k: String!{declared}) "
            f"{{ done: {name}(id: $id, idempotencyKey: $k{given}) {{ {shape} }} }}"
        )
        return await self.ask(who, document, id=id_, k=f"key-{self.keys}", **more)

    async def proposed(self, **changes: Any) -> Any:
        self.keys += 1
        document = (
            "mutation ($i: ProposeEntryInput!, $k: String!) "
            f"{{ done: proposeEntry(input: $i, idempotencyKey: $k) {{ {ENTRY} }} }}"
        )
        wanted = {
            "caseNumber": CASE,
            "idNumber": self.world.debtor,
            "conditions": [
                {"misconduct": "EVADES_BY_SHAM_OR_CONCEALMENT", "evidence": "转移房产，见笔录"}
            ],
            **changes,
        }
        return await self.ask("executor", document, i=wanted, k=f"key-{self.keys}")

    async def decided(self, *, restriction: str = "限1号", **changes: Any) -> str:
        entry = str((await self.proposed(**changes))["id"])
        day = self.world.today.isoformat()
        await self.step("executor", "warnDebtor", entry, servedOn=day, proof="送达回证第1号")
        await self.step("officer", "submitEntry", entry)
        done = await self.step(
            "president", "signEntry", entry, decisionNumber="决1号", restrictionNumber=restriction
        )
        assert done["state"] == "DECIDED", done
        return entry

    async def listed(self, **changes: Any) -> str:
        entry = await self.decided(**changes)
        done = await self.step("officer", "publishEntry", entry)
        assert done["state"] in {"PUBLISHED", "NOTIFIED"}, done
        await self.watched.follow()
        return entry

    async def removed(self, entry: str) -> Any:
        await self.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
        done = await self.step("officer", "shieldEntry", entry)
        await self.watched.follow()
        return done

    async def screen(
        self, department: str, trigger: str, *subjects: tuple[str | None, str], reference: str = ""
    ) -> Any:
        asked = [{"idNumber": number, "name": name} for number, name in subjects]
        reference = reference or secrets.token_hex(4)
        return await self.ask(department, _SCREEN, s=asked, t=trigger, r=reference)

    async def changes(self, department: str, after: str | None = None) -> Any:
        return await self.ask(department, _CHANGES, a=after)

    @property
    def debtor(self) -> tuple[str, str]:
        party = self.world.case.obligors[0]
        return party.id_number, party.name


def caller(who: str) -> Caller:
    subject, role = PEOPLE.get(who, (f"clerk-{who}", "dept:screening-only"))
    return Caller(
        subject=subject,
        organisation=_ORGANISATIONS.get(who, "court" if who in PEOPLE else who),
        role=role,
        client_id="test",
        scopes=scopes_of_role(role),
        token_id="t",
        expires_at=2**40,
    )
