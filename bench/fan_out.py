"""The floor: a Starlette view written by hand for this one question. No GraphQL, no guard."""

import argparse
import asyncio
import os
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.people import numbers
from connectors.http import DepartmentClient, open_client

FIELDS = {
    "identity": ["name", "sexCode", "birthDate", "lifeStatus"],
    "vehicles": ["plateNumber", "vin", "brandModel", "firstRegisteredOn", "mortgaged"],
    "housing_fund": ["accountStatus", "unitName", "hasLoan", "lastContributionOn"],
    "securities": ["securityCode", "securityName", "market", "quantity", "pledgedQuantity"],
    "related_persons": ["relationCode", "relatedName", "relatedIdNumber"],
}


async def asked(
    client: DepartmentClient, stem: str, ids: list[str], fields: list[str]
) -> dict[str, list[Any]]:
    answer = await client.request(
        "POST",
        f"/{stem}",
        content=msgspec.json.encode({"ids": ids, "fields": fields}),
        headers={"content-type": "application/json"},
    )
    people = msgspec.json.decode(answer.body)["people"]
    return {person["idNumber"]: person["rows"] for person in people}


def application(upstream: str) -> Starlette:
    client = open_client(upstream, timeout=10)

    async def related(ids: list[str]) -> Any:
        relations = await asked(client, "related_persons", ids, FIELDS["related_persons"])
        reached = list(
            {row["relatedIdNumber"]: None for rows in relations.values() for row in rows}
        )
        identities, vehicles = await asyncio.gather(
            asked(client, "identity", reached, ["name", "sexCode"]),
            asked(client, "vehicles", reached, ["plateNumber", "vin"]),
        )
        return {
            number: [
                {
                    "relationCode": row["relationCode"],
                    "relatedName": row["relatedName"],
                    "person": {
                        "identity": identities[row["relatedIdNumber"]][0],
                        "vehicles": vehicles[row["relatedIdNumber"]],
                    },
                }
                for row in rows
            ]
            for number, rows in relations.items()
        }

    async def answer(request: Request) -> Response:
        count = msgspec.json.decode(await request.body())["variables"]["count"]
        ids = numbers(count)
        relations, identities, vehicles, funds, securities = await asyncio.gather(
            related(ids),
            *(asked(client, stem, ids, FIELDS[stem]) for stem in list(FIELDS)[:4]),
        )
        debtors = [
            {
                "idNumber": number,
                "name": f"示例{number[-6:]}",
                "identity": identities[number][0],
                "vehicles": vehicles[number],
                "housingFund": funds[number][0],
                "securities": securities[number],
                "relatedPersons": relations[number],
            }
            for number in ids
        ]
        body = msgspec.json.encode({"data": {"case": {"debtors": debtors}}})
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--core", type=int, default=0)
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    uvicorn.run(
        application(given.upstream),
        port=given.port,
        log_level="error",
        access_log=False,
        loop="uvloop",
    )
