"""
The role-true schema: what a set of scopes may ask, and nothing else.

Introspection uses it, so GraphiQL shows each department its own graph. It has the same types with the
same resolvers, less the fields that the scopes do not cover, the types of which nothing is left, and
what leads to those or is led to no more.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from graphql.type import (
    GraphQLList,
    GraphQLNonNull,
    is_introspection_type,
    is_specified_scalar_type,
)

from gateway.declarations import Declarations
from resolvers.shaping import missing_scopes

_MOST_KEPT: Final = 64


class RoleSchemas:
    """Role-true schemas by scope set, the ones used lately."""

    def __init__(self, schema: GraphQLSchema, declarations: Declarations) -> None:
        self._schema = schema
        self._declarations = declarations
        self._kept: OrderedDict[frozenset[str], GraphQLSchema] = OrderedDict()

    def of(self, scopes: frozenset[str]) -> GraphQLSchema:
        known = self._kept.get(scopes)
        if known is None:
            declarations = self._declarations
            known = narrowed(
                self._schema, lambda one: not missing_scopes(declarations.of(one), scopes)
            )
            self._kept[scopes] = known
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(scopes)
        return known


def narrowed(schema: GraphQLSchema, keeps: Callable[[str], bool]) -> GraphQLSchema:
    """Return *schema* with the fields whose coordinate it *keeps*, and the types these lead to."""
    return _Narrowing(schema, keeps).schema()


class _Narrowing:
    def __init__(self, schema: GraphQLSchema, keeps: Callable[[str], bool]) -> None:
        self._schema = schema
        self._keeps = keeps
        self._narrowed: dict[str, GraphQLNamedType] = {}
        self._empty: set[str] = set()
        while not self._empty >= (found := set(self._without_anything())):
            self._empty |= found

    def _without_anything(self) -> Iterator[str]:
        """Yield the types of which nothing is left, but for fields that lead to such types."""
        for kind in self._schema.type_map.values():
            if isinstance(kind, GraphQLObjectType) and not is_introspection_type(kind):
                if not self._fields(kind):
                    yield kind.name
            elif isinstance(kind, GraphQLUnionType) and not self._members(kind):
                yield kind.name

    def _members(self, union: GraphQLUnionType) -> list[GraphQLObjectType]:
        return [member for member in union.types if member.name not in self._empty]

    def schema(self) -> GraphQLSchema:
        narrowed = GraphQLSchema(
            query=self._root(self._schema.query_type),
            mutation=self._root(self._schema.mutation_type),
            subscription=self._root(self._schema.subscription_type),
            # Directives are part of the contract; their arguments name no field.
            directives=self._schema.directives,
            extensions=self._schema.extensions,
            description=self._schema.description,
        )
        # Strawberry's Info finds its schema here.
        narrowed._strawberry_schema = self._schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001
        return narrowed

    def _root(self, root: GraphQLObjectType | None) -> GraphQLObjectType | None:
        if root is None or not self._fields(root):
            return None
        made = self._named(root)
        return made if isinstance(made, GraphQLObjectType) else None

    def _fields(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        return {
            name: field
            for name, field in kind.fields.items()
            if get_named_type(field.type).name not in self._empty
            and self._keeps(f"{kind.name}.{name}")
        }

    def _named(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        if is_specified_scalar_type(kind) or is_introspection_type(kind):
            return kind
        known = self._narrowed.get(kind.name)
        if known is not None:
            return known
        if isinstance(kind, GraphQLObjectType):
            self._narrowed[kind.name] = made = self._object(kind)
            return made
        if isinstance(kind, GraphQLUnionType):
            members = kind.to_kwargs()
            members["types"] = lambda: [  # type: ignore[typeddict-item]  # a thunk, as the constructor takes it
                self._named(member) for member in self._members(kind)
            ]
            if kind.resolve_type is not None:
                # Strawberry compares by identity: it must see the union it made.
                resolve = kind.resolve_type
                members["resolve_type"] = lambda value, info, _: resolve(value, info, kind)
            self._narrowed[kind.name] = union = GraphQLUnionType(**members)
            return union
        return kind  # scalars, enums and inputs hold nothing that a scope hides

    def _object(self, kind: GraphQLObjectType) -> GraphQLObjectType:
        members = kind.to_kwargs()
        members["fields"] = lambda: {  # type: ignore[typeddict-item]  # a thunk
            name: self._field(field) for name, field in self._fields(kind).items()
        }
        members["interfaces"] = ()
        return GraphQLObjectType(**members)

    def _field(self, field: GraphQLField) -> GraphQLField:
        members = field.to_kwargs()
        members["type_"] = self._typed(field.type)
        return GraphQLField(**members)

    def _typed(self, kind: GraphQLOutputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return GraphQLNonNull(self._typed(kind.of_type))
        if isinstance(kind, GraphQLList):
            return GraphQLList(self._typed(kind.of_type))
        return self._named(kind)
