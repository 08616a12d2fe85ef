"""
What a document may be, decided on its syntax alone, before anything expensive looks at it.

Fragments count as often as they are spread, and are measured once each: a bomb of them is refused
in the time it takes to read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

_INTROSPECTION: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one operation may have.

    Attributes:
        tokens: words and signs of the document.
        depth: fields within fields.
        introspection_depth: the same below ``__schema`` and ``__type``, whose types wrap types.
        aliases, directives: in the document, each fragment's own counted once.
        root_fields: of the operation, fragments spread.
        fields: of the operation, fragments spread as often as they stand there.
        same_key: fields of one response key in one selection; comparing them is quadratic.
    """

    tokens: int = 1_000
    depth: int = 10
    introspection_depth: int = 20
    aliases: int = 15
    directives: int = 50
    root_fields: int = 20
    fields: int = 1_000
    same_key: int = 5


class BeyondLimit(Exception):
    """The document is larger than it may be.

    Attributes:
        limit: the name of the limit, such as ``depth``.
    """

    def __init__(self, limit: str, most: int) -> None:
        words = limit.replace("_", " ")
        super().__init__(
            f"The document has too many or too deep {words}; at most {most} are allowed. Split it, "
            "or ask for less. 查询超出限制"
        )
        self.limit = limit

    def error(self) -> GraphQLError:
        return GraphQLError(
            str(self), extensions={"code": "DOCUMENT_TOO_COMPLEX", "limit": self.limit}
        )


@dataclass(frozen=True, slots=True)
class _Size:
    """A selection's measures, its fragments spread."""

    fields: int = 0
    depth: int = 0
    own: int = 0  # fields directly in it


class _Measure:
    def __init__(self, limits: Limits, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._limits = limits
        self._fragments = fragments
        self._sizes: dict[str, _Size] = {}
        self._open: set[str] = set()
        self.aliases = 0
        self.directives = 0

    def selection(self, selection_set: SelectionSetNode) -> _Size:
        fields = depth = own = 0
        keys: dict[str, int] = {}
        for node in selection_set.selections:
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                size = self._field(node, keys)
                own += 1
            elif isinstance(node, FragmentSpreadNode):
                size = self.spread(node.name.value)
                own += size.own
            else:
                size = self.selection(node.selection_set)  # type: ignore[attr-defined]  # inline
                own += size.own
            fields += size.fields
            depth = max(depth, size.depth)
            if fields > self._limits.fields:
                raise BeyondLimit("fields", self._limits.fields)
        return _Size(fields, depth, own)

    def _field(self, node: FieldNode, keys: dict[str, int]) -> _Size:
        if node.alias is not None:
            self.aliases += 1
        key = node.alias.value if node.alias else node.name.value
        keys[key] = keys.get(key, 0) + 1
        if keys[key] > self._limits.same_key:
            raise BeyondLimit("same_key", self._limits.same_key)
        if node.selection_set is None:
            return _Size(1, 1)
        below = self.selection(node.selection_set)
        if node.name.value in _INTROSPECTION:
            if below.depth >= self._limits.introspection_depth:
                raise BeyondLimit("introspection_depth", self._limits.introspection_depth)
            return _Size(1 + below.fields, 1)
        return _Size(1 + below.fields, 1 + below.depth)

    def spread(self, name: str) -> _Size:
        known = self._sizes.get(name)
        if known is not None:
            return known
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return _Size()  # validation names what is missing, or goes round in circles
        self._open.add(name)
        size = self._sizes[name] = self.selection(fragment.selection_set)
        self._open.discard(name)
        return size


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuse *document* if any of its operations is beyond *limits*.

    Raises:
        BeyondLimit: naming the first limit that is passed.
    """
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    measure = _Measure(limits, fragments)
    for name in fragments:
        measure.spread(name)  # also what no operation uses is validated
    for one in document.definitions:
        if not isinstance(one, OperationDefinitionNode):
            continue
        measure.directives += len(one.directives or ())
        size = measure.selection(one.selection_set)
        _within("root_fields", size.own, limits.root_fields)
        _within("depth", size.depth, limits.depth)
    _within("aliases", measure.aliases, limits.aliases)
    _within("directives", measure.directives, limits.directives)


def _within(name: str, count: int, most: int) -> None:
    if count > most:
        raise BeyondLimit(name, most)


def nests_deeper(value: object, most: int) -> bool:
    """Whether lists and objects of *value*, as JSON has them, nest deeper than *most*."""
    level = [value]
    for _ in range(most + 1):
        below: list[object] = []
        for one in level:
            if isinstance(one, Mapping):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        if not below:
            return False
        level = below
    return True
