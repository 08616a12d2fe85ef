"""The clients that people use, each with a query, a mutation and a subscription against the demo."""

import asyncio
import json
import secrets
import shutil
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gql import Client, GraphQLRequest
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.ordering import Target, targets

SCRIPTS = Path(__file__).parent / "npm"
DRAFT = """
mutation Draft($input: DraftOrderInput!, $key: String!) {
  draftOrder(input: $input, idempotencyKey: $key) { __typename ... on Order { id state } } }
"""
CHANGED = """
subscription Changed($number: CaseNumber!) { orderChanged(caseNumber: $number) { id state } }
"""


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed")
    place = tmp_path_factory.mktemp("clients")
    shutil.copytree(SCRIPTS, place, dirs_exist_ok=True)
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=place, check=True, capture_output=True
    )
    return place


@pytest.fixture(scope="session")
def ready(demo: dict[str, Any], packages: Path) -> Path:
    file = packages / "ready.json"
    file.write_text(json.dumps(demo))
    return file


def run(packages: Path, script: str, ready: Path) -> Any:
    node = shutil.which("node") or ""
    outcome = subprocess.run(
        [node, f"{script}.mjs", str(ready)], cwd=packages, check=False, capture_output=True
    )
    assert outcome.returncode == 0, outcome.stderr.decode()
    return json.loads(outcome.stdout)


@pytest.mark.needs("node")
@pytest.mark.parametrize("client", ["apollo", "urql", "relay", "graphql_ws", "graphql_sse"])
def test_a_client_from_npm_queries_drafts_and_listens(
    packages: Path, ready: Path, client: str
) -> None:
    answers = run(packages, client, ready)

    assert answers["query"]["viewer"]["role"] == "court-executor"
    assert answers["mutation"]["draftOrder"]["state"] == "DRAFT"
    assert answers["subscription"]["orderChanged"]["id"] == answers["mutation"]["draftOrder"]["id"]


@pytest.mark.needs("node")
def test_the_audits_of_graphql_over_http_pass(packages: Path, ready: Path) -> None:
    """MAYs that are not met ask for GET, which is refused for all but trusted documents."""
    audits = run(packages, "audits", ready)

    met: dict[str, list[str]] = {"MUST": [], "SHOULD": [], "MAY": []}
    for audit in audits:
        level = audit["name"].split()[0]
        if audit["status"] == "ok":
            met[level].append(audit["id"])
        else:
            assert level == "MAY"
            assert "GET" in audit["name"]
    assert (len(met["MUST"]), len(met["SHOULD"])) == (13, 23)


@pytest.mark.parametrize(
    ("named", "status"),
    [
        pytest.param({}, 415, id="none"),
        pytest.param({"Content-Type": ""}, 415, id="empty"),
        pytest.param({"Content-Type": "text/plain"}, 415, id="text"),
        pytest.param({"Content-Type": "application/json; charset=utf-8"}, 200, id="JSON"),
    ],
)
def test_a_body_is_read_only_if_named_json(
    demo: dict[str, Any], named: dict[str, str], status: int
) -> None:
    """Audit 9ABE asks for this, but fetch names every text body text/plain: it never sends none."""
    address = urlsplit(demo["graphql"])
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    token = {"Authorization": f"Bearer {demo['tokens']['court-executor']}"}

    connection.request("POST", address.path, b'{"query": "{ __typename }"}', token | named)
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == status


@pytest.mark.anyio
async def test_gql_queries_drafts_and_listens(demo: dict[str, Any], subject: Target) -> None:
    headers = {"Authorization": f"Bearer {demo['tokens']['court-executor']}"}
    case = demo["cases"][-1]["number"]
    over_http = Client(transport=HTTPXAsyncTransport(demo["graphql"], headers=headers))
    over_socket = Client(
        transport=WebsocketsTransport(
            demo["graphql"].replace("http", "ws"),
            init_payload=headers,
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
    )
    wanted = {
        "caseNumber": case,
        "idNumber": subject[0],
        "assetKind": "VEHICLE",
        "action": "SEAL",
        "recordId": subject[1],
        "amount": {"fen": 100},
        "reason": "客户端兼容性",
    }

    async with over_http as http, over_socket as socket:
        viewer = await http.execute(GraphQLRequest("{ viewer { role } }"))
        changed = GraphQLRequest(CHANGED, variable_values={"number": case})
        events = socket.subscribe(changed)
        event = asyncio.ensure_future(anext(aiter(events)))
        await asyncio.sleep(0.4)
        given = {"input": wanted, "key": secrets.token_hex(8)}
        drafted = await http.execute(GraphQLRequest(DRAFT, variable_values=given))
        heard = await asyncio.wait_for(event, 10)
        await events.aclose()

    assert viewer == {"viewer": {"role": "court-executor"}}
    assert heard["orderChanged"]["id"] == drafted["draftOrder"]["id"]


@pytest.fixture
def subject(demo: dict[str, Any]) -> Target:
    return targets(demo, demo["cases"][-1])["VEHICLE"]
