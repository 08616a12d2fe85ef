"""Market regulation: a GraphQL upstream that is asked for exactly the wanted selection."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from connectors.address import DepartmentAddress
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
)
from connectors.question import Authority, Projection
from connectors.records import RelatedPersonRecord
from connectors.related_persons import RelatedPersonsConnector
from tests.connectors.conftest import Listen
from tests.connectors.people import ANNA, BEN, NOW
from tests.connectors.servers import Behaviour, Reply, Request, json_reply

pytestmark = pytest.mark.anyio


@pytest.fixture
def with_family(authority: Authority) -> Authority:
    return msgspec.structs.replace(authority, covers_family=True)


def connector_at(url: str) -> RelatedPersonsConnector:
    return RelatedPersonsConnector.open(
        DepartmentAddress(id="market-regulation", url=url, secret="key", deadline_seconds=10)
    )


def answering(*relations: object) -> Callable[[Request], Behaviour]:
    return lambda _: json_reply({"data": {"relations": relations}})


def related(*rows: object) -> dict[str, object]:
    return {"subject": ANNA, "found": True, "asOf": NOW, "related": rows}


async def test_relatives_and_companies_become_records(
    listen: Listen, with_family: Authority
) -> None:
    spouse = {
        "kind": "PERSONAL",
        "relationCode": "10",
        "personName": "乙某",
        "personIdNumber": BEN,
        "marriageRegisteredOn": "2015-05-20",
        "shareRatio": None,
    }
    share = {
        "kind": "CORPORATE",
        "relationCode": None,
        "personName": "示例公司",
        "personIdNumber": BEN,
        "marriageRegisteredOn": None,
        "shareRatio": "33.3333",
    }
    department = await listen(answering(related(spouse, share)))
    connector = connector_at(department.url)
    want = Projection(
        {
            "kind",
            "relation_code",
            "related_name",
            "related_id_number",
            "marriage_registered_on",
            "share_ratio",
        }
    )

    answers = await connector.related_to([ANNA], want, with_family)
    await connector.aclose()

    [request] = department.heard
    variables: Any = request.json()["variables"]
    assert variables["kinds"] == ["PERSONAL", "CORPORATE"]
    assert answers[ANNA].get() == (
        RelatedPersonRecord(
            kind="PERSONAL",
            relation_code="10",
            related_name="乙某",
            related_id_number=BEN,
            marriage_registered_on=date(2015, 5, 20),
        ),
        RelatedPersonRecord(
            kind="CORPORATE",
            related_name="示例公司",
            related_id_number=BEN,
            share_ratio="33.3333",
        ),
    )


async def test_only_the_wanted_fields_are_selected(listen: Listen, authority: Authority) -> None:
    department = await listen(answering(related({"kind": "PERSONAL"})))
    connector = connector_at(department.url)

    await connector.related_to([ANNA], Projection({"kind"}), authority)
    await connector.aclose()

    (request,) = department.heard
    question = request.json()
    assert "related { kind }" in str(question["query"])
    assert ANNA not in str(question["query"])
    assert question["variables"] == {"subjects": [ANNA], "kinds": ["CORPORATE"]}
    assert request.headers["x-api-key"] == "key"


async def test_family_that_may_not_be_asked_about_is_not_asked_for_and_never_enters(
    listen: Listen, authority: Authority
) -> None:
    spouse = {"kind": "PERSONAL", "personName": "乙某"}
    share = {"kind": "CORPORATE", "personName": "示例公司"}
    department = await listen(answering(related(spouse, share)))
    connector = connector_at(department.url)

    answer = (await connector.related_to([ANNA], Projection({"related_name"}), authority))[ANNA]
    await connector.aclose()

    [request] = department.heard
    variables: Any = request.json()["variables"]
    assert variables["kinds"] == ["CORPORATE"]
    assert answer.get() == (RelatedPersonRecord(related_name="示例公司"),)
    assert answer.overdelivered == 1


async def test_nothing_wanted_still_tells_how_many(listen: Listen, with_family: Authority) -> None:
    department = await listen(answering(related({"__typename": "Related"}, {"__typename": "R"})))
    connector = connector_at(department.url)

    answer = (await connector.related_to([ANNA], Projection(), with_family))[ANNA]
    await connector.aclose()

    assert answer.get() == (RelatedPersonRecord(), RelatedPersonRecord())
    assert answer.overdelivered == 0


async def test_a_stranger_never_enters_and_an_unknown_subject_has_no_relations(
    listen: Listen, authority: Authority
) -> None:
    stranger = {"subject": BEN, "found": True, "asOf": NOW, "related": [{"kind": "PERSONAL"}]}
    unknown = {"subject": ANNA, "found": False, "asOf": NOW}
    department = await listen(answering(stranger, unknown))
    connector = connector_at(department.url)

    answers = await connector.related_to([ANNA], Projection({"kind"}), authority)
    await connector.aclose()

    assert list(answers) == [ANNA]
    assert answers[ANNA].get() == ()


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(
            json_reply({"errors": [{"message": "x", "extensions": {"code": "BAD_REQUEST"}}]}),
            DepartmentRefused,
            id="refused",
        ),
        pytest.param(
            json_reply({"data": {"relations": []}, "errors": [{"message": "half"}]}),
            DepartmentContractBroken,
            id="half an answer",
        ),
        pytest.param(json_reply({"data": None}), DepartmentContractBroken, id="nothing"),
        pytest.param(json_reply([]), DepartmentContractBroken, id="a list"),
        pytest.param(Reply(503, b"", {"retry-after": "2"}), DepartmentBusy, id="overloaded"),
        pytest.param(Reply(403), DepartmentRefused, id="forbidden"),
    ],
)
async def test_a_failing_upstream_says_what_can_be_done(
    listen: Listen, authority: Authority, reply: Reply, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: reply)
    connector = connector_at(department.url)

    with pytest.raises(expected):
        await connector.related_to([ANNA], Projection({"kind"}), authority)
    await connector.aclose()
