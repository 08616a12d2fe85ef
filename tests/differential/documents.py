"""Random documents over a role's own schema: made to reach the debtors, and to use all of GraphQL."""

import random
import re
from collections.abc import Sequence
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.type import is_abstract_type, is_composite_type
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

_TEXTS: Final = (
    *("PlateNumber", "Vin", "Uscc", "AccountNumber", "SecurityCode", "Decimal", "AmountBand"),
    *("YearMonth", "Date", "DateTime"),
)
_PURPOSES: Final = ("PROPERTY_INQUIRY", "PROPERTY_INQUIRY", "CONTROL", "SUPERVISION")
_PAGES: Final = {
    ("Case", "orders"),
    ("Query", "inbox"),
    ("Query", "deliveries"),
    ("Query", "reconciliations"),
    ("Query", "listEntries"),
    ("Query", "hits"),
    ("Query", "listObjections"),
    ("Query", "listCompleteness"),
    ("Query", "listReminders"),
    ("Query", "catalogueChanges"),
    ("Query", "recordEntries"),
    ("Query", "typedRequests"),
    ("Query", "affiliateLooks"),
    ("Mine", "disclosures"),
}
_DEEPEST: Final = 7


def documents(
    schema: GraphQLSchema, cases: Sequence[str], debtors: Sequence[str]
) -> st.SearchStrategy[str]:
    """Return documents valid on *schema* that name *cases* and *debtors*; two makers take turns."""
    seeds = st.integers(0, 2**48)
    made = seeds.map(lambda seed: Maker(schema, random.Random(seed), cases, debtors).document())
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "CaseNumber": st.sampled_from(list(cases)).map(nodes.String),
        "IdNumber": st.sampled_from(list(debtors)).map(nodes.String),
        **{name: st.just(nodes.String("x")) for name in _TEXTS},
        **{name: st.just(nodes.String("700")) for name in ("BigInt", "Long")},
        "DateTime": st.just(nodes.String("2026-11-23T00:00:00Z")),
        "Date": st.just(nodes.String("2026-11-23")),
    }
    drawn = queries(schema, custom_scalars=scalars, allow_x00=False)
    fitting = st.tuples(drawn, st.sampled_from(_PURPOSES)).map(
        lambda pair: re.sub(r"purpose: \w+", f"purpose: {pair[1]}", str(pair[0]))
    )
    return st.one_of(made, made, made, fitting)


class Maker:
    def __init__(
        self,
        schema: GraphQLSchema,
        lot: random.Random,
        cases: Sequence[str],
        debtors: Sequence[str],
    ) -> None:
        self._schema = schema
        self._lot = lot
        self._cases = cases
        self._debtors = debtors
        self._aliases = 0
        self._fragments: list[str] = []

    def document(self) -> str:
        query = self._schema.query_type
        assert query is not None
        body = self._selection(query, 0)
        # Every variable is used, whatever was drawn.
        uses = "_v: viewer @include(if: $yes) @skip(if: $no) { id }"
        head = "query Q($yes: Boolean = true, $no: Boolean! = false)"
        if "case" in query.fields:
            number = self._lot.choice(self._cases)
            head = f'query Q($yes: Boolean = true, $no: Boolean! = false, $n: CaseNumber! = "{number}")'
            uses += " _n: case(number: $n, purpose: CONTROL) { number }"
        return "\n".join([f"{head} {{ {uses} {body} }}", *self._fragments])

    def _selection(self, kind: GraphQLObjectType, depth: int) -> str:
        lot = self._lot
        names = list(kind.fields)
        chosen = lot.sample(names, min(len(names), lot.randint(1, 4)))
        if kind.name == "Query" and "case" in names and lot.random() < 0.8:
            chosen = ["case", *chosen]
        if kind.name == "Case" and lot.random() < 0.8:
            chosen = ["debtors", *chosen]
        parts = [part for name in dict.fromkeys(chosen) if (part := self._field(kind, name, depth))]
        if lot.random() < 0.2 or not parts:
            parts.append(f"{self._alias()}: __typename")
        if lot.random() < 0.15:
            parts.append(lot.choice(parts))
        return " ".join(self._wrapped(kind, part) for part in parts)

    def _wrapped(self, kind: GraphQLObjectType, part: str) -> str:
        """Return *part* as it is, or inside a fragment, inline or named."""
        drawn = self._lot.random()
        if drawn < 0.1:
            return f"... on {kind.name}{self._condition()} {{ {part} }}"
        if drawn < 0.15:
            return f"...{self._condition()} {{ {part} }}"
        if drawn < 0.3 and kind.name != "Query":
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {kind.name} {{ {part} }}")
            return f"...{name}{self._condition()}"
        return part

    def _field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        field = kind.fields[name]
        arguments = self._arguments(kind.name, name)
        named = get_named_type(field.type)
        below = ""
        if is_composite_type(named):
            if depth >= _DEEPEST:
                return ""
            if is_abstract_type(named):
                below = " { __typename }"
            else:
                assert isinstance(named, GraphQLObjectType)
                below = f" {{ {self._selection(named, depth + 1)} }}"
        alias = f"{self._alias()}: " if arguments or self._lot.random() < 0.25 else ""
        return f"{alias}{name}{arguments}{self._condition()}{below}"

    def _arguments(self, kind: str, name: str) -> str:
        lot = self._lot
        purpose = lot.choice(_PURPOSES)
        if (kind, name) == ("Query", "case"):
            number = "$n" if lot.random() < 0.3 else f'"{lot.choice(self._cases)}"'
            return f"(number: {number}, purpose: {purpose})"
        if (kind, name) == ("Query", "cases"):
            numbers = ", ".join(f'"{one}"' for one in lot.choices(self._cases, k=lot.randint(0, 3)))
            return f"(numbers: [{numbers}], purpose: {purpose})"
        if (kind, name) == ("Case", "debtor"):
            return f'(idNumber: "{lot.choice(self._debtors)}")'
        if (kind, name) == ("Query", "order"):
            return '(id: "o_1")'
        if (kind, name) == ("Query", "restrictionOrders"):
            return f'(caseNumber: "{lot.choice(self._cases)}")'
        if (kind, name) in {("Query", "listEntry"), ("Query", "listObjection")}:
            return '(id: "e_1")'
        if (kind, name) == ("Query", "creditFile"):
            return f'(idNumber: "{lot.choice(self._debtors)}", name: "x")'
        if (kind, name) in {("Query", "recordAnomalies"), ("Query", "fieldReaders")}:
            time = 'since: "2026-11-23T00:00:00Z", until: "2026-11-24T00:00:00Z"'
            coordinate = 'coordinate: "Vehicle.plateNumber", ' if name == "fieldReaders" else ""
            return f"({coordinate}{time})"
        if (kind, name) == ("Case", "expiring"):
            return f"(days: {lot.choice((0, 30, 999))})"
        if (kind, name) == ("Query", "discrepancies"):
            return f"(first: {lot.choice((1, 5, 500))}, open: {lot.choice(('true', 'null'))})"
        if (kind, name) in _PAGES:
            return f"(first: {lot.choice((1, 5, 500))})"
        return ""

    def _alias(self) -> str:
        self._aliases += 1
        return f"a{self._aliases}"

    def _condition(self) -> str:
        if self._lot.random() < 0.9:
            return ""
        return self._lot.choice(
            (" @skip(if: $no)", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: false)")
        )
