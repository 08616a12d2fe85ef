"""Documents: parsed and validated once, then kept."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from auth.caller import Caller
from auth.tokens import COURTS
from gateway.limits import BeyondLimit, Limits, check_limits
from gateway.role_schema import RoleSchemas

_MOST_KEPT: Final = 512
_MOST_ROLES: Final = 64


class InvalidDocument(Exception):
    """The document does not parse or does not fit the schema.

    Attributes:
        errors: one per fault, as GraphQL words them.
    """

    def __init__(self, errors: list[GraphQLError], code: str) -> None:
        super().__init__(code)
        self.errors = errors
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document.

    Attributes:
        fragments: by name.
        conditions: variables that a ``@skip`` or ``@include`` in it reads.
    """

    node: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation called *name*, or the only one.

        Raises:
            InvalidDocument: no such operation, or several and no name.
        """
        found = [
            op
            for op in self.operations
            if not name or (op.name is not None and op.name.value == name)
        ]
        if len(found) == 1:
            return found[0]
        message = (
            "The document has no operation of that name."
            if name
            else "The document has several operations: say operationName."
        )
        raise InvalidDocument([GraphQLError(message)], "GRAPHQL_OPERATION_UNKNOWN")


class Documents:
    """The documents that were seen lately, at most `_MOST_KEPT`.

    Only validity is kept, never what a caller may do: a privileged caller's verdict must not serve
    anyone else.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Return *text* parsed and validated.

        Raises:
            InvalidDocument: with every fault found.
        """
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        try:
            node = parse(text, max_tokens=self._limits.tokens, allow_empty_selection_sets=False)
            check_limits(node, self._limits)
        except GraphQLError as error:
            raise InvalidDocument([error], "GRAPHQL_PARSE_FAILED") from error
        except RecursionError as error:
            fault = GraphQLError("The document is nested too deeply.")
            raise InvalidDocument([fault], "GRAPHQL_PARSE_FAILED") from error
        except BeyondLimit as error:
            raise InvalidDocument([error.error()], "DOCUMENT_TOO_COMPLEX") from error
        if faults := validate(self._schema, node, max_errors=20, hide_suggestions=True):
            raise InvalidDocument(faults, "GRAPHQL_VALIDATION_FAILED")
        document = Document(
            node,
            tuple(d for d in node.definitions if isinstance(d, OperationDefinitionNode)),
            {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)},
            _conditions(node),
        )
        self._kept[text] = document
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return document


class _Conditions(Visitor):
    """Notes the variables in the arguments of ``@skip`` and ``@include``."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in ("skip", "include"):
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names[argument.value.name.value] = None


def _conditions(node: DocumentNode) -> tuple[str, ...]:
    visitor = _Conditions()
    visit(node, visitor)
    return tuple(visitor.names)


class RoleDocuments:
    """Documents by what their sender may know of the schema.

    The court's own people are told what exists and which scope it needs. A department or the public
    is validated against its role-true schema: what it may not have, does not exist.
    """

    def __init__(self, schema: GraphQLSchema, roles: RoleSchemas, limits: Limits) -> None:
        self._roles = roles
        self._limits = limits
        self._whole = Documents(schema, limits)
        self._own: OrderedDict[frozenset[str], Documents] = OrderedDict()

    @property
    def whole(self) -> Documents:
        """Return the documents of who may know of everything: for the record, never for an answer."""
        return self._whole

    def of(self, caller: Caller) -> Documents:
        if caller.organisation in COURTS:
            return self._whole
        known = self._own.get(caller.scopes)
        if known is None:
            known = Documents(self._roles.of(caller.scopes), self._limits)
            self._own[caller.scopes] = known
            if len(self._own) > _MOST_ROLES:
                self._own.popitem(last=False)
        self._own.move_to_end(caller.scopes)
        return known
