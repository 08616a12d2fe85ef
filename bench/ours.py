"""Our gateway with everything on, its departments on one fast upstream."""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import uvicorn

from bench.people import SELECTION, numbers
from connectors.columns import Column
from connectors.departments import CONNECTORS, Departments
from connectors.errors import DepartmentContractBroken
from connectors.forms import Count, Instant, Number, YearMonth
from connectors.housing_fund import ACCOUNTS
from connectors.http import open_client
from connectors.json_shape import JsonShape, decoded
from connectors.json_subjects import SubjectList
from connectors.question import Answer, Authority, Projection, Question
from connectors.records import (
    IdentityRecord,
    RelatedPersonRecord,
    SecurityHoldingRecord,
    VehicleRecord,
)
from connectors.rest import authority_headers, post_json
from connectors.tracing import Tracer
from domain.case_number import parse_case_number
from domain.identity import IdNumber, parse_id_number
from domain.money import Fen
from domain.registered_claim import RegisteredClaim
from gateway import app
from gateway.app import build_gateway
from gateway.logs import configure_logs
from gateway.server import run, server_config
from gateway.settings import Settings
from storage.cases import AssignedOfficer, CaseRecord, Officer, Party, keep_cases, keep_officers
from storage.migration import migrate

CASES: Final = 32  # of each size
SHAPES: Final[Mapping[str, JsonShape[Any]]] = {
    "identity": JsonShape(
        IdentityRecord,
        [
            Column("name", "name"),
            Column("sex_code", "sexCode"),
            Column("birth_date", "birthDate", date),
            Column("life_status", "lifeStatus"),
        ],
    ),
    "vehicles": JsonShape(
        VehicleRecord,
        [
            Column("plate_number", "plateNumber"),
            Column("vin", "vin"),
            Column("brand_model", "brandModel"),
            Column("first_registered_on", "firstRegisteredOn", date),
            Column("mortgaged", "mortgaged", bool),
        ],
    ),
    "housing_fund": JsonShape(
        ACCOUNTS.record,
        [
            Column("account_status", "accountStatus"),
            Column("unit_name", "unitName"),
            Column("has_loan", "hasLoan", bool),
            Column("last_contribution_on", "lastContributionOn", YearMonth),
        ],
    ),
    "securities": JsonShape(
        SecurityHoldingRecord,
        [
            Column("security_code", "securityCode"),
            Column("security_name", "securityName"),
            Column("market", "market"),
            Column("quantity", "quantity", Count),
            Column("pledged_quantity", "pledgedQuantity", Count),
        ],
    ),
    "related_persons": JsonShape(
        RelatedPersonRecord,
        [
            Column("relation_code", "relationCode"),
            Column("related_name", "relatedName"),
            Column("related_id_number", "relatedIdNumber", Number),
        ],
    ),
}


SUBJECTS: Final[Mapping[str, SubjectList[Any]]] = {
    stem: SubjectList(shape, subject="idNumber", found="found", rows="rows")
    for stem, shape in SHAPES.items()
}


class _People(msgspec.Struct, rename="camel"):
    as_of: Instant
    people: msgspec.Raw


_PEOPLE: Final = msgspec.json.Decoder(_People)


class BenchDepartments(Departments):
    """The product's lines, transport and decoding, on one protocol for all five questions."""

    def __init__(self, upstream: str, tracer: Tracer) -> None:
        super().__init__([], tracer=tracer)
        self._client = open_client(upstream, timeout=10)
        for connector in CONNECTORS:
            self.add_line(connector.stem, connector.department, 10.0)

    async def put(
        self,
        question: Question[Any],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[Any]]:
        shape, department = SHAPES[question.stem], question.department

        async def ask() -> Mapping[IdNumber, Answer[Any]]:
            body = await post_json(
                self._client,
                department,
                f"/{question.stem}",
                {"ids": subjects, "fields": shape.wire(want)},
                headers=authority_headers(authority),
            )
            answer = decoded(department, _PEOPLE, body)
            told = SUBJECTS[question.stem].answers(department, answer.people, want, answer.as_of)
            heard = {IdNumber(number): one for number, one in told}
            if not question.plural:
                heard = {
                    number: Answer(value=one.get()[0], as_of=one.as_of)
                    for number, one in heard.items()
                }
            if heard.keys() != set(subjects):
                raise DepartmentContractBroken(department)
            return heard

        return await self.line(question.stem).ask(ask)


async def serve(port: int, upstream: str, ready: Path, *, records: bool, level: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(
            port=port,
            demo=True,
            data_dir=Path(place),
            access_token_seconds=8 * 3600,
            cost_of_operation=10**9,
            cost_per_minute=10**9,
            persons_per_hour=10**9,
            step_up_seconds=8 * 3600,
            affiliates_need_reason=False,  # the peers know no such thing
            log_level=level,  # type: ignore[arg-type]  # checked
        )
        configure_logs(settings, Path(place) / "gateway.log")
        if not records:
            app.RequestRecord = _Nothing  # type: ignore[assignment, misc]  # what it costs
        gateway = build_gateway(
            settings, departments=BenchDepartments(upstream, app.open_traces(settings))
        )
        await migrate(gateway.database)
        officer = Officer(
            id="executor-1", name="甲", credential="示9903-0001", role="court-executor"
        )
        cases = [
            _case(count, turn, officer) for count in (1, 2, 10, 100, 1000) for turn in range(CASES)
        ]
        await gateway.database.write(lambda c: keep_officers(c, [officer]))
        await gateway.database.write(lambda c: keep_cases(c, cases))
        token = gateway.issuer.token_for(
            role="court-executor",
            subject=officer.id,
            organisation="court",
            client_id="bench",
            officer=officer.credential,
        )
        said = json.dumps({"authorization": f"Bearer {token}", "query": query()})
        ready.write_text(said)  # noqa: ASYNC240 -- before anyone asks
        await uvicorn.Server(server_config(gateway.app, port=port)).serve()


def _Nothing(*_: object) -> None:  # noqa: N802 -- stands for a class
    """Record nothing: in this bench alone."""


def query() -> str:
    return (
        "query Assets($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) "
        f"{{ debtors {{ {SELECTION} }} }} }}"
    )


def case_number(count: int, turn: int) -> str:
    """Return one of the numbers of cases with *count* debtors: equal questions would be joined."""
    return f"（2026）示9903执{count * 100 + turn}号"


def _case(count: int, turn: int, officer: Officer) -> CaseRecord:
    return CaseRecord(
        number=parse_case_number(case_number(count, turn)),
        court_name="示例区人民法院",
        court_code="示9903",
        filed_on=date(2026, 1, 1),
        basis_document_number="（2025）示9903民初1号",
        basis_unit="示例区人民法院",
        obligation="支付",
        claim=RegisteredClaim(total=Fen(10**9), recovered=Fen(0)),
        state="OPEN",
        applicants=(),
        obligors=tuple(
            Party(
                id_number=parse_id_number(number), name=f"示例{number[-6:]}", kind="NATURAL_PERSON"
            )
            for number in numbers(count)
        ),
        officers=(AssignedOfficer(officer=officer, capacity="HANDLER"),),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--unrecorded", action="store_true")
    parser.add_argument("--log-level", default="warning")
    parser.add_argument("--core", type=int, default=0)
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    run(
        serve(
            given.port,
            given.upstream,
            given.ready,
            records=not given.unrecorded,
            level=given.log_level,
        )
    )
