"""Public security: tokens, two questions, and answers that are not what was agreed."""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest

from connectors.address import DepartmentAddress
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
)
from connectors.identity import IdentityConnector
from connectors.question import Authority, Projection
from connectors.records import IdentityRecord, TravelDocumentRecord
from tests.connectors.conftest import Listen
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, BEN, NOW
from tests.connectors.servers import Behaviour, Reply, Request, json_reply

pytestmark = pytest.mark.anyio

WANT = Projection({"name", "birth_date"})
TOKEN = {"access_token": "token-1", "token_type": "Bearer", "expires_in": 600}


def connector_at(url: str) -> IdentityConnector:
    return IdentityConnector.open(
        DepartmentAddress(
            id="public-security", url=url, client_id="court", secret="secret", deadline_seconds=10
        )
    )


def answering(*people: object, token: object = TOKEN) -> Callable[[Request], Behaviour]:
    def answer(request: Request) -> Behaviour:
        if request.path == "/oauth/token":
            return json_reply(token)
        return json_reply({"asOf": NOW, "people": people})

    return answer


def known(**identity: object) -> dict[str, object]:
    return {"idNumber": ANNA, "found": True, "identity": identity}


async def test_who_someone_is_comes_as_a_record_of_the_wanted_fields(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(
        answering(known(name="甲某", birthDate="1990-01-01"), {"idNumber": BEN, "found": False})
    )
    connector = connector_at(department.url)

    answers = await connector.identity_of([ANNA, BEN], WANT, authority)
    await connector.aclose()

    assert answers[ANNA].get() == IdentityRecord(name="甲某", birth_date=date(1990, 1, 1))
    assert answers[ANNA].as_of == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert answers[BEN].get() is None


async def test_only_the_wanted_fields_are_on_the_wire_in_one_call_under_the_authority(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(answering(known(name="甲某", birthDate=None)))
    connector = connector_at(department.url)

    await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    token, question = department.heard
    assert token.body == b"grant_type=client_credentials"
    assert token.headers["authorization"] == "Basic " + base64.b64encode(b"court:secret").decode()
    assert question.headers["authorization"] == "Bearer token-1"
    assert question.json() == {"idNumbers": [ANNA], "fields": ["name", "birthDate"]}
    assert {name: unquote(question.headers[name]) for name in ("x-case", "x-organisation")} == {
        "x-case": authority.case_number,
        "x-organisation": authority.organisation,
    }
    assert ANNA not in question.path


async def test_travel_documents_keep_the_departments_order(
    listen: Listen, authority: Authority
) -> None:
    documents = [
        {"documentKind": "ORDINARY_PASSPORT", "issuedOn": "2024-02-03"},
        {"documentKind": "OTHER", "issuedOn": None},
    ]
    department = await listen(answering({"idNumber": ANNA, "found": True, "documents": documents}))
    connector = connector_at(department.url)

    answers = await connector.travel_documents_of(
        [ANNA], Projection({"document_kind", "issued_on"}), authority
    )
    await connector.aclose()

    assert answers[ANNA].get() == (
        TravelDocumentRecord(document_kind="ORDINARY_PASSPORT", issued_on=date(2024, 2, 3)),
        TravelDocumentRecord(document_kind="OTHER"),
    )


async def test_what_nobody_asked_for_is_dropped_and_counted(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(
        answering(known(name="甲某", birthDate="1990-01-01", age=36, secret={"a": [1]}))
    )
    connector = connector_at(department.url)

    answer = (await connector.identity_of([ANNA], WANT, authority))[ANNA]
    await connector.aclose()

    assert answer.get() == IdentityRecord(name="甲某", birth_date=date(1990, 1, 1))
    assert answer.overdelivered == 2


@pytest.mark.parametrize(
    ("identity", "broken"),
    [
        pytest.param({"name": 7, "birthDate": None}, "name", id="a number for a name"),
        pytest.param(
            {"name": "甲", "birthDate": "01/01/1990"}, "birth_date", id="another calendar"
        ),
        pytest.param({"name": "甲"}, "birth_date", id="a wanted field left out"),
        pytest.param({"name": "甲", "birthDate": 7, "age": 1}, "birth_date", id="too much, wrong"),
    ],
)
async def test_a_wrong_value_is_an_error_on_that_field_alone(
    listen: Listen, authority: Authority, identity: object, broken: str
) -> None:
    anna = {"idNumber": ANNA, "found": True, "identity": identity}
    department = await listen(answering(anna))
    connector = connector_at(department.url)

    answers = await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    assert broken_values(answers[ANNA]) == {broken}


@pytest.mark.parametrize(
    "identity",
    [pytest.param(None, id="known, but nothing said"), pytest.param([7], id="no object")],
)
async def test_one_subjects_broken_answer_leaves_the_others_whole(
    listen: Listen, authority: Authority, identity: object
) -> None:
    await one_is_broken(listen, authority, {"idNumber": ANNA, "found": True, "identity": identity})


@pytest.mark.parametrize(
    "found",
    [
        pytest.param("perhaps", id="perhaps"),
        pytest.param(None, id="null"),
        pytest.param(False, id="unknown, and yet described"),
    ],
)
async def test_a_subject_neither_known_nor_unknown_leaves_the_others_whole(
    listen: Listen, authority: Authority, found: object
) -> None:
    identity = {"name": "甲", "birthDate": None}
    await one_is_broken(listen, authority, {"idNumber": ANNA, "found": found, "identity": identity})


async def one_is_broken(listen: Listen, authority: Authority, broken: object) -> None:
    other = {"idNumber": BEN, "found": True, "identity": {"name": "乙", "birthDate": None}}
    department = await listen(answering(broken, other))
    connector = connector_at(department.url)

    answers = await connector.identity_of([ANNA, BEN], WANT, authority)
    await connector.aclose()

    assert isinstance(answers[ANNA].error, DepartmentContractBroken)
    assert answers[BEN].get() == IdentityRecord(name="乙")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("a\r\nX-Case: 1", id="two headers"),
        pytest.param("示例", id="no header's letters"),
        pytest.param("", id="nothing"),
        pytest.param(7, id="no text"),
    ],
)
async def test_a_token_that_no_header_carries_is_not_kept(
    listen: Listen, authority: Authority, odd: object
) -> None:
    tokens = [{**TOKEN, "access_token": odd, "expires_in": 10**9}, TOKEN]
    person = known(name="甲", birthDate=None)

    def answer(request: Request) -> Behaviour:
        if request.path == "/oauth/token":
            return json_reply(tokens.pop(0))
        return json_reply({"asOf": NOW, "people": [person]})

    department = await listen(answer)
    connector = connector_at(department.url)

    with pytest.raises(DepartmentContractBroken):
        await connector.identity_of([ANNA], WANT, authority)
    answers = await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    assert answers[ANNA].get() == IdentityRecord(name="甲")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="not JSON"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"asOf": "2026-11-23T09:00:00+08:00", "people": [{"idN', id="half"),
        pytest.param(b'{"asOf": "2026-11-23T09:00:00", "people": []}', id="no time zone"),
        pytest.param(b'{"people": ["\xff"]}', id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
async def test_an_unreadable_answer_is_a_broken_contract(
    listen: Listen, authority: Authority, body: bytes
) -> None:
    department = await listen(
        lambda request: json_reply(TOKEN) if "token" in request.path else Reply(200, body)
    )
    connector = connector_at(department.url)

    with pytest.raises(DepartmentContractBroken):
        await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()


async def test_a_forgotten_token_is_replaced_once_and_then_kept(
    listen: Listen, authority: Authority
) -> None:
    issued: list[str] = []

    def answer(request: Request) -> Behaviour:
        if request.path == "/oauth/token":
            issued.append(f"token-{len(issued)}")
            return json_reply({**TOKEN, "access_token": issued[-1]})
        if request.headers["authorization"] != "Bearer token-1":
            return json_reply({"error": "invalid_token"}, 401)
        return json_reply({"asOf": NOW, "people": [known(name="甲", birthDate=None)]})

    department = await listen(answer)
    connector = connector_at(department.url)

    for _ in range(3):
        await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    assert len(issued) == 2
    assert len(department.heard) == 2 + 4


async def test_a_token_that_runs_out_is_renewed_before_its_end(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(
        answering(known(name="甲", birthDate=None), token={**TOKEN, "expires_in": 20})
    )
    connector = connector_at(department.url)

    for _ in range(2):
        await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    assert [request.path for request in department.heard].count("/oauth/token") == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(json_reply({"error": "invalid_client"}, 401), DepartmentRefused, id="refused"),
        pytest.param(Reply(503), DepartmentBusy, id="busy"),
        pytest.param(Reply(200, b"<html>"), DepartmentContractBroken, id="not JSON"),
        pytest.param(json_reply({"token_type": "Bearer"}), DepartmentContractBroken, id="empty"),
        pytest.param(
            json_reply({"access_token": "t", "expires_in": "soon"}),
            DepartmentContractBroken,
            id="nonsense",
        ),
        pytest.param(
            json_reply({**TOKEN, "expires_in": -1}), DepartmentContractBroken, id="already over"
        ),
    ],
)
async def test_without_a_token_nobody_is_asked_about(
    listen: Listen, authority: Authority, reply: Reply, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: reply)
    connector = connector_at(department.url)

    with pytest.raises(expected):
        await connector.identity_of([ANNA], WANT, authority)
    await connector.aclose()

    assert {request.path for request in department.heard} == {"/oauth/token"}


async def test_where_someone_lives_comes_with_the_wanted_fields_alone(
    listen: Listen, authority: Authority
) -> None:
    home = {"currentAddress": "示例市示例区示例路1号", "phoneNumbers": ["12900000001"]}
    department = await listen(
        answering(
            {"idNumber": ANNA, "found": True, "residence": home}, {"idNumber": BEN, "found": False}
        )
    )
    connector = connector_at(department.url)
    want = Projection({"current_address", "phone_numbers"})

    answers = await connector.residence_of([ANNA, BEN], want, authority)
    await connector.aclose()

    assert answers[BEN].get() is None
    residence = answers[ANNA].get()
    assert residence.current_address == "示例市示例区示例路1号"
    assert residence.phone_numbers == ("12900000001",)
    [_, question] = department.heard
    assert question.path == "/v1/residences:batch"
    assert question.json()["fields"] == ["currentAddress", "phoneNumbers"]


async def test_a_telephone_number_of_another_form_is_an_error_in_its_place(
    listen: Listen, authority: Authority
) -> None:
    home = {"currentAddress": "示例市", "phoneNumbers": ["call me"]}
    department = await listen(answering({"idNumber": ANNA, "found": True, "residence": home}))
    connector = connector_at(department.url)
    want = Projection({"current_address", "phone_numbers"})

    answer = (await connector.residence_of([ANNA], want, authority))[ANNA]
    await connector.aclose()

    assert answer.damaged
    assert broken_values(answer) == {"phone_numbers"}
    assert answer.get().current_address == "示例市"
