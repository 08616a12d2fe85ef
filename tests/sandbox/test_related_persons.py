"""The registration exchange: GraphQL that answers one query and keeps its schema to itself."""

import pytest

from tests.sandbox.district import NOBODY, District
from tests.sandbox.wires import HEADERS, Refused, ask_relations, graph

QUERY = 'query Q($s: [String!]!) { relations(subjects: $s, kinds: ["CORPORATE"]) { subject found related { role } } }'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no query"),
        pytest.param({"query": "{ relations"}, id="not GraphQL"),
        pytest.param({"query": "{ relations(subjects: []) { subject } }"}, id="no kinds"),
        pytest.param({"query": "{ __schema { types { name } } }"}, id="introspection"),
        pytest.param({"query": QUERY}, id="no subjects"),
        pytest.param({"query": QUERY, "variables": {"s": 7}}, id="not a list"),
        pytest.param({"query": QUERY, "variables": {"s": [7]}}, id="not text"),
        pytest.param({"query": QUERY, "variables": [NOBODY]}, id="variables without names"),
        pytest.param(
            {"query": "{ relations(subjects: [], kinds: []) { related } }"}, id="no selection"
        ),
    ],
)
def test_a_malformed_question_is_refused_whole(district: District, body: object) -> None:
    before = len(district["related_persons"].lines())

    with pytest.raises(Refused, match="BAD_REQUEST"):
        graph(district["related_persons"], body)

    assert len(district["related_persons"].lines()) == before


def test_what_the_query_spells_out_itself_is_limited_and_logged_too(district: District) -> None:
    served = district["related_persons"]
    query = '{{ relations(subjects: ["{}"], kinds: []) {{ subject }} }}'

    graph(served, {"query": query.format(NOBODY)})
    with pytest.raises(Refused, match="BAD_REQUEST"):
        graph(served, {"query": query.format('","'.join([NOBODY] * 201))})

    assert served.lines()[-1]["subjects"] == [NOBODY]


def test_without_its_key_it_says_nothing(district: District) -> None:
    served = district["related_persons"]

    answer = served.http.post(
        f"{served.url}/graphql", json={}, headers={**HEADERS, "X-Api-Key": "wrong"}
    )

    assert answer.status_code == 401


def test_relations_name_their_source_and_come_in_order(district: District) -> None:
    subjects = list(district.population.relations)[-150:]
    fields = ["kind", "relationCode", "role", "personIdNumber", "source"]

    entries = ask_relations(district["related_persons"], subjects, fields)

    for entry in entries:
        order = [
            (r["kind"] != "PERSONAL", r["relationCode"] or r["role"], r["personIdNumber"])
            for r in entry.records
        ]
        assert order == sorted(order)
    told = {(r["kind"], r["source"]) for entry in entries for r in entry.records}
    assert told == {("PERSONAL", "civil-affairs"), ("CORPORATE", "market-regulation")}


@pytest.mark.parametrize("kind", ["PERSONAL", "CORPORATE"])
def test_only_the_kinds_asked_for_are_told(district: District, kind: str) -> None:
    subjects = list(district.population.relations)[-150:]

    entries = ask_relations(district["related_persons"], subjects, ["kind"], [kind])

    assert {r["kind"] for entry in entries for r in entry.records} == {kind}


def test_marriage_is_told_from_both_sides(district: District) -> None:
    first = district.population.principal
    fields = ["relationCode", "personIdNumber", "marriageRegisteredOn"]

    def spouse_of(number: str) -> tuple[str, str]:
        [entry] = ask_relations(district["related_persons"], [number], fields)
        [spouse] = [r for r in entry.records if r["relationCode"] == "10"]
        return spouse["personIdNumber"], spouse["marriageRegisteredOn"]

    other, day = spouse_of(first)

    assert spouse_of(other) == (first, day)
