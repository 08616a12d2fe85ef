"""A question is a method and its own description."""

from collections.abc import Mapping, Sequence

import pytest

from connectors.base import Connector
from connectors.departments import CONNECTORS
from connectors.errors import DepartmentTimeout
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.records import VehicleRecord
from connectors.vehicles import VehiclesConnector
from domain.identity import IdNumber
from tests.connectors.people import ANNA


class EchoConnector(Connector):
    department = "echo"
    stem = "echo"

    @question(record=VehicleRecord, plural=False, limit=3)
    async def echo_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[str]]:
        """Say it again."""
        return {one: Answer(value=f"{authority.purpose} {sorted(want)}") for one in subjects}


def test_a_question_of_a_class_tells_what_a_declaration_must_know() -> None:
    asked = EchoConnector.echo_of

    assert (asked.department, asked.stem, asked.name) == ("echo", "echo", "echo_of")
    assert (asked.record, asked.plural, asked.limit) == (VehicleRecord, False, 3)
    assert asked.connector is EchoConnector
    assert {"plate_number", "as_of"} <= asked.attributes
    assert asked.__doc__ == "Say it again."


@pytest.mark.anyio
async def test_a_question_of_an_instance_is_an_ordinary_method(authority: Authority) -> None:
    connector = EchoConnector(deadline=1)

    answers = await connector.echo_of([ANNA], want=Projection({"vin"}), authority=authority)

    assert answers[ANNA].get() == "PROPERTY_INQUIRY ['vin']"


def test_every_connector_has_a_question_and_a_department_of_its_own() -> None:
    questions = [
        one
        for connector in CONNECTORS
        for one in vars(connector).values()
        if isinstance(one, Question)
    ]

    assert len({connector.stem for connector in CONNECTORS}) == len(CONNECTORS)
    assert {one.name for one in questions} >= {
        "identity_of",
        "travel_documents_of",
        "owned_by",
        "accounts_of",
        "holdings_of",
        "related_to",
    }


def test_a_projection_speaks_the_departments_words_in_the_departments_order() -> None:
    names = {"plate_number": "HPHM", "vin": "CLSBDH"}

    assert Projection({"vin", "as_of", "plate_number"}).wire(names) == ("HPHM", "CLSBDH")
    with pytest.raises(ValueError, match="no such field"):
        Projection({"colour_of_the_sky"}).wire(names)


def test_an_answer_that_is_an_error_raises_it() -> None:
    with pytest.raises(DepartmentTimeout):
        Answer(error=DepartmentTimeout("echo")).get()
    assert Answer(value=None).get() is None
    assert VehiclesConnector.owned_by.limit == 200
