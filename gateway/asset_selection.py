"""Which fields of the uniform `Asset` a document selects below `Debtor.assets`."""

from collections.abc import Sequence

from graphql import GraphQLCompositeType, GraphQLObjectType, SelectionSetNode, get_named_type

from gateway.selection import Selections


def asset_parts(
    selections: Selections, sources: GraphQLCompositeType, below: Sequence[SelectionSetNode]
) -> set[str]:
    """Return the Python names of what is selected of each asset."""
    parts: set[str] = set()
    for kind in selections.concrete(sources):
        for inner in selections.of(kind, below):
            if inner.name == "assets":
                asset = get_named_type(kind.fields[inner.name].type)
                assert isinstance(asset, GraphQLObjectType)  # noqa: S101 -- of the schema
                parts |= {
                    _python_name(one.name)
                    for one in selections.of(asset, inner.below())
                    if one.name != "__typename"
                }
    return parts


def _python_name(name: str) -> str:
    """Return a name of the graph as Python spells it."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
