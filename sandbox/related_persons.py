"""The registration exchange: relations over GraphQL (docs/departments/related_persons.md)."""

from collections.abc import Callable
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
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.dates import now
from sandbox.faults import Faults
from sandbox.population import Population
from sandbox.program import authority_in, guarded_by_key, json_response, program
from sandbox.relations_register import Relation
from sandbox.system import Running, Surroundings, System
from sandbox.wire_log import WireLog

DEPARTMENT: Final = "market-regulation"
_MOST: Final = 200

_WORDS: Final[dict[str, Callable[[Relation], Any]]] = {
    "kind": lambda r: r.kind,
    "relationCode": lambda r: r.code,
    "role": lambda r: r.role,
    "personName": lambda r: r.related_name,
    "personIdNumber": lambda r: r.related,
    "maritalStatusCode": lambda r: r.marital,
    "marriageRegisteredOn": lambda r: None if r.married_on is None else r.married_on.isoformat(),
    "companyName": lambda r: None if r.company is None else r.company.name,
    "companyUscc": lambda r: None if r.company is None else r.company.uscc,
    "shareRatio": lambda r: r.share,
    "validFrom": lambda r: None if r.since is None else r.since.isoformat(),
    "validUntil": lambda r: None if r.until is None else r.until.isoformat(),
    "evidence": lambda r: r.evidence,
    "source": lambda r: "civil-affairs" if r.kind == "PERSONAL" else "market-regulation",
}
_SDL: Final = (
    "type Query { relations(subjects: [String!]!, kinds: [String!]!): [Subject!]! } "
    "type Subject { subject: String! found: Boolean! asOf: String! related: [Related!] } "
    f"type Related {{ {' '.join(f'{name}: String' for name in _WORDS)} }}"
)
_RULES: Final = (*specified_rules, NoSchemaIntrospectionCustomRule)


_Heard = dict[str, list[str]]


class _Request(msgspec.Struct):
    query: str
    variables: dict[str, Any] = {}


def department(population: Population, log: WireLog, faults: Faults, secret: str) -> Starlette:
    schema = _schema(population, faults)

    async def serve(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=_Request)
            document = parse(asked.query, max_tokens=1000)
        except Exception:  # noqa: BLE001 -- anything that does not parse is the client's fault
            return _bad()
        if validate(schema, document, _RULES):
            return _bad()
        await faults.delay()
        heard: _Heard = {"subjects": [], "kinds": []}
        result = execute(schema, document, None, heard, asked.variables)
        if getattr(result, "errors", None):
            return _bad()
        body = {"data": result.data}  # type: ignore[union-attr]  # no field here is asynchronous
        entries = body["data"].get("relations", []) if body["data"] else []
        for position, entry in enumerate(entries):
            if faults.spoils(entry.get("subject", ""), position):
                entry["found"] = "perhaps"
            if faults.mode == "overdeliver":
                for related in entry.get("related") or ():
                    related["notAsked"] = "x"
        raw = msgspec.json.encode(body)
        log.write(
            "question",
            "relations",
            subjects=heard["subjects"],
            kinds=heard["kinds"],
            fields=_selected(document),
            authority=authority_in(request),
            answer_bytes=len(raw),
        )
        return Response(raw, media_type="application/json")

    return program(
        DEPARTMENT,
        faults,
        [Route("/graphql", guarded_by_key(secret, serve, faults), methods=["POST"])],
    )


def _schema(population: Population, faults: Faults) -> GraphQLSchema:
    schema = build_schema(_SDL)

    def relations(
        _root: object,
        info: GraphQLResolveInfo[_Heard],
        subjects: list[str],
        kinds: list[str],
    ) -> list[dict[str, Any]]:
        info.context["subjects"] += subjects  # for the wire log
        info.context["kinds"] = kinds
        if len(subjects) > _MOST:
            raise ValueError("too many subjects")
        as_of = faults.dated(now())
        return [
            {
                "subject": number,
                "found": number in population.names,
                "asOf": as_of,
                "related": faults.told(
                    [one for one in population.relations.get(number, ()) if one.kind in kinds]
                ),
            }
            for number in faults.answered(subjects)
        ]

    schema.query_type.fields["relations"].resolve = relations  # type: ignore[union-attr]
    for name, word in _WORDS.items():
        field = schema.type_map["Related"].fields[name]  # type: ignore[attr-defined]
        field.resolve = lambda relation, _info, word=word: word(relation)
    return schema


def _selected(document: Any) -> list[str]:
    """Return the fields of `related` that the document selects."""
    found: list[str] = []

    def walk(selection_set: Any, *, inside: bool) -> None:
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                if inside and node.name.value != "__typename":
                    found.append(node.name.value)
                walk(node.selection_set, inside=inside or node.name.value == "related")

    for definition in document.definitions:
        walk(definition.selection_set, inside=False)
    return found


def _bad() -> Response:
    return json_response(
        {"errors": [{"message": "bad request", "extensions": {"code": "BAD_REQUEST"}}]}
    )


def _start(around: Surroundings) -> Running:
    return Running(app=department(around.population, around.log, around.faults, around.secret))


SYSTEM: Final = System(
    stem="related_persons", department=DEPARTMENT, protocol="GRAPHQL", start=_start, alone=True
)
