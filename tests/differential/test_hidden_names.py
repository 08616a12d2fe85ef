"""
A department that guesses at names learns nothing: hidden ones do not exist (as clairvoyance guesses).

A hundred names here; all of them in ``python -m tests.differential.campaign --names``.
"""

import asyncio
import json
import logging
import random
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import structlog
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from graphql.type import is_required_argument

from tests.differential.world import World, answer, comparable, world

ROLES = ("dept:traffic-police", "dept:screening-only")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> Iterator[World]:
    opened = world(tmp_path_factory.mktemp("hidden"))
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


def words(schema: GraphQLSchema) -> set[str]:
    """Return every name in *schema*: types, fields, arguments, input fields, enum values."""
    found: set[str] = set()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        found.add(name)
        if isinstance(kind, GraphQLObjectType):
            found |= set(kind.fields)
            found |= {argument for field in kind.fields.values() for argument in field.args}
        elif isinstance(kind, GraphQLInputObjectType):
            found |= set(kind.fields)
        elif isinstance(kind, GraphQLEnumType):
            found |= set(kind.values)
    return found


def near(name: str) -> str:
    """Return a name one letter away, as a typing error: where "did you mean" would help."""
    return name[:-1] + ("x" if name[-1] != "x" else "y")


def unknown(name: str) -> str:
    """Return a name of the same length that exists nowhere."""
    return ("Qz" * len(name))[: len(name)]


def probes(schema: GraphQLSchema, name: str) -> Iterator[str]:
    """Yield documents that try *name* wherever a name may stand."""
    for way, closing, kind in ways(schema):
        yield f"{way} {{ {name} {closing}"
        yield f"{way} {{ __typename ... on {name} {{ __typename }} {closing}"
        for one, definition in kind.fields.items():
            if definition.args:
                yield f"{way} {{ {one}({name}: 1) {closing}"
    yield f"query ($v: {name}) {{ __typename @skip(if: $v) }}"
    yield f'{{ __type(name: "{name}") {{ name }} }}'
    yield f"{{ __typename @{name} }}"
    yield f"{{ ...F }} fragment F on {name} {{ __typename }}"
    for query_field, argument in enum_arguments(schema):
        yield f"{{ {query_field}({argument}: {name}) {{ __typename }} }}"


def ways(schema: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLObjectType]]:
    """Yield how a document gets to each object type of *schema*, and how it ends there."""
    waiting = deque(
        (word, "}", root)
        for word, root in (
            ("query", schema.query_type),
            ("mutation", schema.mutation_type),
            ("subscription", schema.subscription_type),
        )
        if root is not None
    )
    seen: set[str] = set()
    while waiting:
        way, closing, kind = waiting.popleft()
        if kind.name in seen:
            continue
        seen.add(kind.name)
        yield way, closing, kind
        for name, one in kind.fields.items():
            below = get_named_type(one.type)
            if isinstance(below, GraphQLObjectType):
                waiting.append((f"{way} {{ {name}{arguments(one)}", closing + " }", below))


def arguments(field: GraphQLField) -> str:
    required = [name for name, one in field.args.items() if is_required_argument(one)]
    return f"({', '.join(f'{name}: 1' for name in required)})" if required else ""


def enum_arguments(schema: GraphQLSchema) -> list[tuple[str, str]]:
    root = schema.query_type
    assert root is not None
    return [
        (name, argument)
        for name, field in root.fields.items()
        for argument, one in field.args.items()
        if isinstance(get_named_type(one.type), GraphQLEnumType)
    ]


@dataclass(slots=True)
class Guesser:
    """Tries names under *role*; what is answered to nothing is asked once for each length of name."""

    place: World
    role: str
    _nothing: dict[int, list[str]] = field(default_factory=dict)

    async def recovered(self, name: str) -> list[str]:
        """Return the documents whose answers tell *name* from a name that exists nowhere."""
        if len(name) not in self._nothing:
            self._nothing[len(name)] = await self._answers(unknown(name))
        own = self.place.schema(self.role)
        answers = zip(await self._answers(name), self._nothing[len(name)], strict=True)
        return [
            document
            for document, (one, two) in zip(probes(own, name), answers, strict=True)
            if one != two
        ]

    async def _answers(self, name: str) -> list[str]:
        documents = probes(self.place.schema(self.role), name)
        return [await said(self.place, self.role, one, name) for one in documents]


async def said(place: World, role: str, document: str, name: str) -> str:
    status, body = comparable(await answer(place.compiled, role, document))
    return re.sub(rf'\b{name}\b(?!":)', "NAME", f"{status} {json.dumps(body, ensure_ascii=False)}")


def guesses(place: World, role: str) -> list[str]:
    """Return every name that *role* must not learn of, and some that are nearly one."""
    visible = words(place.schema(role))
    hidden = sorted(words(place.graph.schema) - visible)
    return hidden + [near(name) for name in hidden[::10] if near(name) not in visible]


@pytest.mark.parametrize("role", ROLES)
def test_no_hidden_name_is_recovered(role: str, place: World, runner: asyncio.Runner) -> None:
    hidden = guesses(place, role)
    place.departments.begin(1)

    some = random.Random(role).sample(hidden, 100)
    guesser = Guesser(place, role)
    found = {guess: runner.run(guesser.recovered(guess)) for guess in some}

    assert {guess: documents for guess, documents in found.items() if documents} == {}
    assert place.departments.asked == []


def test_the_same_guesses_find_what_is_not_hidden(place: World, runner: asyncio.Runner) -> None:
    """Guesses that cannot find anything would prove nothing."""
    guesser = Guesser(place, ROLES[0])
    for name in ("viewer", "Order", "receipts"):
        assert runner.run(guesser.recovered(name))
