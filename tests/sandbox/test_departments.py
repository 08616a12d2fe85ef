"""The simulated departments as anybody may call them: their pages, their faults, their wire logs."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.demo.departments import SECRET, Simulated, running_departments
from sandbox.population import populate

AUTHORITY = {
    "X-Case": "c1",
    "X-Officer": "o1",
    "X-Organisation": "court",
    "X-Purpose": "CONTROL",
    "X-Request-Id": "r1",
}
PEOPLE = 500
SOAP = (
    '<?xml version="1.0" encoding="GB18030"?><s:Envelope '
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
)


class Towns:
    """Five departments, and a person whom all of them know."""

    def __init__(self, departments: list[Simulated], data: Path) -> None:
        self.url = {one.stem: one.url for one in departments}
        self.logs = {one.stem: Path(one.wire_log) for one in departments}
        self.principal = populate(1, PEOPLE).principal
        self.health = {
            one["stem"]: one["health"] for one in json.loads((data / "ports.json").read_text())
        }

    def post(self, stem: str, path: str, body: object, **headers: str) -> httpx.Response:
        return httpx.post(
            self.url[stem] + path,
            json=body,
            headers={"X-Api-Key": SECRET, **AUTHORITY, **headers},
            trust_env=False,
        )

    def lines(self, stem: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[stem].read_text().splitlines()]

    def fault(self, stem: str, mode: str) -> httpx.Response:
        base = self.health[stem].removesuffix("/health")
        return httpx.post(f"{base}/_sandbox/faults", json={"mode": mode}, trust_env=False)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    data = tmp_path_factory.mktemp("departments")
    with running_departments(data, people=PEOPLE, seed=1, latency_ms=0) as departments:
        yield Towns(departments, data)


@pytest.fixture
def token(towns: Towns) -> str:
    granted = httpx.post(
        towns.url["identity"] + "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("court-gateway", SECRET),
        trust_env=False,
    )
    return f"Bearer {granted.json()['access_token']}"


def identities(
    towns: Towns, token: str, fields: list[str], number: str | None = None
) -> httpx.Response:
    body = {"idNumbers": [number or towns.principal], "fields": fields}
    return towns.post("identity", "/v1/identities:batch", body, authorization=token)


def test_only_what_was_asked_for_is_answered(towns: Towns, token: str) -> None:
    answer = identities(towns, token, ["name"]).json()

    assert list(answer["people"][0]["identity"]) == ["name"]


def test_an_unknown_person_is_answered_as_unknown(towns: Towns, token: str) -> None:
    [person] = identities(towns, token, ["name"], "990203199003070012").json()["people"]

    assert person == {"idNumber": "990203199003070012", "found": False}


def test_a_question_writes_one_line_of_the_wire_log(towns: Towns, token: str) -> None:
    before = len(towns.lines("identity"))

    identities(towns, token, ["birthDate", "name"])

    [line] = towns.lines("identity")[before:]
    assert line["subjects"] == [towns.principal]
    assert line["fields"] == ["birthDate", "name"]
    assert line["authority"]["case"] == "c1"
    assert line["authority"]["officer"] == "o1"
    assert line["idempotencyKey"] is None
    assert line["answerBytes"] > 0
    assert line["time"]


@pytest.mark.parametrize(
    ("fields", "number", "error"),
    [
        pytest.param(["salary"], None, "unknown_field", id="a field it does not have"),
    ],
)
def test_a_bad_question_is_refused_whole(
    towns: Towns, token: str, fields: list[str], number: str | None, error: str
) -> None:
    answer = identities(towns, token, fields, number)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_more_subjects_than_a_batch_are_refused(towns: Towns, token: str) -> None:
    body = {"idNumbers": ["990203199003070012"] * 201, "fields": []}

    answer = towns.post("identity", "/v1/identities:batch", body, authorization=token)

    assert answer.status_code == 400


@pytest.mark.parametrize("stem", ["securities", "related_persons"])
def test_without_its_key_a_department_says_nothing(towns: Towns, stem: str) -> None:
    path = {"securities": "/v2/holdings", "related_persons": "/graphql"}[stem]

    answer = towns.post(stem, path, {}, **{"X-Api-Key": "wrong"})

    assert answer.status_code == 401


def test_without_a_token_public_security_says_nothing(towns: Towns) -> None:
    assert identities(towns, "Bearer nobody", ["name"]).status_code == 401


def test_the_police_answer_a_fault_to_what_is_no_envelope(towns: Towns) -> None:
    for body in (
        b"",
        b"<a>",
        SOAP.format("<x/>").encode("gb18030"),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    ):
        answer = httpx.post(
            towns.url["vehicles"],
            content=body,
            headers={"content-type": "text/xml; charset=GB18030"},
            trust_env=False,
        )

        assert answer.status_code in (404, 500)


def test_a_ticket_is_ready_later(towns: Towns) -> None:
    body = {"subjects": [towns.principal], "fields": ["quantity"]}

    accepted = towns.post("securities", "/v2/holdings", body)

    assert accepted.status_code == 202
    until = time.monotonic() + 5
    state: dict[str, Any] = {}
    while state.get("state") != "READY" and time.monotonic() < until:
        state = httpx.get(
            f"{towns.url['securities']}/v2/tickets/{accepted.json()['ticket']}",
            headers={"X-Api-Key": SECRET},
            trust_env=False,
        ).json()
    [entry] = state["result"]
    assert list(entry["holdings"][0]) == ["quantity"]


def test_the_relations_exchange_answers_only_the_selection(towns: Towns) -> None:
    query = "query ($s: [String!]!) { relations(subjects: $s) { subject found related { role } } }"

    answer = towns.post(
        "related_persons", "/graphql", {"query": query, "variables": {"s": [towns.principal]}}
    ).json()

    [entry] = answer["data"]["relations"]
    assert entry["found"] is True
    assert {key for related in entry["related"] for key in related} == {"role"}
    assert towns.lines("related_persons")[-1]["fields"] == ["role"]


@pytest.mark.parametrize(
    ("mode", "status"),
    [pytest.param("unavailable", 503, id="busy"), pytest.param("garbage", 200, id="garbage")],
)
def test_a_fault_comes_and_goes_on_request(
    towns: Towns, token: str, mode: str, status: int
) -> None:
    towns.fault("identity", mode)
    ill = identities(towns, token, ["name"])
    towns.fault("identity", "none")
    well = identities(towns, token, ["name"])

    assert ill.status_code == status
    with pytest.raises(ValueError):  # noqa: PT011 -- whatever the parser says
        ill.json()
    assert well.json()["people"][0]["found"] is True


def test_an_unknown_fault_is_refused(towns: Towns) -> None:
    assert towns.fault("identity", "earthquake").status_code == 400


@pytest.mark.parametrize("stem", ["identity", "vehicles", "securities", "housing_fund"])
def test_every_department_says_that_it_is_up(towns: Towns, stem: str) -> None:
    assert httpx.get(towns.health[stem], trust_env=False).json()["status"] == "UP"
