"""What must hold for every document, role and seed."""

from typing import Any

import msgspec
from graphql import get_named_type
from graphql.execution.values import get_variable_values

from gateway.documents import Documents
from gateway.plan import Plan, Planner, everything
from resolvers.declare import Declared
from resolvers.shaping import BANDS, missing_scopes
from tests.differential.marked import Asked, mark
from tests.differential.world import UNLIMITED, World, both_ways, comparable, scopes_of_role

_OK = 200


class Differs(AssertionError):
    """The two ways disagree."""


class Leaked(AssertionError):
    """Something was asked, executed or shown that the plan or the scopes do not permit."""


async def check(
    world: World, role: str, document: str, seed: int, *, partial: bool = False
) -> bool:
    """Check one document; return whether it was executed.

    Args:
        partial: whether an answer without what is denied will do (`X-Partial: allow`).

    Raises:
        Differs: compiled and plain answers are not the same.
        Leaked: asked ⊆ planned ⊆ permitted does not hold, or a marked value shows that may not.
    """
    compiled, plain, asked = await both_ways(world, role, document, seed, partial=partial)
    one, other = comparable(compiled), comparable(plain)
    if one != other:
        raise Differs(f"{document}\n{one}\n{other}")
    executed = compiled.status == _OK
    if not executed and asked:
        raise Leaked(f"refused, and asked all the same: {document}")
    _nothing_leaks(world, role, document, asked, compiled.body)
    return executed


def _nothing_leaks(world: World, role: str, text: str, asked: Asked, body: dict[str, Any]) -> None:
    scopes = scopes_of_role(role)
    plan = _plan(world, text, scopes)
    for coordinate in plan.coordinates:
        if missing_scopes(world.graph.declarations.of(coordinate), scopes):
            raise Leaked(f"planned without permission: {coordinate}")
    planned: dict[Any, set[str]] = {}
    for root in plan.roots:
        asks = [*root.of_all, *(ask for _, _, one in root.of_one for ask in one)]
        for ask in everything(asks):
            planned.setdefault(ask.question, set()).update(ask.fields)
    for question, want in asked:
        if not want <= planned.get(question, set()):
            raise Leaked(f"asked beyond the plan: {question} {sorted(want)}")
    shown = msgspec.json.encode(body).decode()
    for question, attributes in _questions(world).items():
        for attribute, declared in attributes.items():
            if mark(question, attribute) not in shown:
                continue
            if attribute not in planned.get(question, set()):
                raise Leaked(f"shown without being planned: {question} {attribute}")
            if declared is not None and _is_hidden(declared, scopes):
                raise Leaked(f"shown unmasked: {question} {attribute}")


def _plan(world: World, text: str, scopes: frozenset[str]) -> Plan:
    graph = world.graph
    document = Documents(graph.schema, UNLIMITED).read(text)
    operation = document.operation(None)
    variables = get_variable_values(graph.schema, operation.variable_definitions or (), {})
    assert not isinstance(variables, list)
    return Planner(graph.schema, graph.declarations).plan(document, operation, variables, scopes)


def _is_hidden(declared: Declared, scopes: frozenset[str]) -> bool:
    """Whether a reader with *scopes* never sees the whole value; companies' names are public."""
    hides = declared.mask is not None and bool(declared.raw) and not declared.raw & scopes
    return hides and declared.mask != "name"


def _questions(world: World) -> dict[Any, dict[str, Declared | None]]:
    """Return, for each question, its record's attributes and what the graph declares of them."""
    found: dict[Any, dict[str, Declared | None]] = {}
    for coordinate, declared in world.graph.declarations.items():
        if declared.question is None:
            continue
        kind, field = coordinate.split(".")
        record: Any = get_named_type(world.graph.schema.type_map[kind].fields[field].type)  # type: ignore[attr-defined]
        attributes: dict[str, Declared | None] = dict.fromkeys(
            declared.question.record.__struct_fields__
        )
        for name in record.fields:
            of_field = world.graph.declarations.of(f"{record.name}.{name}")
            if of_field.attribute in attributes and of_field.mask not in BANDS:
                attributes[of_field.attribute] = of_field
        found[declared.question] = attributes
    return found
