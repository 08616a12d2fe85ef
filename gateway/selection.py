"""Which fields a selection asks for, merged as GraphQL merges them (spec section 6.3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
)
from graphql.execution.values import VariableValues
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective, is_abstract_type


@dataclass(frozen=True, slots=True)
class Selected:
    """The field of one response key; *nodes* are all places that ask for it."""

    key: str
    nodes: list[FieldNode]

    @property
    def name(self) -> str:
        return self.nodes[0].name.value

    def below(self) -> list[SelectionSetNode]:
        return [node.selection_set for node in self.nodes if node.selection_set is not None]


class Selections:
    """The selections of one document under one set of ``@skip`` and ``@include`` values."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, parent: GraphQLObjectType, below: Sequence[SelectionSetNode]) -> list[Selected]:
        """Return the fields that *below* selects of *parent*, in the order of the answer."""
        found: dict[str, Selected] = {}
        seen: set[str] = set()
        for selection_set in below:
            self._collect(parent, selection_set, found, seen)
        return list(found.values())

    def concrete(self, parent: GraphQLCompositeType) -> Sequence[GraphQLObjectType]:
        """Return the object types that *parent* may turn out to be."""
        if isinstance(parent, (GraphQLInterfaceType, GraphQLUnionType)):
            return self._schema.get_possible_types(parent)
        return (parent,)

    def _collect(
        self,
        parent: GraphQLObjectType,
        selection_set: SelectionSetNode,
        found: dict[str, Selected],
        seen: set[str],
    ) -> None:
        for node in selection_set.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, Selected(key, [])).nodes.append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, parent):
                    self._collect(parent, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition, parent):
                    self._collect(parent, fragment.selection_set, found, seen)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not include or bool(include["if"])

    def _applies(self, condition: Any, parent: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        named = self._schema.get_type(condition.name.value)
        return (
            named is not None
            and is_abstract_type(named)
            and self._schema.is_sub_type(named, parent)
        )
