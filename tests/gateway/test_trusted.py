"""Trusted documents and persisted queries, over HTTP."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from auth.guard import Guard
from gateway.http import GraphQLOverHTTP
from gateway.trusted import BadManifest, TrustedDocuments, read_manifest
from tests.differential.world import World, caller_of, world

VIEWER = "{ viewer { role } }"
OTHER = "{ viewer { id } }"
ORDER = 'mutation { submitOrder(id: "o_1", idempotencyKey: "k") { __typename } }'


def sha256(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


class Doorkeeper:
    """Lets everybody in as the executor's client."""

    async def admit(self, scope: object) -> Any:
        del scope
        return caller_of("court-executor")


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> Iterator[World]:
    opened = world(tmp_path_factory.mktemp("trusted"))
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


Send = Callable[..., httpx.Response]


@pytest.fixture
def send(place: World, runner: asyncio.Runner) -> Callable[..., Send]:
    def served(**options: Any) -> Send:
        documents = {sha256(one): one for one in (VIEWER, ORDER)}
        trusted = TrustedDocuments({"test": documents}, **options)
        app = GraphQLOverHTTP(place.compiled, cast("Guard", Doorkeeper()), trusted)

        async def sent(method: str, **request: Any) -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                return await client.request(method, "/graphql", **request)

        return lambda method, **request: runner.run(sent(method, **request))

    return served


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_a_trusted_document_is_named_by_its_hash(send: Callable[..., Send], prefix: str) -> None:
    answer = send()("POST", json={"documentId": prefix + sha256(VIEWER)})

    assert answer.json()["data"] == {"viewer": {"role": "court-executor"}}


def test_a_trusted_query_may_come_by_get(send: Callable[..., Send]) -> None:
    answer = send()("GET", params={"documentId": sha256(VIEWER)})

    assert answer.json()["data"] == {"viewer": {"role": "court-executor"}}


@pytest.mark.parametrize(
    ("method", "request_", "status", "code"),
    [
        pytest.param(
            "GET", {"params": {"query": VIEWER}}, 405, "METHOD_NOT_ALLOWED", id="a query by GET"
        ),
        pytest.param(
            "GET",
            {"params": {"documentId": sha256(ORDER)}},
            405,
            "METHOD_NOT_ALLOWED",
            id="a mutation by GET",
        ),
        pytest.param(
            "GET",
            {"params": {"documentId": sha256(VIEWER), "variables": "["}},
            400,
            "BAD_REQUEST",
            id="odd variables",
        ),
        pytest.param(
            "POST", {"json": {"documentId": sha256(OTHER)}}, 400, "DOCUMENT_NOT_FOUND", id="unknown"
        ),
        pytest.param(
            "POST",
            {"json": {"documentId": sha256(VIEWER), "query": OTHER}},
            400,
            "DOCUMENT_NOT_FOUND",
            id="two documents",
        ),
        pytest.param("POST", {"json": {}}, 400, "BAD_REQUEST", id="none"),
        pytest.param(
            "POST",
            {
                "json": {
                    "extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(VIEWER)}}
                }
            },
            400,
            "PERSISTED_QUERY_NOT_SUPPORTED",
            id="nobody registered it for persisted queries",
        ),
    ],
)
def test_anything_else_is_refused(
    send: Callable[..., Send], method: str, request_: dict[str, Any], status: int, code: str
) -> None:
    answer = send()(method, **request_)

    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_trusted_only_client_sends_nothing_else(send: Callable[..., Send]) -> None:
    only = send(only=["test"])

    assert only("POST", json={"query": VIEWER}).status_code == 200
    refused = only("POST", json={"query": OTHER})
    assert (refused.status_code, code_of(refused)) == (403, "TRUSTED_DOCUMENTS_ONLY")


def test_a_persisted_query_is_remembered_by_its_hash(send: Callable[..., Send]) -> None:
    registered = send(remembered_for=["test"])
    named = {"persistedQuery": {"version": 1, "sha256Hash": sha256(OTHER)}}

    first = registered("POST", json={"extensions": named})
    taught = registered("POST", json={"query": OTHER, "extensions": named})
    again = registered("POST", json={"extensions": named})
    lied = registered("POST", json={"query": VIEWER, "extensions": named})

    assert code_of(first) == "PERSISTED_QUERY_NOT_FOUND"
    assert taught.json()["data"] == again.json()["data"]
    assert code_of(lied) == "PERSISTED_QUERY_MISMATCH"


def test_a_trusted_only_client_cannot_teach_us(send: Callable[..., Send]) -> None:
    both = send(only=["test"], remembered_for=["test"])
    named = {"persistedQuery": {"version": 1, "sha256Hash": sha256(OTHER)}}

    answer = both("POST", json={"query": OTHER, "extensions": named})

    assert code_of(answer) == "TRUSTED_DOCUMENTS_ONLY"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[]", id="no object"),
        pytest.param("{", id="no JSON"),
        pytest.param(json.dumps({sha256(VIEWER): OTHER}), id="another document's hash"),
    ],
)
def test_a_bad_manifest_is_refused_at_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content)

    with pytest.raises(BadManifest):
        read_manifest(file)
