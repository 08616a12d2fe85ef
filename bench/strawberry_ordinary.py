"""Strawberry as its documentation has it: resolvers, DataLoaders, parser and validation caches."""

import argparse
import os
from typing import Any

import msgspec
import strawberry
import uvicorn
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from bench.fan_out import FIELDS, asked
from bench.people import numbers
from connectors.http import open_client


@strawberry.type
class Identity:
    name: str
    sex_code: str
    birth_date: str | None = None
    life_status: str | None = None


@strawberry.type
class Vehicle:
    plate_number: str
    vin: str
    brand_model: str | None = None
    first_registered_on: str | None = None
    mortgaged: bool | None = None


@strawberry.type
class HousingFund:
    account_status: str
    unit_name: str
    has_loan: bool
    last_contribution_on: str


@strawberry.type
class Security:
    security_code: str
    security_name: str
    market: str
    quantity: int
    pledged_quantity: int


def made(kind: Any, row: dict[str, Any]) -> Any:
    return kind(**{_SNAKE[name]: value for name, value in row.items()})


_SNAKE = {
    name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    for fields in FIELDS.values()
    for name in fields
}


@strawberry.type
class Person:
    id_number: str

    @strawberry.field
    async def identity(self, info: strawberry.Info) -> Identity | None:
        [row] = await info.context["identity"].load(self.id_number)
        return made(Identity, row)  # type: ignore[no-any-return]

    @strawberry.field
    async def vehicles(self, info: strawberry.Info) -> list[Vehicle]:
        found = await info.context["vehicles"].load(self.id_number)
        return [made(Vehicle, row) for row in found]


@strawberry.type
class RelatedPerson:
    relation_code: str
    related_name: str
    related_id_number: strawberry.Private[str]

    @strawberry.field
    def person(self) -> Person:
        return Person(id_number=self.related_id_number)


@strawberry.type
class Debtor(Person):
    name: str

    @strawberry.field
    async def housing_fund(self, info: strawberry.Info) -> HousingFund | None:
        [row] = await info.context["housing_fund"].load(self.id_number)
        return made(HousingFund, row)  # type: ignore[no-any-return]

    @strawberry.field
    async def securities(self, info: strawberry.Info) -> list[Security]:
        found = await info.context["securities"].load(self.id_number)
        return [made(Security, row) for row in found]

    @strawberry.field
    async def related_persons(self, info: strawberry.Info) -> list[RelatedPerson]:
        found = await info.context["related_persons"].load(self.id_number)
        return [made(RelatedPerson, row) for row in found]


@strawberry.type
class Case:
    debtors: list[Debtor]


@strawberry.type
class Query:
    @strawberry.field
    def case(self, count: int) -> Case:
        return Case(
            debtors=[
                Debtor(id_number=number, name=f"示例{number[-6:]}") for number in numbers(count)
            ]
        )


class Served(GraphQL[Any, Any]):
    def __init__(self, upstream: str) -> None:
        schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
        super().__init__(schema, graphql_ide=None)
        self._client = open_client(upstream, timeout=10)

    async def get_context(self, request: Any, response: Any) -> Any:
        del request, response

        def loader(stem: str) -> DataLoader[str, Any]:
            async def load(ids: list[str]) -> list[Any]:
                found = await asked(self._client, stem, ids, FIELDS[stem])
                return [found[number] for number in ids]

            return DataLoader(load_fn=load)

        return {stem: loader(stem) for stem in FIELDS}

    def encode_json(self, data: object) -> bytes:
        return msgspec.json.encode(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--core", type=int, default=0)
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    uvicorn.run(
        Served(given.upstream), port=given.port, log_level="error", access_log=False, loop="uvloop"
    )
