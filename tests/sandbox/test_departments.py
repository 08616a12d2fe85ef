"""What every department does, whatever its wire: docs/departments/README.md."""

from datetime import datetime
from typing import Final

import pytest

from sandbox.check_characters import resident_number
from sandbox.population import DAY
from tests.sandbox.district import HOLDING, NOBODY, STEMS, District
from tests.sandbox.wires import ASK, AUTHORITY, Refused

FIELDS: Final = {
    "identity": ["name", "birthDate"],
    "vehicles": ["HPHM", "CLSBDH"],
    "housing_fund": ["grzhye", "xingming"],
    "securities": ["quantity", "securityCode"],
    "related_persons": ["kind", "personName"],
}
MOST: Final = {
    "identity": (200, "bad_request"),
    "vehicles": (200, "BAD_REQUEST"),
    "housing_fund": (500, "FAILED"),
    "securities": (100, "BAD_REQUEST"),
    "related_persons": (200, "BAD_REQUEST"),
}
UNKNOWN_FIELD: Final = {
    "identity": "unknown_field",
    "vehicles": "UNKNOWN_FIELD",
    "housing_fund": "FAILED",
    "securities": "UNKNOWN_FIELD",
    "related_persons": "BAD_REQUEST",
}
every_department = pytest.mark.parametrize("stem", STEMS)


@every_department
def test_many_subjects_are_answered_at_once_each_in_the_fields_asked(
    district: District, stem: str
) -> None:
    people = list(district.population.people)[:80]

    entries = ASK[stem](district[stem], people, FIELDS[stem])

    assert sorted(entry.subject for entry in entries) == sorted(people)
    records = [record for entry in entries for record in entry.records]
    assert len(records) > 10
    assert {tuple(sorted(record)) for record in records} == {tuple(sorted(FIELDS[stem]))}


@every_department
def test_the_principal_debtor_has_something_everywhere(district: District, stem: str) -> None:
    [entry] = ASK[stem](district[stem], [district.population.principal], FIELDS[stem])

    assert entry.found is True
    assert entry.records


@pytest.mark.parametrize("stem", ["identity", *HOLDING])
def test_where_no_field_is_asked_records_are_only_counted(district: District, stem: str) -> None:
    principal = district.population.principal

    [entry] = ASK[stem](district[stem], [principal], [])

    [full] = ASK[stem](district[stem], [principal], FIELDS[stem])
    assert list(entry.records) == [{}] * len(full.records)


@every_department
def test_an_unknown_subject_is_answered_as_unknown(district: District, stem: str) -> None:
    asked = [NOBODY, district.population.principal]

    found = {e.subject: e for e in ASK[stem](district[stem], asked, FIELDS[stem])}

    assert set(found) == set(asked)
    assert (found[NOBODY].found, list(found[NOBODY].records)) == (False, [])


@every_department
def test_the_largest_batch_is_answered_and_one_more_is_refused(
    district: District, stem: str
) -> None:
    most, code = MOST[stem]
    subjects = [resident_number(DAY, 1 + place) for place in range(most + 1)]
    fields = FIELDS[stem]

    assert len(ASK[stem](district[stem], subjects[:-1], fields)) == most
    with pytest.raises(Refused, match=code):
        ASK[stem](district[stem], subjects, fields)


@every_department
def test_a_field_it_does_not_have_refuses_the_whole_question(district: District, stem: str) -> None:
    before = len(district[stem].lines())

    with pytest.raises(Refused, match=UNKNOWN_FIELD[stem]):
        ASK[stem](district[stem], [district.population.principal], [*FIELDS[stem], "salary"])

    assert len(district[stem].lines()) == before


@every_department
def test_a_question_is_one_line_of_the_departments_own_log(district: District, stem: str) -> None:
    asked = [district.population.principal, NOBODY]
    before = len(district[stem].lines())

    ASK[stem](district[stem], asked, FIELDS[stem])

    [line] = district[stem].lines()[before:]
    assert datetime.fromisoformat(line["time"]).tzinfo is not None
    assert line["department"] == district[stem].id
    assert (line["kind"], line["subjects"]) == ("question", asked)
    assert line["question"]
    assert line["fields"] == FIELDS[stem]
    assert line["authority"] == AUTHORITY
    assert line["idempotencyKey"] is None
    assert line["answerBytes"] > 20


@every_department
def test_every_department_says_that_it_is_up(district: District, stem: str) -> None:
    served = district[stem]

    answer = served.http.get(f"{served.base}/health")

    assert answer.json() == {"department": served.id, "status": "UP"}
