"""Public security: its own OAuth, two questions, and refusals as its page spells them."""

import pytest

from tests.sandbox.district import NOBODY, SECRET, District
from tests.sandbox.wires import HEADERS, token_of

BATCH = "/v1/identities:batch"


@pytest.mark.parametrize(
    ("client", "grant", "status", "error"),
    [
        pytest.param(
            ("court-gateway", "wrong"), "client_credentials", 401, "invalid_client", id="secret"
        ),
        pytest.param(
            ("somebody", SECRET), "client_credentials", 401, "invalid_client", id="client"
        ),
        pytest.param(
            ("court-gateway", SECRET), "password", 400, "unsupported_grant_type", id="grant"
        ),
    ],
)
def test_a_token_is_for_the_named_client_alone(
    district: District, client: tuple[str, str], grant: str, status: int, error: str
) -> None:
    served = district["identity"]

    answer = served.http.post(f"{served.url}/oauth/token", data={"grant_type": grant}, auth=client)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_a_token_says_how_long_it_lives(district: District) -> None:
    served = district["identity"]

    answer = served.http.post(
        f"{served.url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("court-gateway", SECRET),
    ).json()

    assert answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 600}


@pytest.mark.parametrize("authorization", ["", "Bearer nobody", f"Bearer {SECRET}"])
def test_without_a_token_of_its_own_nothing_is_said(district: District, authorization: str) -> None:
    served = district["identity"]
    before = len(served.lines())

    answer = served.http.post(
        served.url + BATCH,
        json={"idNumbers": [NOBODY], "fields": ["name"]},
        headers={**HEADERS, "Authorization": authorization},
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert len(served.lines()) == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="not JSON"),
        pytest.param(b'{"idNumbers": ["990203"]}', id="no fields"),
        pytest.param(b'{"idNumbers": "990203", "fields": []}', id="not a list"),
        pytest.param(b'{"idNumbers": [1], "fields": []}', id="not text"),
    ],
)
@pytest.mark.parametrize("question", ["identities", "travel-documents"])
def test_a_malformed_question_is_a_bad_request(
    district: District, question: str, body: bytes
) -> None:
    served = district["identity"]

    answer = served.http.post(
        f"{served.url}/v1/{question}:batch",
        content=body,
        headers={**HEADERS, "Authorization": token_of(served)},
    )

    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


def test_travel_documents_come_newest_first_in_the_fields_asked(district: District) -> None:
    served = district["identity"]
    people = [*list(district.population.people)[:99], NOBODY]

    answer = served.http.post(
        f"{served.url}/v1/travel-documents:batch",
        json={"idNumbers": people, "fields": ["issuedOn", "documentStatus"]},
        headers={**HEADERS, "Authorization": token_of(served)},
    ).json()

    *known, nobody = answer["people"]
    assert nobody == {"idNumber": NOBODY, "found": False}
    assert [entry["idNumber"] for entry in known] == people[:-1]
    issued = [[d["issuedOn"] for d in entry["documents"]] for entry in known]
    assert max(map(len, issued)) > 1
    assert all(days == sorted(days, reverse=True) for days in issued)
    assert {tuple(d) for entry in known for d in entry["documents"]} == {
        ("issuedOn", "documentStatus")
    }
    assert served.lines()[-1]["question"] == "travel-documents:batch"
