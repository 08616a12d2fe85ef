"""What a client sent, and what has become of it before anybody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationDefinitionNode
from graphql.execution.values import VariableValues

from gateway.disclosure import Requested
from gateway.documents import Document
from gateway.plan import Plan
from resolvers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a client sent.

    Attributes:
        partial: whether an answer without what the token may not have will do.
        explain: whether the plan is wanted besides the answer.
        reads_only: it came in a way that must change nothing.
    """

    document: str
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False
    explain: bool = False
    reads_only: bool = False

    @property
    def requested(self) -> Requested:
        """What the record keeps of it: hashes of it, that is."""
        return Requested(self.document, self.name, self.variables)


@dataclass(frozen=True, slots=True)
class Prepared:
    operation: Operation
    document: Document
    node: OperationDefinitionNode
    variables: VariableValues
    plan: Plan
    context: Context
    requested: int  # cost
