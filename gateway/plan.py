"""
A plan: what a document will ask of whom, what its caller may not have, and how the answer is shaped.

It is made once for a document, its operation, the values that ``@skip`` and ``@include`` use, and
the caller's scopes; then it is run many times. A field that the scopes do not cover is *denied*:
nothing below it is planned, so nothing below it can be asked.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import msgspec
from graphql import (
    FieldNode,
    GraphQLCompositeType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import VariableValues
from graphql.type import is_composite_type

from connectors.question import Question
from domain.purpose import Purpose
from gateway.asset_selection import asset_parts
from gateway.compiler import Compiler, Shape, Uncovered
from gateway.cost import Cost, Times, times
from gateway.declarations import Declarations
from gateway.documents import Document
from gateway.selection import Selected, Selections
from resolvers.asset_sources import AssetSource, asset_sources
from resolvers.declare import Declared
from resolvers.shaping import missing_scopes

# Fields under which the plan asks ahead: they open a case, and a case has debtors.
_COST_OF_INTROSPECTION: Final = 50
_OPENS_CASES: Final = frozenset({"Query.case", "Query.cases"})
_ASSETS: Final = "Debtor.assets"
_PLAN: Final = "Case.controlPlan"
# They lead from a control plan to obligors of its case, who are all known.
_TO_OBLIGORS: Final = frozenset(
    {
        "ControlPlan.lines",
        "ControlPlan.incomplete",
        "ControlPlanLine.debtor",
        "ControlPlanGap.debtor",
    }
)


@dataclass(frozen=True, slots=True)
class Denied:
    """A field on a path that the caller's scopes do not cover."""

    path: tuple[str, ...]
    coordinate: str
    missing: frozenset[str]


@dataclass(slots=True)
class Ask:
    """A department-backed field at one place of the answer.

    Attributes:
        path: response keys from the root, without list indices.
        fields: attributes of the record that the selection needs.
        onward: attribute of the record with the next subject, and what is asked of them.
        gathered: it is one of many that a field asks; where nobody is there to ask, that field says so.
    """

    path: tuple[str, ...]
    coordinate: str
    question: Question[Any]
    purposes: frozenset[Purpose]
    natural_persons_only: bool
    fields: set[str] = field(default_factory=set)
    onward: "list[tuple[str, list[Ask]]]" = field(default_factory=list)
    gathered: bool = False


@dataclass(slots=True)
class CaseRoot:
    """A root field that opens cases, and what is asked of their debtors.

    Attributes:
        node: the field as the document has it, for its arguments.
        of_all: asked of every obligor.
        of_one: for each `debtor(idNumber:)` below, its node and what is asked of that debtor.
    """

    key: str
    coordinate: str
    node: FieldNode
    of_all: list[Ask] = field(default_factory=list)
    of_one: list[tuple[tuple[str, ...], FieldNode, list[Ask]]] = field(default_factory=list)

    def purposes(self) -> dict[str, frozenset[Purpose]]:
        """Return, for each department field below, the purposes that permit it."""
        asks = [*self.of_all, *(ask for _, _, one in self.of_one for ask in one)]
        return {ask.coordinate: ask.purposes for ask in everything(asks)}


@dataclass(slots=True)
class Plan:
    """See the module.

    Attributes:
        scopes: whose plan it is: it runs for no others.
        coordinates: every field that will be executed, denied ones left out.
        barred: root fields that would open cases and are denied.
        raw: those of them that show raw values, by a raw scope.
        proofs: those that need a recent proof of two factors.
        recorded: the same as JSON, sorted, as the record keeps it.
        groups: the field group of each question, by its identity.
        cost: before it runs.
        shape: makes the answer from what was fetched; None where graphql-core does.
    """

    operation: OperationDefinitionNode
    scopes: frozenset[str]
    denied: list[Denied] = field(default_factory=list)
    roots: list[CaseRoot] = field(default_factory=list)
    barred: list[CaseRoot] = field(default_factory=list)
    coordinates: set[str] = field(default_factory=set)
    raw: set[str] = field(default_factory=set)
    proofs: set[str] = field(default_factory=set)
    recorded: bytes = b"[]"
    introspects: bool = False
    wanted: dict[int, set[str]] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    shape: Shape | None = None

    def fields_wanted(self, question: Question[Any]) -> frozenset[str]:
        """Return all the document selects of *question*'s records, wherever it stands."""
        return frozenset(self.wanted.get(id(question), ()))


def everything(asks: Sequence[Ask]) -> Iterator[Ask]:
    """Yield *asks* and all that is asked behind them."""
    for ask in asks:
        yield ask
        for _, further in ask.onward:
            yield from everything(further)


class Planner:
    """Makes plans over one schema and its declarations."""

    def __init__(self, schema: GraphQLSchema, declarations: Declarations) -> None:
        self._schema = schema
        self._declarations = declarations
        debtor = cast("GraphQLObjectType", schema.type_map["Debtor"])
        # What is off is not in the schema: nothing asks it.
        self._sources = [
            one for one in asset_sources() if one.coordinate.partition(".")[2] in debtor.fields
        ]

    def plan(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        scopes: frozenset[str],
    ) -> Plan:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            raise LookupError("validation lets no such operation pass")
        selections = Selections(self._schema, document.fragments, variables)
        walk = _Walk(self._declarations, selections, scopes, Plan(operation, scopes), self._sources)
        walk.root(root, [operation.selection_set])
        plan = walk.plan
        plan.recorded = msgspec.json.encode(sorted(plan.coordinates))
        query = operation.operation is OperationType.QUERY
        if query and not plan.denied and not plan.introspects:
            with contextlib.suppress(Uncovered):
                plan.shape = Compiler(self._declarations, selections, scopes).compile(
                    root, operation.selection_set
                )
        return plan


class _Walk:
    def __init__(
        self,
        declarations: Declarations,
        selections: Selections,
        scopes: frozenset[str],
        plan: Plan,
        sources: Sequence[AssetSource],
    ) -> None:
        self._sources = sources
        kinds = Counter(one.kind for one in sources)
        self._in_two_registers = {kind for kind, times in kinds.items() if times > 1}
        self._declarations = declarations
        self._selections = selections
        self._scopes = scopes
        self.plan = plan

    def root(self, parent: GraphQLObjectType, below: list[SelectionSetNode]) -> None:
        for selected in self._selections.of(parent, below):
            if selected.name in ("__schema", "__type"):
                self.plan.introspects = True
                self.plan.cost.add(_COST_OF_INTROSPECTION, ())
                continue
            coordinate = f"{parent.name}.{selected.name}"
            case_root = None
            if coordinate in _OPENS_CASES:
                case_root = CaseRoot(selected.key, coordinate, selected.nodes[0])
            allowed = self._field(parent, selected, (), [], case_root, ())
            if case_root is not None:
                (self.plan.roots if allowed else self.plan.barred).append(case_root)

    def _fields(  # noqa: PLR0913, PLR0917 -- one field's surroundings
        self,
        parent: GraphQLCompositeType,
        below: list[SelectionSetNode],
        path: tuple[str, ...],
        asks: list[Ask],
        case_root: CaseRoot | None,
        at: Times,
    ) -> None:
        for concrete in self._selections.concrete(parent):
            for selected in self._selections.of(concrete, below):
                self._field(concrete, selected, path, asks, case_root, at)

    def _field(  # noqa: PLR0913, PLR0917 -- as above
        self,
        parent: GraphQLObjectType,
        selected: Selected,
        path: tuple[str, ...],
        asks: list[Ask],
        case_root: CaseRoot | None,
        at: Times,
    ) -> bool:
        """Plan one field and what is below it; False if it is denied."""
        if selected.name == "__typename":
            return True
        coordinate = f"{parent.name}.{selected.name}"
        here = (*path, selected.key)
        declared = self._declarations.of(coordinate)
        if not self._allowed(coordinate, declared, here):
            return False
        named = get_named_type(parent.fields[selected.name].type)
        if not is_composite_type(named):
            return True
        self.plan.cost.add(1 + declared.cost, at)
        at = times(at, coordinate, selected.nodes[0], parent.fields[selected.name])
        if declared.gathers:
            self._gather(coordinate, selected, here, named, asks, case_root, at)
        if declared.question is not None:
            self._ask(coordinate, declared, selected, here, named, asks, at)
        elif case_root is not None and coordinate == "Case.debtors":
            self._fields(named, selected.below(), here, case_root.of_all, case_root, at)
        elif case_root is not None and coordinate == "Case.debtor":
            of_one: list[Ask] = []
            case_root.of_one.append((here, selected.nodes[0], of_one))
            self._fields(named, selected.below(), here, of_one, case_root, at)
        elif case_root is not None and coordinate == _PLAN:
            self._fields(named, selected.below(), here, case_root.of_all, None, at)
        elif coordinate in _TO_OBLIGORS:
            self._fields(named, selected.below(), here, asks, None, at)
        else:
            # Debtors behind an order are not known before the order is read: asked late.
            passes = case_root if coordinate in _OPENS_CASES else None
            self._fields(named, selected.below(), here, [], passes, at)
        return True

    def _ask(  # noqa: PLR0913, PLR0917 -- as above
        self,
        coordinate: str,
        declared: Declared,
        selected: Selected,
        path: tuple[str, ...],
        record: GraphQLCompositeType,
        asks: list[Ask],
        at: Times,
    ) -> None:
        question: Question[Any] | None = declared.question
        if question is None or declared.purposes is None:
            raise TypeError(f"{coordinate} asks no department")
        ask = Ask(path, coordinate, question, declared.purposes, declared.natural_persons_only)
        asks.append(ask)
        for concrete in self._selections.concrete(record):
            for inner in self._selections.of(concrete, selected.below()):
                if inner.name != "__typename":
                    self._record_field(concrete, inner, ask, at)
        self.plan.wanted.setdefault(id(question), set()).update(ask.fields)
        if declared.group is not None:
            self.plan.groups[id(question)] = declared.group

    def _gather(  # noqa: PLR0913, PLR0917 -- as above
        self,
        coordinate: str,
        selected: Selected,
        path: tuple[str, ...],
        named: GraphQLCompositeType,
        asks: list[Ask],
        case_root: CaseRoot | None,
        at: Times,
    ) -> None:
        """Plan the questions of a field that asks whoever tells of assets, of those the scopes cover.

        What it shows of a record is shown, masked and recorded as if it had been asked for by name.
        """
        parts = (
            asset_parts(self._selections, named, selected.below())
            if coordinate == _ASSETS
            else None
        )
        if coordinate != _ASSETS and case_root is not None:
            asks = case_root.of_all
        for source in self._sources:
            if missing_scopes(source.declared, self._scopes):
                continue  # its entry says so
            fields = set(source.reading.everything if parts is None else source.needs(parts))
            if parts is None and source.kind in self._in_two_registers:
                fields |= source.reading.numbers  # one thing counts once
            ask = Ask(
                path,
                source.coordinate,
                source.question,
                source.declared.purposes or frozenset(),
                source.declared.natural_persons_only,
                fields,
                gathered=True,
            )
            asks.append(ask)
            self._read(source, ask, at)

    def _read(self, source: AssetSource, ask: Ask, at: Times) -> None:
        self.plan.cost.add(1 + source.declared.cost, at)
        self.plan.wanted.setdefault(id(source.question), set()).update(ask.fields)
        self.plan.groups[id(source.question)] = source.kind
        self.plan.coordinates.add(source.coordinate)
        for attribute in ask.fields & source.fields.keys():
            coordinate, declared = source.fields[attribute]
            self.plan.coordinates.add(coordinate)
            if declared.shows_raw(self._scopes):
                self.plan.raw.add(coordinate)

    def _record_field(
        self, record: GraphQLObjectType, selected: Selected, ask: Ask, at: Times
    ) -> None:
        coordinate = f"{record.name}.{selected.name}"
        declared = self._declarations.of(coordinate)
        if declared.leads_to is None:
            if self._field(record, selected, ask.path, [], None, at):
                ask.fields |= declared.needs
            return
        here = (*ask.path, selected.key)
        if self._allowed(coordinate, declared, here):
            ask.fields |= declared.needs
            self.plan.cost.add(1, at)
            person = get_named_type(record.fields[selected.name].type)
            onward: list[Ask] = []
            self._fields(person, selected.below(), here, onward, None, at)
            ask.onward.append((declared.leads_to, onward))

    def _allowed(self, coordinate: str, declared: Declared, path: tuple[str, ...]) -> bool:
        lacking = missing_scopes(declared, self._scopes)
        if not lacking:
            self.plan.coordinates.add(coordinate)
            if declared.shows_raw(self._scopes):
                self.plan.raw.add(coordinate)
            if declared.proven:
                self.plan.proofs.add(coordinate)
            return True
        denied = Denied(path, coordinate, lacking)
        if denied not in self.plan.denied:
            self.plan.denied.append(denied)
        return False
