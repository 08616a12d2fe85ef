"""What introspection shows to a set of scopes."""

from functools import cache

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, validate_schema

from domain import catalogue
from gateway.role_schema import RoleSchemas
from gateway.schema import Graph, build_graph
from resolvers.shaping import missing_scopes


@cache
def graph() -> Graph:
    return build_graph()


def narrowed(role: str) -> GraphQLSchema:
    [found] = [r for r in catalogue.roles() if r.id == role]
    return RoleSchemas(graph().schema, graph().declarations).of(frozenset(found.scopes))


def coordinates(schema: GraphQLSchema) -> set[str]:
    return {
        f"{kind.name}.{field}"
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for field in kind.fields
    }


def test_every_role_has_a_valid_schema_of_exactly_its_own_fields() -> None:
    for role in catalogue.roles():
        schema = narrowed(role.id)

        assert validate_schema(schema) == []
        for coordinate in coordinates(schema):
            declared = graph().declarations.of(coordinate)
            assert not missing_scopes(declared, frozenset(role.scopes)), (role.id, coordinate)


SCOPES = sorted(scope.id for scope in catalogue.scopes())


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_of_one_scope_alone_has_a_valid_schema(scope: str) -> None:
    """A client may ask for less than its role holds: no such token may find a broken schema."""
    schema = RoleSchemas(graph().schema, graph().declarations).of(frozenset({scope}))

    assert validate_schema(schema) == []


def test_what_an_allowed_field_leads_to_is_there() -> None:
    schema = narrowed("court-executor")

    for coordinate in coordinates(schema):
        type_name, field = coordinate.split(".")
        kind = schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)
        assert get_named_type(kind.fields[field].type).name in schema.type_map


def test_a_screening_department_sees_no_debtor_at_all() -> None:
    assert not {"Debtor", "Case", "Vehicle", "Order"} & set(
        narrowed("dept:screening-only").type_map
    )


def test_the_same_scopes_share_one_schema() -> None:
    schemas = RoleSchemas(graph().schema, graph().declarations)
    scopes = frozenset({"cases:read"})

    assert schemas.of(scopes) is schemas.of(frozenset(scopes))
