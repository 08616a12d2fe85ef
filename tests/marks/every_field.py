"""A document for every root field of the schema, with marks wherever a client may write something."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from tests.marks import marks

SCHEMA: Final = build_schema(
    (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8"), assume_valid=True
)
ROOTS: Final = {
    "query": SCHEMA.query_type,
    "mutation": SCHEMA.mutation_type,
    "subscription": SCHEMA.subscription_type,
}
_PLAIN: Final[dict[str, Any]] = {
    "CaseNumber": marks.CASE,
    "IdNumber": marks.NUMBER,
    "Uscc": marks.FIRM,
    "PlateNumber": marks.PLATE,
    "Vin": marks.VIN,
    "AccountNumber": marks.ACCOUNT,
    "Date": "2026-11-30",
    "DateTime": "2026-11-30T00:00:00+08:00",
    "YearMonth": "2026-11",
    "Int": 3,
    "Float": 1.5,
    "Boolean": True,
    "Long": "100",
    "BigInt": "100",
    "Decimal": "1.00",
}
_TEXTS: Final = {
    "name": marks.NAME,
    "url": f"http://127.0.0.1:9/{marks.WORD}?of={marks.NUMBER}",
    "idempotencykey": f"{marks.WORD}-key",
    "officers": marks.CREDENTIAL,
    "telephone": marks.PHONE,
    "rulingnumber": marks.RULING,
    "recordid": marks.VIN,
    "id": f"{marks.WORD}-id",
}


def documents(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, document and variables for each root field of *kind*."""
    root = ROOTS[kind]
    assert root is not None
    for name, field in root.fields.items():
        declared = ", ".join(f"${one}: {argument.type}" for one, argument in field.args.items())
        given = ", ".join(f"{one}: ${one}" for one in field.args)
        head = f"({declared})" if declared else ""
        call = f"({given})" if given else ""
        shown = selection(field)
        document = f"{kind} {head} {{ {name}{call} {shown} }}"
        yield name, document, {one: marked(one, arg.type) for one, arg in field.args.items()}


def marked(name: str, type_: Any) -> Any:
    """Return a value of *type_* that fits, and says somebody wherever it may say anything."""
    if isinstance(type_, GraphQLNonNull):
        return marked(name, type_.of_type)
    if isinstance(type_, GraphQLList):
        return [marked(name, type_.of_type)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {one: marked(one, field.type) for one, field in type_.fields.items()}
    if type_.name in _PLAIN:
        return _PLAIN[type_.name]
    return _TEXTS.get(name.lower(), marks.REASON)


def misfit(value: Any) -> Any:
    """Return *value* with somebody's name where a number, a date or a flag belongs."""
    if isinstance(value, dict):
        return {one: misfit(inner) for one, inner in value.items()} | {marks.NUMBER: marks.NAME}
    if isinstance(value, list):
        return [misfit(one) for one in value]
    return f"{marks.NAME}{marks.NUMBER}"


def literal(value: Any) -> str:
    """Return *value* as it is written into a document, where it does not belong."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return f'"{value}"'


def selection(field: GraphQLField, depth: int = 1) -> str:
    """Return what of *field*'s type is shown: leaves, and below them what needs no arguments."""
    kind = get_named_type(field.type)
    if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        return ""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        taken: dict[str, str] = {}
        parts = [
            f"... on {one.name} {_leaves(one, 0, taken)}" for one in SCHEMA.get_possible_types(kind)
        ]
        return "{ __typename " + " ".join(parts) + " }"
    assert isinstance(kind, GraphQLObjectType)
    return _leaves(kind, depth, {})


def _leaves(kind: GraphQLObjectType, depth: int, taken: dict[str, str]) -> str:
    """Args: taken: fields beside these, by name: in a union those of one name are of one type."""
    shown = ["__typename"]
    for name, field in kind.fields.items():
        if any(isinstance(one.type, GraphQLNonNull) for one in field.args.values()):
            continue
        below = get_named_type(field.type)
        if isinstance(below, GraphQLScalarType | GraphQLEnumType):
            if taken.setdefault(name, str(field.type)) == str(field.type):
                shown.append(name)
        elif depth > 0 and isinstance(below, GraphQLObjectType):
            shown.append(f"{name} {_leaves(below, depth - 1, {})}")
    return "{ " + " ".join(shown) + " }"
