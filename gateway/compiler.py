"""
From a selection to Python: one function that shapes an answer out of what departments said.

The text of the function is written once for a plan and run many times. It reads records by
attribute, masks by what the plan's scopes leave masked, and puts errors where GraphQL puts them.
What it does not cover (a field whose resolver waits, an argument, a union) it gives to
graphql-core at that very field: an *island*. Anything unforeseen raises, and the whole operation
is executed by graphql-core over the same answers.

Nothing of a request goes into the text: response keys are quoted by `repr`, everything else is a
name bound here.
"""

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, Protocol, cast

from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_named_type,
)
from graphql.type import GraphQLList, GraphQLNonNull, is_leaf_type, is_object_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from connectors.question import Question
from gateway.declarations import Declarations
from gateway.selection import Selected, Selections
from resolvers.binding import BoundCase
from resolvers.declare import Declared
from resolvers.refusals import BadInput, Refused
from resolvers.shaping import masked, missing_scopes, next_subject
from resolvers.subject import Subject

Shape = Callable[[Any], dict[str, Any]]
"""From a `Run` to the operation's ``data``."""

Place = tuple["Place | None", str | int, str | None]
"""Where in the answer: what is above, key or index, type. A path is made of it when one is needed."""

_TEXT_SCALARS: Final = {"String", "ID"}


class Unusual(Exception):
    """Something that the compiled shape does not foresee; graphql-core decides."""


class Run(Protocol):
    """What a shape asks of the request it runs for."""

    opened: Mapping[str, Sequence[BoundCase | Refused]]
    info: Any
    marks: int

    def answers(self, question: Question[Any], level: int, case: BoundCase) -> Any: ...
    def fail(self, error: BaseException, selected: Selected, place: Place) -> None: ...
    def mask(self, coordinate: str) -> None: ...
    def arguments(self, field: GraphQLField, selected: Selected) -> dict[str, Any]: ...
    def island(
        self,
        into: dict[str, Any],
        parent: GraphQLObjectType,
        source: Any,
        selected: Selected,
        place: Place,
    ) -> None: ...


class Compiler:
    def __init__(
        self, declarations: Declarations, selections: Selections, scopes: frozenset[str]
    ) -> None:
        self._declarations = declarations
        self._selections = selections
        self._scopes = scopes
        self._names: dict[str, Any] = {
            "BadInput": BadInput,
            "BoundCase": BoundCase,
            "Refused": Refused,
            "Unusual": Unusual,
            "need": _need,
            "next_subject": next_subject,
        }
        self._count = 0
        self._islands = 0
        self._functions: list[str] = []
        self._answers: dict[tuple[int, int], str] = {}
        self._questions: list[tuple[str, str, int]] = []

    def compile(self, root: GraphQLObjectType, selection_set: SelectionSetNode) -> Shape:
        """Return the shape of an operation on *root*."""
        lines = ["def shape(run):", "    d = {}"]
        for selected in self._selections.of(root, [selection_set]):
            lines += [f"    {line}" for line in self._root(root, selected)]
        lines.append("    return d")
        text = "\n".join([*self._functions, *lines])
        exec(compile(text, "<plan>", "exec"), self._names)  # noqa: S102 -- see the module
        shape: Shape = self._names["shape"]
        return shape

    # --- names ---------------------------------------------------------------------------------

    def _bind(self, prefix: str, value: Any) -> str:
        name = self._new(prefix)
        self._names[name] = value
        return name

    def _new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def _allowed(self, coordinate: str) -> Declared:
        """Return the declaration; a field that the scopes do not cover is never written out."""
        declared = self._declarations.of(coordinate)
        if missing_scopes(declared, self._scopes):
            raise PermissionError(coordinate)
        return declared

    # --- roots and cases -------------------------------------------------------------------------

    def _root(self, root: GraphQLObjectType, selected: Selected) -> list[str]:
        key = repr(selected.key)
        path = f"(None, {key}, {root.name!r})"
        if selected.name == "__typename":
            return [f"d[{key}] = {root.name!r}"]
        self._allowed(f"{root.name}.{selected.name}")
        if f"{root.name}.{selected.name}" == "Query.case":
            case = self._case(root, selected)
            return [f"d[{key}] = {case}(run, run.opened[{key}][0], {path})"]
        if f"{root.name}.{selected.name}" == "Query.cases":
            case = self._case(root, selected)
            return [
                f"if any(c.__class__ is BadInput for c in run.opened[{key}]):",
                "    raise Unusual",
                f"p = {path}",
                f"d[{key}] = [{case}(run, c, (p, i, None)) "
                f"for i, c in enumerate(run.opened[{key}])]",
            ]
        return [self._island("d", root, "None", selected, path)]

    def _case(self, root: GraphQLObjectType, selected: Selected) -> str:
        """Write the function of an opened case; return its name."""
        kind = get_named_type(root.fields[selected.name].type)
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 -- Query.case is of Case
        name, whole = self._new("case"), self._bind("S", selected)
        self._questions = []
        self._answers = {}
        memos: list[str] = []
        body: list[str] = []
        for inner in self._selections.of(kind, selected.below()):
            body += self._case_field(kind, inner, memos)
        lines = [
            f"def {name}(run, c, p):",
            "    if c.__class__ is not BoundCase:",
            f"        return run.fail(c, {whole}, p)",
            *(
                f"    {variable} = run.answers({question}, {level}, c)"
                for variable, question, level in self._questions
            ),
            *(f"    {memo} = {{}}" for memo in memos),
            "    d = {}",
            *(f"    {line}" for line in body),
            "    return d",
        ]
        self._functions.append("\n".join(lines))
        return name

    def _case_field(
        self, kind: GraphQLObjectType, selected: Selected, memos: list[str]
    ) -> list[str]:
        key = repr(selected.key)
        if selected.name == "__typename":
            return [f"d[{key}] = {kind.name!r}"]
        coordinate = f"{kind.name}.{selected.name}"
        self._allowed(coordinate)
        here = f"(p, {key}, {kind.name!r})"
        field = kind.fields[selected.name]
        if coordinate == "Case.debtors":
            debtor = self._subject(get_named_type(field.type), selected, level=0, memos=memos)
            return [
                f"q = {here}",
                *debtor.nested,
                f"d[{key}] = [{debtor.call('s', '(q, i, None)')} for i, s in enumerate(c.debtors)]",
            ]
        if coordinate == "Case.debtor":
            debtor = self._subject(get_named_type(field.type), selected, level=0, memos=memos)
            whole, definition = self._bind("S", selected), self._bind("F", field)
            return [
                f"q = {here}",
                *debtor.nested,
                "try:",
                f"    s = c.debtor(run.arguments({definition}, {whole})['idNumber'])",
                "except Refused as refusal:",
                f"    d[{key}] = run.fail(refusal, {whole}, q)",
                "else:",
                f"    d[{key}] = {debtor.call('s', 'q')}",
            ]
        plain = self._plain(kind, selected, "c")
        if plain is not None:
            return [f"d[{key}] = {plain}"]
        return [self._island("d", kind, "c", selected, here)]

    def _strange(
        self, into: str, parent: GraphQLObjectType, source: str, selected: Selected, path: str
    ) -> str:
        """Return the call of an island for what is rare: the shape as such has none there."""
        kind, whole = self._bind("T", parent), self._bind("S", selected)
        return f"run.island({into}, {kind}, {source}, {whole}, {path})"

    def _island(
        self, into: str, parent: GraphQLObjectType, source: str, selected: Selected, path: str
    ) -> str:
        self._islands += 1
        return self._strange(into, parent, source, selected, path)

    # --- subjects and records ----------------------------------------------------------------------

    def _subject(
        self, kind: Any, selected: Selected, *, level: int, memos: list[str]
    ) -> "_Written":
        """Write the function of a person at *level*; it is nested in the case's function."""
        name = self._new("person")
        nested: list[str] = []
        body: list[str] = []
        for inner in self._selections.of(kind, selected.below()):
            body += self._subject_field(kind, inner, level, nested, memos)
        lines = [
            *nested,
            f"def {name}(s, p):",
            "    n = s.id_number",
            "    d = {}",
            *(f"    {line}" for line in body),
            "    return d",
        ]
        return _Written(name, lines)

    def _subject_field(
        self,
        kind: GraphQLObjectType,
        selected: Selected,
        level: int,
        nested: list[str],
        memos: list[str],
    ) -> list[str]:
        key = repr(selected.key)
        if selected.name == "__typename":
            return [f"d[{key}] = {kind.name!r}"]
        declared = self._allowed(f"{kind.name}.{selected.name}")
        here = f"(p, {key}, {kind.name!r})"
        if declared.question is not None:
            return self._asked(kind, selected, declared, level, nested, memos)
        if declared.attribute is not None:
            value = self._attribute(kind, selected, declared, "s", Subject)
            return [f"d[{key}] = {value}"]
        plain = self._plain(kind, selected, "s")
        if plain is not None:
            return [f"d[{key}] = {plain}"]
        return [self._island("d", kind, "s", selected, here)]

    def _asked(  # noqa: PLR0913, PLR0917 -- one field's surroundings
        self,
        kind: GraphQLObjectType,
        selected: Selected,
        declared: Declared,
        level: int,
        nested: list[str],
        memos: list[str],
    ) -> list[str]:
        question: Question[Any] = declared.question
        field = kind.fields[selected.name]
        record = get_named_type(field.type)
        answers = self._answers_of(question, level)
        whole, key = self._bind("S", selected), repr(selected.key)
        here = f"(p, {key}, {kind.name!r})"
        plural = isinstance(_nullable(field.type), GraphQLList)
        place = "(q, i, None)" if plural else "q"
        inner = self._record(record, selected, question, level, place, nested, memos)
        if plural:
            counted = "(q, i," in inner
            target, listed = ("i, r", "enumerate(x.value)") if counted else ("r", "x.value")
            value = f"[{inner} for {target} in {listed}]"
        else:  # of several records a field for one shows the first
            one = "(x.value[0] if x.value else None)" if question.plural else "x.value"
            value = f"None if (r := {one}) is None else {inner}"
        return [
            f"x = {answers}.get(n)",
            "if x is None:",
            "    raise Unusual",
            "if x.damaged or x.remarks is not None:",  # it has an error, or more to say, of its own
            f"    {self._strange('d', kind, 's', selected, here)}",
            "elif x.error is None:",
            *([f"    q = {here}"] if "(q" in value or ", q)" in value else []),
            f"    d[{key}] = {value}",
            "else:",
            f"    d[{key}] = run.fail(x.error, {whole}, {here})",
        ]

    def _answers_of(self, question: Question[Any], level: int) -> str:
        known = self._answers.get((id(question), level))
        if known is None:
            known = self._answers[id(question), level] = self._new("a")
            self._questions.append((known, self._bind("Q", question), level))
        return known

    def _record(  # noqa: PLR0913, PLR0917 -- as above
        self,
        kind: Any,
        selected: Selected,
        question: Question[Any],
        level: int,
        place: str,
        nested: list[str],
        memos: list[str],
    ) -> str:
        parts = []
        for inner in self._selections.of(kind, selected.below()):
            key = repr(inner.key)
            if inner.name == "__typename":
                parts.append(f"{key}: {kind.name!r}")
                continue
            declared = self._allowed(f"{kind.name}.{inner.name}")
            if declared.leads_to is not None:
                person = self._leads_to(kind, inner, declared.leads_to, level, nested, memos)
                parts.append(f"{key}: {person}(s, r, ({place}, {key}, {kind.name!r}))")
                continue
            value = self._attribute(kind, inner, declared, "r", question.record)
            parts.append(f"{key}: {value}")
        return "{" + ", ".join(parts) + "}"

    def _leads_to(  # noqa: PLR0913, PLR0917 -- as above
        self,
        kind: GraphQLObjectType,
        selected: Selected,
        attribute: str,
        level: int,
        nested: list[str],
        memos: list[str],
    ) -> str:
        """Write what follows a record to the next person; each person is shaped once."""
        person = get_named_type(kind.fields[selected.name].type)
        islands = self._islands
        written = self._subject(person, selected, level=level + 1, memos=memos)
        name, memo = self._new("next"), self._new("memo")
        memos.append(memo)
        # What waits, or failed, has a path of its own at each place.
        keeps = "before == run.marks" if islands == self._islands else "False"
        nested += [
            *written.nested,
            f"def {name}(s, r, p):",
            f"    n = r.{attribute}",
            "    if n is None:",
            "        return None",
            f"    known = {memo}.get(n)",
            "    if known is not None:",
            "        return known",
            "    before = run.marks",
            f"    shown = {written.call('next_subject(s, n)', 'p')}",
            f"    if {keeps}:",
            f"        {memo}[n] = shown",
            "    return shown",
        ]
        return name

    # --- values ----------------------------------------------------------------------------------

    def _attribute(
        self,
        kind: GraphQLObjectType,
        selected: Selected,
        declared: Declared,
        source: str,
        record: type[Any] | None,
    ) -> str:
        """Return the expression of a declared field that is read off *source*, masked if need be."""
        value = f"{source}.{declared.attribute}"
        field = kind.fields[selected.name]
        hint = _hint(record, declared.attribute or "")
        if declared.mask is not None and not declared.raw & self._scopes:
            hide = self._bind("hide", _hider(f"{kind.name}.{selected.name}", declared))
            value, hint = f"{hide}(run, {value}, s)", None
        return self._value(field.type, selected, value, hint)

    def _plain(self, kind: GraphQLObjectType, selected: Selected, source: str) -> str | None:
        """Return the expression of a field that code computes at once, or None for an island."""
        field = kind.fields[selected.name]
        if selected.nodes[0].arguments or field.args:
            return None
        declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if not isinstance(declared, StrawberryField):
            return None
        if declared.base_resolver is None:
            return self._covered(field.type, selected, f"{source}.{declared.python_name}")
        function: Any = declared.base_resolver.wrapped_func
        names = list(inspect.signature(function).parameters)
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            return None
        calls = {("root",): f"({source})", ("root", "info"): f"({source}, run.info)"}
        given = calls.get(tuple(names))
        if given is None:
            return None
        return self._covered(field.type, selected, self._bind("f", function) + given)

    def _covered(self, kind: GraphQLOutputType, selected: Selected, value: str) -> str | None:
        try:
            return self._value(kind, selected, value, None)
        except Uncovered:
            return None

    def _value(self, kind: GraphQLOutputType, selected: Selected, value: str, hint: Any) -> str:
        """Return the expression that completes *value* as *kind* (spec section 6.4.3)."""
        if isinstance(kind, GraphQLNonNull):
            return f"need({self._value(kind.of_type, selected, value, hint)})"
        if isinstance(kind, GraphQLList):
            whole, one = self._new("w"), self._new("o")
            item = self._value(kind.of_type, selected, one, _item(hint))
            return f"(None if ({whole} := {value}) is None else [{item} for {one} in {whole}])"
        if is_leaf_type(kind):
            return self._leaf(kind, value, hint)
        if not is_object_type(kind):
            raise Uncovered
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 -- just asked
        one = self._new("o")
        parts = []
        for inner in self._selections.of(kind, selected.below()):
            if inner.name == "__typename":
                parts.append(f"{inner.key!r}: {kind.name!r}")
                continue
            self._allowed(f"{kind.name}.{inner.name}")
            field = self._plain(kind, inner, one)
            if field is None:
                raise Uncovered
            parts.append(f"{inner.key!r}: {field}")
        return f"(None if ({one} := {value}) is None else {{{', '.join(parts)}}})"

    def _leaf(self, kind: GraphQLLeafType, value: str, hint: Any) -> str:
        if hint is str and (kind.name in _TEXT_SCALARS or kind.serialize is str):
            return value
        if (hint, kind.name) in {(bool, "Boolean"), (int, "Int")}:
            return value
        one = self._new("v")
        if hint is date and kind.name == "Date":
            return f"(None if ({one} := {value}) is None else {one}.isoformat())"
        serialize = self._bind("serialize", kind.serialize)
        return f"(None if ({one} := {value}) is None else {serialize}({one}))"


class Uncovered(Exception):
    """The compiler has no words for this selection; graphql-core executes the operation."""


class _Written:
    """A nested function: its lines, and how it is called."""

    def __init__(self, name: str, nested: list[str]) -> None:
        self._name = name
        self.nested = nested

    def call(self, subject: str, path: str) -> str:
        return f"{self._name}({subject}, {path})"


def _need(value: Any) -> Any:
    if value is None:
        raise Unusual
    return value


def _hider(coordinate: str, declared: Declared) -> Callable[[Run, Any, Any], Any]:
    mask, noted, others = declared.mask or "", bool(declared.raw), declared.of_others

    def hide(run: Run, value: Any, subject: Any) -> Any:
        if value is None:
            return None
        if noted:
            run.mask(coordinate)
        return masked(value, mask, organization=not others and subject.organization)

    return hide


def _nullable(kind: GraphQLOutputType) -> GraphQLOutputType:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


@cache
def _hints(record: Any) -> Mapping[str, Any]:
    """Return the types of a record's attributes and properties."""
    hints = typing.get_type_hints(record)
    for name, member in vars(record).items():
        if isinstance(member, property) and member.fget is not None:
            hints[name] = typing.get_type_hints(member.fget).get("return")
    return hints


def _hint(record: type[Any] | None, attribute: str) -> Any:
    """Return the plain type of an attribute, `str` for text of every name; None if unsure."""
    found = None if record is None else _hints(cast("Any", record)).get(attribute)
    return None if found is None else _bare(found)


def _bare(found: Any) -> Any:
    choices = [one for one in typing.get_args(found) if one is not type(None)]
    if type(None) in typing.get_args(found) and len(choices) == 1:
        found = choices[0]
    while hasattr(found, "__supertype__"):
        found = found.__supertype__
    return found


def _item(hint: Any) -> Any:
    """Return what a tuple of *hint* holds."""
    arguments = typing.get_args(hint)
    return _bare(arguments[0]) if typing.get_origin(hint) is tuple and arguments else None
