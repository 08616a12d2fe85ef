"""Every coordinate of the schema and its one declaration; a schema with a gap does not build."""

from collections.abc import Mapping
from typing import Final

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.declare import KEY, PUBLIC_FIELDS, PUBLIC_TYPES, Declared
from resolvers.shaping import resolver_of

_ANYONE: Final = Declared(scopes=())


class Undeclared(Exception):
    """Fields of the schema say neither which scope they need nor that they are public."""

    def __init__(self, coordinates: list[str]) -> None:
        super().__init__(
            "neither, or both, of scopes and a place on the public list: "
            + ", ".join(sorted(coordinates))
        )


class Declarations:
    def __init__(self, declared: Mapping[str, Declared]) -> None:
        self._declared = declared

    def of(self, coordinate: str) -> Declared:
        """Return the declaration of ``Type.field``; `KeyError` means the schema was not checked."""
        return self._declared[coordinate]

    def items(self) -> "list[tuple[str, Declared]]":
        return sorted(self._declared.items())


def declare(schema: GraphQLSchema) -> Declarations:
    """Read the declarations of *schema* and plug in the resolvers that they call for.

    Raises:
        Undeclared: a field has neither scopes nor a place on the public list.
    """
    declared: dict[str, Declared] = {}
    gaps: list[str] = []
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLInterfaceType):
            raise Undeclared([name])  # nothing here decides access over an interface yet
        if not isinstance(kind, GraphQLObjectType) or name.startswith("__"):
            continue
        for field_name, graphql_field in kind.fields.items():
            coordinate = f"{name}.{field_name}"
            found = _declaration(graphql_field)
            public = name in PUBLIC_TYPES or coordinate in PUBLIC_FIELDS
            if (found is None) == (not public):
                gaps.append(coordinate)  # neither, or both
            elif found is not None:
                declared[coordinate] = found
                graphql_field.resolve = resolver_of(coordinate, found, graphql_field.resolve)
                if graphql_field.subscribe is not None:
                    graphql_field.subscribe = resolver_of(
                        coordinate, Declared(scopes=found.scopes), graphql_field.subscribe
                    )
            else:
                declared[coordinate] = _ANYONE
    if gaps:
        raise Undeclared(gaps)
    return Declarations(declared)


def _declaration(graphql_field: GraphQLField) -> Declared | None:
    field = graphql_field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(field, StrawberryField):
        return None
    found = field.metadata.get(KEY)
    return found if isinstance(found, Declared) else None
