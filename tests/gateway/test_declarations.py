"""A schema with a field that nobody declared does not build."""

import re
from typing import Final

import pytest
import strawberry
from graphql import GraphQLSchema, specified_scalar_types

from gateway.declarations import Undeclared, declare
from gateway.schema import build_graph
from resolvers.declare import guarded

CHINESE: Final = re.compile("[\u4e00-\u9fff]")


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


def test_every_word_of_the_schema_is_described_in_both_languages() -> None:
    gaps = []
    for name, kind in build_graph().schema.type_map.items():
        if name.startswith("__") or name in specified_scalar_types:
            continue
        described = {name: kind.description}
        for field_name, field in getattr(kind, "fields", {}).items():
            described[f"{name}.{field_name}"] = field.description
            for argument_name, argument in getattr(field, "args", {}).items():
                described[f"{name}.{field_name}({argument_name}:)"] = argument.description
        for value_name, value in getattr(kind, "values", {}).items():
            described[f"{name}.{value_name}"] = value.description
        gaps += [at for at, words in described.items() if not CHINESE.search(words or "")]

    assert gaps == []
