"""One question on each department's own wire, as its page spells it; answers in one form."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from tests.sandbox.district import SECRET, Served
from tests.sandbox.exchange import Exchange
from tests.sandbox.soap import body_of, fault_of, owners_question, post, record_of

AUTHORITY: Final = {
    "case": "（2026）示9903执1号",
    "officer": "示9903-0001",
    "organisation": "示例区人民法院",
    "purpose": "PROPERTY_INQUIRY",
}
HEADERS: Final = {
    **{f"X-{name}": quote(value) for name, value in AUTHORITY.items()},
    "X-Request-Id": "r1",
    "X-Api-Key": SECRET,
}


class Refused(Exception):
    """The department refused the whole question, with the code of its page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one subject; *found* as the wire has it."""

    subject: str
    found: object
    records: Sequence[Mapping[str, Any]]


def token_of(served: Served) -> str:
    granted = served.http.post(
        f"{served.url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("court-gateway", SECRET),
    )
    return f"Bearer {granted.json()['access_token']}"


def ask_identity(served: Served, subjects: Sequence[str], fields: Sequence[str]) -> list[Entry]:
    answer = served.http.post(
        f"{served.url}/v1/identities:batch",
        json={"idNumbers": subjects, "fields": fields},
        headers={**HEADERS, "Authorization": token_of(served)},
    )
    people = _answered(answer)["people"]
    return [
        Entry(p["idNumber"], p["found"], [p["identity"]] if "identity" in p else []) for p in people
    ]


def ask_vehicles(served: Served, subjects: Sequence[str], fields: Sequence[str]) -> list[Entry]:
    answer = post(served, owners_question(subjects, fields, AUTHORITY))
    if answer.status_code != 200:
        raise Refused(fault_of(answer) if answer.content else answer.status_code)
    return [
        Entry(
            owner.get("ZJHM"),
            {"1": True, "0": False}.get(owner.get("ZT"), owner.get("ZT")),
            [record_of(car) for car in owner],
        )
        for owner in body_of(answer)
    ]


def ask_securities(served: Served, subjects: Sequence[str], fields: Sequence[str]) -> list[Entry]:
    wanted = {"subjects": subjects, "fields": fields}
    accepted = served.http.post(f"{served.url}/v2/holdings", json=wanted, headers=HEADERS)
    ready = ready_ticket(served, _answered(accepted)["ticket"])
    return [Entry(e["subject"], e["found"], e.get("holdings", [])) for e in ready["result"]]


def ready_ticket(served: Served, ticket: str) -> dict[str, Any]:
    until = time.monotonic() + 3
    while time.monotonic() < until:
        state = served.http.get(f"{served.url}/v2/tickets/{ticket}", headers=HEADERS)
        if _answered(state)["state"] != "WORKING":
            return dict(state.json())
        time.sleep(0.005)
    raise TimeoutError


def ask_relations(
    served: Served,
    subjects: Sequence[str],
    fields: Sequence[str],
    kinds: Sequence[str] = ("PERSONAL", "CORPORATE"),
) -> list[Entry]:
    selection = f"subject found asOf related {{ {' '.join(fields)} }}"
    query = (
        "query R($subjects: [String!]!, $kinds: [String!]!) "
        f"{{ relations(subjects: $subjects, kinds: $kinds) {{ {selection} }} }}"
    )
    data = graph(served, {"query": query, "variables": {"subjects": subjects, "kinds": kinds}})
    return [Entry(e["subject"], e["found"], e["related"] or []) for e in data["relations"]]


def graph(served: Served, body: object) -> dict[str, Any]:
    answer = _answered(served.http.post(f"{served.url}/graphql", json=body, headers=HEADERS))
    if "errors" in answer:
        assert "data" not in answer
        raise Refused(answer["errors"][0]["extensions"]["code"])
    return dict(answer["data"])


def ask_fund(served: Served, subjects: Sequence[str], fields: Sequence[str]) -> list[Entry]:
    with Exchange(served.url) as exchange:
        question = exchange.ask(subjects, fields, AUTHORITY)
        state = exchange.settled(question)
        replies = exchange.take(question)
    if state != "DONE":
        raise Refused(state)
    return [
        Entry(subject, bool(found), [] if body is None else [json.loads(body)])
        for subject, found, body in replies
    ]


ASK: Final[Mapping[str, Callable[[Served, Sequence[str], Sequence[str]], list[Entry]]]] = {
    "identity": ask_identity,
    "vehicles": ask_vehicles,
    "housing_fund": ask_fund,
    "securities": ask_securities,
    "related_persons": ask_relations,
}


def _answered(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code not in (200, 202):
        raise Refused(answer.json()["error"] if answer.content else answer.status_code)
    return dict(answer.json())
