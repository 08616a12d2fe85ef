"""The page of fields, and that each field has exactly one declaration."""

import re

import pytest
import strawberry
from graphql import GraphQLObjectType

from gateway.declarations import Undeclared, declare
from gateway.field_page import field_page
from gateway.fields_left_out import (
    FIELDS,
    GROUPS,
    fields_of_the_catalogue,
    left_out,
    shown_in,
)
from gateway.schema import DeclaredTwice, build_graph, root_type
from resolvers.debtor import compose
from resolvers.declare import court_field


def test_every_field_stands_on_the_page_exactly_once() -> None:
    graph = build_graph()
    fields = [
        f"{name}.{field}"
        for name, kind in graph.schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for field in kind.fields
    ]

    shown: list[str] = []
    for section in re.split(r"^## ", field_page(graph), flags=re.MULTILINE)[1:]:
        kind = section.split("\n", 1)[0]
        shown += [f"{kind}.{name}" for name in re.findall(r"^\| `(\w+): ", section, re.MULTILINE)]

    assert sorted(shown) == sorted(fields)


def test_the_page_names_owner_purposes_and_law() -> None:
    page = field_page(build_graph())

    assert "`vehicles` is answered by 市北交警大队" in page
    assert "(`traffic-police`, `owned_by`) for CONTROL, DEDUCTION, LIFT, LOCATE" in page
    assert "Basis: CPL 253" in page


def test_every_field_of_the_catalogue_is_in_the_graph_or_explained() -> None:
    graph = build_graph()
    missing = left_out(graph)

    assert [entry for entry, reason in missing.items() if reason is None] == []
    page = field_page(graph)
    _, listed = page.split("# Not in the graph, and why")
    rows = re.findall(r"^\| (\w+) \| (.+?) \| (.+) \|$", listed, re.MULTILINE)
    named = {(group, name) for group, names, _ in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == set(missing)
    assert shown_in(graph) | set(missing) == set(fields_of_the_catalogue())


def test_no_reason_outlives_what_it_explains() -> None:
    graph = build_graph()
    missing = left_out(graph)

    assert set(FIELDS) <= set(missing)
    explained = {group for group, reason in GROUPS.items() if "not connected yet" not in reason}
    assert explained <= {group for group, _ in missing}
    types = set(graph.schema.type_map)
    named = {name for one in GROUPS.values() for name in re.findall(r"`([A-Z]\w+)`", one)}
    assert named <= types


def test_a_field_without_a_declaration_does_not_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def secret(self) -> str:
            return ""

    with pytest.raises(Undeclared, match=r"Query\.secret"):
        declare(strawberry.Schema(Query)._schema)


def test_a_root_field_declared_by_two_parts_does_not_build() -> None:
    @strawberry.type
    class One:
        viewer: str = court_field("One.", "cases:read")

    @strawberry.type
    class Two:
        viewer: str = court_field("Another.", "cases:read")

    with pytest.raises(DeclaredTwice, match="viewer"):
        root_type("Query", "", One, Two)


def test_a_persons_field_declared_by_two_parts_does_not_build() -> None:
    class Base:
        pass

    class First(Base):
        name: str = court_field("One.", "cases:read")

    class Second(Base):
        name: str = court_field("Another.", "cases:read")

    with pytest.raises(TypeError, match="name is declared twice"):
        compose("Person", "", [Base])
