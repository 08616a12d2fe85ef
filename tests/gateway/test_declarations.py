"""A schema with a field that nobody declared does not build."""

import pytest
import strawberry
from graphql import GraphQLSchema

from gateway.declarations import Undeclared, declare
from resolvers.declare import guarded


def core(query: type) -> GraphQLSchema:
    return strawberry.Schema(query)._schema


def test_a_field_without_scope_or_place_on_the_public_list_fails_the_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def open_to_all(self) -> str:
            return "leak"

    with pytest.raises(Undeclared, match=r"Query\.openToAll"):
        declare(core(Query))


def test_a_public_field_that_also_declares_scopes_fails_the_build() -> None:
    @strawberry.type
    class Query:
        @guarded("cases:read")
        def viewer(self) -> str:
            """Twice declared."""
            return "both"

    with pytest.raises(Undeclared, match=r"Query\.viewer"):
        declare(core(Query))


def test_a_scope_that_the_catalogue_does_not_know_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match="cases:raed"):
        guarded("cases:raed")
