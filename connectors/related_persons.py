"""
Market regulation (市场监管) with civil affairs (民政) data: relatives, positions and control.

Source:
    docs/departments/related_persons.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from connectors.base import Heard, KeyedConnector
from connectors.columns import Column
from connectors.forms import Instant, Number
from connectors.graphql_upstream import execute
from connectors.json_shape import JsonShape, Said, decoded
from connectors.question import Answer, Authority, Projection, question
from connectors.records import RelatedPersonRecord
from connectors.rest import authority_headers
from domain.identity import IdNumber

LIMIT: Final = 200

FAMILY: Final = "PERSONAL"
BUSINESS: Final = "CORPORATE"
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


class RelatedPersonsConnector(KeyedConnector):
    department = "market-regulation"
    stem = "related_persons"

    @question(record=RelatedPersonRecord, plural=True, limit=LIMIT, lifetime=300)
    async def related_to(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[RelatedPersonRecord, ...]]]:
        """Return whom each of *subjects* is related to, personal before corporate.

        For a natural person: family, if *authority* covers it, and the companies where the person
        holds a position. For an organisation: the persons behind it. Only the fields in *want* are
        selected; without family also the kind, to see that none came. What came is dropped.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.

        Source:
            docs/departments/related_persons.md
        """
        kinds = [FAMILY, BUSINESS] if authority.covers_family else [BUSINESS]
        asked = want if authority.covers_family else Projection({*want, "kind"})
        document = _document(_RELATED.wire(asked))

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[RelatedPersonRecord, ...]]:
            raw = await execute(
                self.client,
                self.department,
                document,
                {"subjects": batch, "kinds": kinds},
                headers=authority_headers(authority),
            )
            data = decoded(self.department, _DATA, raw)
            read = [(one.subject, self._read(one, asked)) for one in data.relations]
            if authority.covers_family:
                return read
            return [(subject, _of_business(answer, want)) for subject, answer in read]

        return await self.in_batches(subjects, LIMIT, ask)

    def _read(self, subject: _Subject, want: Projection) -> Answer[tuple[RelatedPersonRecord, ...]]:
        try:
            as_of = msgspec.json.decode(subject.as_of, type=Instant)
        except ValueError:
            return Answer(error=self.broken("an answer without its instant"))
        said = Said(subject.found, subject.related)
        return _RELATED.many(self.department, said, want, as_of)


def _of_business(
    answer: Answer[tuple[RelatedPersonRecord, ...]], want: Projection
) -> Answer[tuple[RelatedPersonRecord, ...]]:
    """Return *answer* without family that came unasked, and with the kind only if it is wanted."""
    if answer.error is not None:
        return answer
    records = answer.get()
    kept = tuple(one for one in records if one.kind == BUSINESS)
    if "kind" not in want:
        kept = tuple(msgspec.structs.replace(one, kind=None) for one in kept)
    extra = answer.overdelivered + len(records) - len(kept)
    return msgspec.structs.replace(answer, value=kept, overdelivered=extra)


def _document(fields: Sequence[str]) -> str:
    selection = " ".join(fields) or "__typename"
    return (
        "query Relations($subjects: [String!]!, $kinds: [String!]!) { "
        "relations(subjects: $subjects, kinds: $kinds) "
        f"{{ subject found asOf related {{ {selection} }} }} }}"
    )
