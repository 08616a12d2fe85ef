"""
Market regulation (市场监管) with civil affairs (民政) data: relatives, positions and control.

Source:
    docs/departments/related_persons.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal, Self

import msgspec

from connectors.address import DepartmentAddress
from connectors.base import Heard, HttpConnector
from connectors.columns import Column
from connectors.forms import Instant, Number
from connectors.graphql_upstream import execute
from connectors.http import open_client
from connectors.json_shape import JsonShape, Said, decoded
from connectors.question import Answer, Authority, Projection, question
from connectors.records import RelatedPersonRecord
from connectors.rest import authority_headers
from domain.identity import IdNumber

LIMIT: Final = 200

Role = Literal[
    "LEGAL_REPRESENTATIVE",
    "PRINCIPAL",
    "ACTUAL_CONTROLLER",
    "DIRECTLY_RESPONSIBLE",
    "DIRECTOR",
    "SUPERVISOR",
    "SENIOR_MANAGER",
    "SHAREHOLDER",
]
Percent = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?\Z")]

_RELATED: Final = JsonShape(
    RelatedPersonRecord,
    [
        Column("kind", "kind", Literal["PERSONAL", "CORPORATE"]),
        Column("relation_code", "relationCode"),
        Column("role", "role", Role),
        Column("related_name", "personName"),
        Column("related_id_number", "personIdNumber", Number),
        Column("marital_status_code", "maritalStatusCode"),
        Column("marriage_registered_on", "marriageRegisteredOn", date),
        Column("company_name", "companyName"),
        Column("company_uscc", "companyUscc", Number),
        Column("share_ratio", "shareRatio", Percent),
        Column("valid_from", "validFrom", date),
        Column("valid_until", "validUntil", date),
        Column("evidence", "evidence"),
        Column("source", "source", Literal["civil-affairs", "market-regulation"]),
    ],
)


class _Subject(msgspec.Struct, rename="camel"):
    subject: str
    found: msgspec.Raw
    as_of: msgspec.Raw
    related: msgspec.Raw = msgspec.Raw(b"null")


class _Data(msgspec.Struct):
    relations: list[_Subject]


_DATA: Final = msgspec.json.Decoder(_Data)


class RelatedPersonsConnector(HttpConnector):
    department = "market-regulation"
    stem = "related_persons"

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = open_client(
            address.url,
            timeout=address.deadline_seconds,
            headers={"X-Api-Key": address.secret},
            trust=address.trust,
        )
        return cls(client, deadline=address.deadline_seconds)

    @question(record=RelatedPersonRecord, plural=True, limit=LIMIT, lifetime=300)
    async def related_to(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[RelatedPersonRecord, ...]]]:
        """Return whom each of *subjects* is related to, personal before corporate.

        For a natural person: family, and the companies where the person holds a position. For an
        organisation: the persons behind it. Only the fields in *want* are selected.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.

        Source:
            docs/departments/related_persons.md
        """
        document = _document(_RELATED.wire(want))

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[RelatedPersonRecord, ...]]:
            raw = await execute(
                self.client,
                self.department,
                document,
                {"subjects": batch},
                headers=authority_headers(authority),
            )
            data = decoded(self.department, _DATA, raw)
            return [(one.subject, self._read(one, want)) for one in data.relations]

        return await self.in_batches(subjects, LIMIT, ask)

    def _read(self, subject: _Subject, want: Projection) -> Answer[tuple[RelatedPersonRecord, ...]]:
        try:
            as_of = msgspec.json.decode(subject.as_of, type=Instant)
        except ValueError:
            return Answer(error=self.broken("an answer without its instant"))
        said = Said(subject.found, subject.related)
        return _RELATED.many(self.department, said, want, as_of)


def _document(fields: Sequence[str]) -> str:
    selection = " ".join(fields) or "__typename"
    return (
        "query Relations($subjects: [String!]!) "
        f"{{ relations(subjects: $subjects) {{ subject found asOf related {{ {selection} }} }} }}"
    )
