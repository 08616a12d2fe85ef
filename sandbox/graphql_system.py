"""A department with a GraphQL register (docs/departments/kit.md): questions at ``/graphql``, orders by REST."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from graphql import (
    FieldNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    build_schema,
    execute,
    parse,
    specified_rules,
    validate,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.chance import Chance, chance
from sandbox.dates import now
from sandbox.desk import Desk, public_ledger
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister
from sandbox.population import Population
from sandbox.program import authority_in, clock_route, guarded_by_key, json_response, program
from sandbox.rest_system import MOST, Counter, order_routes
from sandbox.system import Running, Surroundings, System

_RULES: Final = (*specified_rules, NoSchemaIntrospectionCustomRule)
_HOLD: Final = (
    "type Hold { authority: String! case: String rank: Int! amount: String quantity: Int "
    "startsOn: String endsOn: String state: String! } "
    "type Burden { kind: String! amount: String beneficiary: String registeredOn: String }"
)
_FLAGS: Final = frozenset({"pledged"})
DrawnUp = Callable[[Population, Chance], Sequence[PlainRegister]]


class _Request(msgspec.Struct):
    query: str
    variables: dict[str, Any] = {}


def graphql_system(
    stem: str,
    department: str,
    draw_up: DrawnUp,
    *,
    prefix: str,
    handler: str,
    carried: frozenset[str],
    orders: str = "/v1/orders",
) -> System:
    """Return the system of *department*; each register is a field of the upstream's query.

    Args:
        draw_up: the registers of a population; the same chance gives the same ones.
        prefix: of receipt numbers; *handler* signs them.
    """

    def start(around: Surroundings) -> Running:
        ledger = public_ledger(around, f"{department}.{stem}", prefix, handler)
        registers = draw_up(around.population, chance(around.seed, stem))
        desk = Desk(around.population, registers, ledger, carried, yuan)
        upstream = _Upstream(around, desk, registers)
        ask = guarded_by_key(around.secret, upstream.serve, around.faults)
        routes = [
            clock_route(around.clock),
            Route("/graphql", ask, methods=["POST"]),
            *order_routes(around, Counter(around, desk), orders),
        ]
        return Running(app=program(department, around.faults, routes))

    return System(stem=stem, department=department, protocol="GRAPHQL", start=start)


class _Upstream:
    def __init__(
        self, around: Surroundings, desk: Desk, registers: Sequence[PlainRegister]
    ) -> None:
        self._around = around
        self._desk = desk
        self._schema = self._built(registers)

    async def serve(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=_Request)
            document = parse(asked.query, max_tokens=1000)
        except Exception:  # noqa: BLE001 -- anything that does not parse is the client's fault
            return _bad()
        if validate(self._schema, document, _RULES):
            return _bad()
        await self._around.faults.delay()
        subjects: list[str] = []
        result: Any = execute(self._schema, document, None, subjects, asked.variables)
        if result.errors:
            return _bad()
        ((register, entries),) = result.data.items()
        for position, entry in enumerate(entries):
            if self._around.faults.spoils(entry.get("subject", ""), position):
                entry["found"] = "perhaps"
            if self._around.faults.mode == "overdeliver":
                for row in entry.get("rows") or ():
                    row["notAsked"] = "x"
        raw = msgspec.json.encode({"data": result.data})
        self._around.log.write(
            "question",
            register,
            subjects=subjects,
            fields=_selected(document),
            authority=authority_in(request),
            answer_bytes=len(raw),
        )
        return Response(raw, media_type="application/json")

    def _built(self, registers: Sequence[PlainRegister]) -> GraphQLSchema:
        query: list[str] = []
        types: list[str] = []
        for one in registers:
            kind = one.name[0].upper() + one.name[1:]
            query.append(f"{one.name}(subjects: [String!]!): [{kind}Subject!]!")
            fields = " ".join(f"{name}: {_type(one, name)}" for name in sorted(one.fields))
            types.append(
                f"type {kind}Subject {{ subject: String! found: Boolean! asOf: String! "
                f"rows: [{kind}!] }} type {kind} {{ {fields} }}"
            )
        sdl = f"type Query {{ {' '.join(query)} }} {' '.join(types)} {_HOLD}"
        schema = build_schema(sdl)
        for one in registers:
            resolve = self._answering(one)
            schema.query_type.fields[one.name].resolve = resolve  # type: ignore[union-attr]
        return schema

    def _answering(self, register: PlainRegister) -> Callable[..., list[dict[str, Any]]]:
        def answers(
            _root: object, info: GraphQLResolveInfo[list[str]], subjects: list[str]
        ) -> list[dict[str, Any]]:
            info.context.extend(subjects)  # for the wire log
            if len(subjects) > MOST:
                raise ValueError("too many subjects")
            faults = self._around.faults
            today, as_of = self._around.clock().date(), faults.dated(now())
            wanted = sorted(register.fields)
            said = {one: self._desk.said_of(register, one, wanted, today) for one in set(subjects)}
            return [
                {
                    "subject": one,
                    "found": said[one] is not None,
                    "asOf": as_of,
                    "rows": faults.told(said[one] or []),
                }
                for one in faults.answered(subjects)
            ]

        return answers


def _type(register: PlainRegister, name: str) -> str:
    if name == register.holds:
        return "[Hold!]!"
    if name == "encumbrances":
        return "[Burden!]!"
    return "Boolean" if name in _FLAGS else "String"


def _selected(document: Any) -> list[str]:
    """Return the fields of `rows` that the document selects."""
    ((subjects,),) = ([one.selection_set.selections for one in document.definitions],)
    (root,) = subjects
    rows = [one for one in root.selection_set.selections if one.name.value == "rows"]
    return [
        one.name.value
        for one in rows[0].selection_set.selections
        if isinstance(one, FieldNode) and one.name.value != "__typename"
    ]


def _bad() -> Response:
    return json_response(
        {"errors": [{"message": "bad request", "extensions": {"code": "BAD_REQUEST"}}]}
    )
