"""The HTTP client against departments that misbehave, on real sockets."""

import gzip
import traceback

import anyio
import pytest

from connectors import calls
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    DepartmentUnreachable,
    OutcomeUnknown,
)
from connectors.http import LARGEST_ANSWER, open_client
from tests.connectors.conftest import Listen
from tests.connectors.people import ANNA
from tests.connectors.servers import Behaviour, Drop, Hang, Raw, Reply

pytestmark = pytest.mark.anyio

NOWHERE = "http://127.0.0.1:1"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n"

MISBEHAVIOUR = [
    pytest.param(Hang(), DepartmentTimeout, id="never answers"),
    pytest.param(Drop(), DepartmentUnreachable, id="hangs up"),
    pytest.param(Raw(HEAD + b"x" * 10), DepartmentUnreachable, id="hangs up at once in the body"),
    pytest.param(Raw(HEAD + b"x" * 150_000), DepartmentUnreachable, id="hangs up late in the body"),
    pytest.param(Raw(b"\x00\x01\x02\r\n\r\n"), DepartmentContractBroken, id="does not speak HTTP"),
    pytest.param(
        Reply(200, gzip.compress(b"{}"), {"content-encoding": "gzip"}),
        DepartmentContractBroken,
        id="packs its answer",
    ),
    pytest.param(Reply(200, b"x" * (LARGEST_ANSWER + 1)), DepartmentContractBroken, id="too large"),
]


@pytest.mark.parametrize(("behaviour", "expected"), MISBEHAVIOUR)
async def test_a_question_learns_what_went_wrong(
    listen: Listen, behaviour: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: behaviour)
    client = open_client(department.url, timeout=1)

    with pytest.raises(expected) as caught:
        await calls.ask(client, "somewhere", "POST", "/", body=ANNA.encode())
    await client.aclose()

    assert caught.value.department == "somewhere"
    assert ANNA not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(("behaviour", "expected"), MISBEHAVIOUR)
async def test_an_order_that_was_read_has_an_unknown_outcome_and_is_sent_once(
    listen: Listen, behaviour: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: behaviour)
    client = open_client(department.url, timeout=1)

    with pytest.raises(OutcomeUnknown) as caught:
        await calls.order(client, "somewhere", "/", body=b"order")
    await client.aclose()

    assert isinstance(caught.value.__cause__, expected)
    assert len(department.heard) == 1


async def test_an_order_on_a_kept_connection_that_is_hung_up_is_not_sent_again(
    listen: Listen,
) -> None:
    behaviours: list[Behaviour] = [Reply(200, b"ok"), Drop(), Reply(200, b"ok")]
    department = await listen(lambda _: behaviours.pop(0))
    client = open_client(department.url, timeout=5)
    await calls.order(client, "somewhere", "/", body=b"first")

    with pytest.raises(OutcomeUnknown):
        await calls.order(client, "somewhere", "/", body=b"second")
    await client.aclose()

    assert [request.body for request in department.heard] == [b"first", b"second"]


async def test_nobody_listening_means_nothing_was_sent() -> None:
    client = open_client(NOWHERE, timeout=5)

    with pytest.raises(DepartmentUnreachable):
        await calls.ask(client, "somewhere", "GET", "/")
    with pytest.raises(DepartmentUnreachable):
        await calls.order(client, "somewhere", "/", body=b"order")
    await client.aclose()


async def test_a_closed_client_is_a_department_out_of_reach() -> None:
    client = open_client(NOWHERE, timeout=5)
    await client.aclose()

    with pytest.raises(DepartmentUnreachable):
        await calls.ask(client, "somewhere", "GET", "/")
    await client.aclose()


@pytest.mark.parametrize(
    ("status", "question", "order"),
    [
        pytest.param(400, DepartmentRefused, DepartmentRefused, id="refused"),
        pytest.param(401, DepartmentRefused, DepartmentRefused, id="unauthorised"),
        pytest.param(429, DepartmentBusy, DepartmentBusy, id="too many"),
        pytest.param(503, DepartmentBusy, DepartmentBusy, id="overloaded"),
        pytest.param(502, DepartmentUnreachable, OutcomeUnknown, id="a proxy without it"),
        pytest.param(500, DepartmentContractBroken, OutcomeUnknown, id="broken inside"),
        pytest.param(302, DepartmentContractBroken, OutcomeUnknown, id="sends us elsewhere"),
    ],
)
async def test_a_status_means_one_thing_to_a_question_and_another_to_an_order(
    listen: Listen, status: int, question: type[DepartmentError], order: type[DepartmentError]
) -> None:
    department = await listen(
        lambda _: Reply(status, b"", {"retry-after": "7", "location": "/elsewhere"})
    )
    client = open_client(department.url, timeout=5)

    reply = await calls.ask(client, "somewhere", "GET", "/")
    await client.aclose()

    assert [request.path for request in department.heard] == ["/"]
    assert type(calls.refusal("somewhere", reply)) is question
    assert type(calls.order_refusal("somewhere", reply)) is order
    assert reply.retry_after == 7


@pytest.mark.parametrize("behaviour", [Hang(), Raw(HEAD + b"x" * 150_000, stay=True)])
async def test_a_deadline_around_a_call_is_that_deadline_and_nobody_elses_cancellation(
    listen: Listen, behaviour: Behaviour
) -> None:
    department = await listen(lambda _: behaviour)
    client = open_client(department.url, timeout=5)

    with pytest.raises(TimeoutError), anyio.fail_after(0.4):
        await calls.ask(client, "somewhere", "GET", "/")
    await client.aclose()

    assert len(department.heard) == 1


async def test_connections_are_kept_and_the_environments_proxy_is_not_used(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", NOWHERE)
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)
    department = await listen(lambda _: Reply(200, b"x" * LARGEST_ANSWER))
    client = open_client(f"{department.url}/base", timeout=2)

    reply = await calls.ask(client, "somewhere", "GET", "/path")
    await client.aclose()

    assert len(reply.body) == LARGEST_ANSWER
    assert department.heard[0].path == "/base/path"
    assert department.heard[0].headers["accept-encoding"] == "identity"
