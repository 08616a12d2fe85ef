"""Public security: identities, residences and travel documents over REST (docs/departments/identity.md)."""

import base64
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.dates import age, now
from sandbox.faults import Faults
from sandbox.people import ADULT, Person
from sandbox.population import DAY, Population
from sandbox.program import GARBAGE, authority_in, json_response, program
from sandbox.residences import Residence
from sandbox.system import Running, Surroundings, System
from sandbox.travel_documents import TravelDocument
from sandbox.wire_log import WireLog

DEPARTMENT: Final = "public-security"
_CLIENT: Final = "court-gateway"
_TOKEN_SECONDS: Final = 600
_MOST: Final = 200

_IDENTITY: Final[dict[str, Callable[[Person], Any]]] = {
    "name": lambda p: p.name,
    "formerNames": lambda p: list(p.former_names),
    "idType": lambda _: "111",
    "idNumber": lambda p: p.id_number,
    "sexCode": lambda p: p.sex,
    "birthDate": lambda p: p.born.isoformat(),
    "age": lambda p: age(p.born, DAY),
    "issuingAuthority": lambda _: "示例市公安局示例分局",
    "validFrom": lambda p: p.card_from.isoformat(),
    "validUntil": lambda p: p.card_until.isoformat(),
    "lifeStatus": lambda p: p.life,
    "isMinor": lambda p: age(p.born, DAY) < ADULT,
}
_DOCUMENT: Final[dict[str, Callable[[TravelDocument], Any]]] = {
    "documentKind": lambda d: d.kind,
    "documentNumber": lambda d: d.number,
    "issuedOn": lambda d: d.issued_on.isoformat(),
    "validUntil": lambda d: d.valid_until.isoformat(),
    "documentStatus": lambda d: d.status(now().date()),
}
_RESIDENCE: Final[dict[str, Callable[[Residence], Any]]] = {
    "householdNumber": lambda r: r.household,
    "householdRegionCode": lambda r: r.region,
    "householdAddress": lambda r: r.registered_at,
    "currentAddress": lambda r: r.lives_at,
    "deliveryAddress": lambda r: r.served_at,
    "phoneNumbers": lambda r: list(r.telephones),
}


class _Question(msgspec.Struct, rename="camel"):
    id_numbers: list[str]
    fields: list[str]


def department(population: Population, log: WireLog, faults: Faults, secret: str) -> Starlette:
    tokens: dict[str, float] = {}

    async def token(request: Request) -> Response:
        expected = base64.b64encode(f"{_CLIENT}:{secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return json_response({"error": "invalid_client"}, 401)
        form = await request.form()
        if form.get("grant_type") != "client_credentials":
            return json_response({"error": "unsupported_grant_type"}, 400)
        made = secrets.token_urlsafe(24)
        tokens[made] = time.monotonic() + _TOKEN_SECONDS
        return json_response(
            {"access_token": made, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
        )

    async def ask(
        request: Request,
        question: str,
        known: dict[str, Any],
        answer: Callable[[str, Sequence[str]], dict[str, Any]],
    ) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if tokens.get(bearer, 0) < time.monotonic():
            return json_response({"error": "unauthorized"}, 401)
        if faults.is_down:
            return Response(status_code=503, headers=faults.come_again)
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Question)
        except msgspec.DecodeError:
            return json_response({"error": "bad_request"}, 400)
        if len(wanted.id_numbers) > _MOST:
            return json_response({"error": "bad_request"}, 400)
        if set(wanted.fields) - known.keys():
            return json_response({"error": "unknown_field"}, 400)
        await faults.delay()
        fields = list(known) if faults.mode == "overdeliver" else wanted.fields
        people = [
            {"idNumber": number, **answer(number, fields)}
            for number in faults.answered(wanted.id_numbers)
        ]
        for position, entry in enumerate(people):
            if faults.spoils(entry["idNumber"], position):
                entry["found"] = "perhaps"
        body = msgspec.json.encode({"asOf": faults.dated(now()), "people": people})
        if faults.mode == "garbage":
            body = GARBAGE
        log.write(
            "question",
            question,
            subjects=wanted.id_numbers,
            fields=wanted.fields,
            authority=authority_in(request),
            answer_bytes=len(body),
        )
        return Response(body, media_type="application/json")

    def documents_of(number: str, fields: Sequence[str]) -> dict[str, Any]:
        if number not in population.people:
            return {"found": False}
        documents = population.travel_documents.get(number, ())
        return {
            "found": True,
            "documents": [
                {name: _DOCUMENT[name](d) for name in fields} for d in faults.told(documents)
            ],
        }

    async def identities(request: Request) -> Response:
        return await ask(request, "identities:batch", _IDENTITY, partial(_identity, population))

    async def travel_documents(request: Request) -> Response:
        return await ask(request, "travel-documents:batch", _DOCUMENT, documents_of)

    async def residences(request: Request) -> Response:
        return await ask(request, "residences:batch", _RESIDENCE, partial(_residence, population))

    return program(
        DEPARTMENT,
        faults,
        [
            Route("/oauth/token", token, methods=["POST"]),
            Route("/v1/identities:batch", identities, methods=["POST"]),
            Route("/v1/residences:batch", residences, methods=["POST"]),
            Route("/v1/travel-documents:batch", travel_documents, methods=["POST"]),
        ],
    )


def _identity(population: Population, number: str, fields: Sequence[str]) -> dict[str, Any]:
    person = population.people.get(number)
    if person is None:
        return {"found": False}
    return {"found": True, "identity": {name: _IDENTITY[name](person) for name in fields}}


def _residence(population: Population, number: str, fields: Sequence[str]) -> dict[str, Any]:
    residence = population.residences.get(number)
    if residence is None:
        return {"found": False}
    return {"found": True, "residence": {name: _RESIDENCE[name](residence) for name in fields}}


def _start(around: Surroundings) -> Running:
    return Running(app=department(around.population, around.log, around.faults, around.secret))


SYSTEM: Final = System(
    stem="identity", department=DEPARTMENT, protocol="REST", start=_start, alone=True
)
