"""
Public security (公安): who a person is, where they live, and their travel documents.

Source:
    docs/departments/identity.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

import msgspec

from connectors.address import DepartmentAddress
from connectors.base import Connector, Heard
from connectors.calls import refusal
from connectors.columns import Column
from connectors.forms import Instant, Number
from connectors.json_shape import JsonShape, decoded
from connectors.json_subjects import SubjectList
from connectors.oauth import TokenClient
from connectors.question import Answer, Authority, Projection, question
from connectors.records import IdentityRecord, TravelDocumentRecord
from connectors.register import Register
from connectors.rest import authority_headers, json_headers
from domain.identity import IdNumber

LIMIT: Final = 200
_OK: Final = 200

_IDENTITY: Final = JsonShape(
    IdentityRecord,
    [
        Column("name", "name"),
        Column("former_names", "formerNames", tuple[str, ...]),
        Column("id_type", "idType", Literal["111"]),
        Column("id_number", "idNumber", Number),
        Column("sex_code", "sexCode", Literal["0", "1", "2", "9"], open_codes=True),
        Column("birth_date", "birthDate", date),
        Column("age", "age", Annotated[int, msgspec.Meta(ge=0, le=200)]),
        Column("issuing_authority", "issuingAuthority"),
        Column("valid_from", "validFrom", date),
        Column("valid_until", "validUntil", date),
        Column("life_status", "lifeStatus", Literal["ALIVE", "DECEASED", "CANCELLED", "UNKNOWN"]),
        Column("is_minor", "isMinor", bool),
    ],
)

_TRAVEL_DOCUMENT: Final = JsonShape(
    TravelDocumentRecord,
    [
        Column(
            "document_kind",
            "documentKind",
            Literal["ORDINARY_PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT", "OTHER"],
            open_codes=True,
        ),
        Column("document_number", "documentNumber"),
        Column("issued_on", "issuedOn", date),
        Column("valid_until", "validUntil", date),
        Column(
            "document_status",
            "documentStatus",
            Literal["VALID", "EXPIRED", "LOST", "CANCELLED", "HELD"],
        ),
    ],
)

Mobile = Annotated[str, msgspec.Meta(pattern=r"^1[0-9]{10}\Z")]
RESIDENCES: Final = Register(
    "ResidenceRecord",
    [
        Column("household_number", "householdNumber"),
        Column(
            "household_region_code",
            "householdRegionCode",
            Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}\Z")],
        ),
        Column("household_address", "householdAddress"),
        Column("current_address", "currentAddress"),
        Column("delivery_address", "deliveryAddress"),
        Column("phone_numbers", "phoneNumbers", tuple[Mobile, ...]),
    ],
)

_IDENTITIES: Final = SubjectList(
    _IDENTITY, subject="idNumber", found="found", rows="identity", single=True
)
_TRAVEL_DOCUMENTS: Final = SubjectList(
    _TRAVEL_DOCUMENT, subject="idNumber", found="found", rows="documents"
)
_RESIDENCES: Final = SubjectList(
    RESIDENCES.shape, subject="idNumber", found="found", rows="residence", single=True
)


class _People(msgspec.Struct, rename="camel"):
    as_of: Instant
    people: msgspec.Raw


_PEOPLE: Final = msgspec.json.Decoder(_People)


class IdentityConnector(Connector):
    department = "public-security"
    stem = "identity"

    def __init__(self, client: TokenClient, *, deadline: float) -> None:
        super().__init__(deadline=deadline)
        self._client = client

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = TokenClient(
            cls.department,
            address.url,
            "/oauth/token",
            client_id=address.client_id,
            secret=address.secret,
            timeout=address.deadline_seconds,
            trust=address.trust,
        )
        return cls(client, deadline=address.deadline_seconds)

    async def aclose(self) -> None:
        await self._client.aclose()

    @question(record=IdentityRecord, plural=False, limit=LIMIT, lifetime=300)
    async def identity_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[IdentityRecord | None]]:
        """Return who each of *subjects* is; None for a number the register does not know.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.

        Source:
            docs/departments/identity.md, "Identity question".
        """
        fields = _IDENTITY.wire(want)
        return await self._ask(
            "/v1/identities:batch", subjects, fields, authority, want, _IDENTITIES
        )

    @question(record=TravelDocumentRecord, plural=True, limit=LIMIT, lifetime=300)
    async def travel_documents_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[TravelDocumentRecord, ...]]]:
        """Return the travel documents of each of *subjects*, newest first.

        Raises:
            DepartmentError: as `identity_of`.

        Source:
            docs/departments/identity.md, "Travel document question".
        """
        fields = _TRAVEL_DOCUMENT.wire(want)
        return await self._ask(
            "/v1/travel-documents:batch", subjects, fields, authority, want, _TRAVEL_DOCUMENTS
        )

    @question(record=RESIDENCES.record, plural=False, limit=LIMIT)
    async def residence_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[Any]]:
        """Return where each of *subjects* is registered and lives; None for an unknown number.

        Raises:
            DepartmentError: as `identity_of`.

        Source:
            docs/departments/identity.md, "Residence question".
        """
        fields = RESIDENCES.wire(want)
        return await self._ask(
            "/v1/residences:batch", subjects, fields, authority, want, _RESIDENCES
        )

    async def _ask(  # noqa: PLR0913, PLR0917 -- a question, spelled out
        self,
        path: str,
        subjects: Sequence[IdNumber],
        fields: Sequence[str],
        authority: Authority,
        want: Projection,
        people: SubjectList[Any],
    ) -> dict[IdNumber, Answer[Any]]:
        async def call(batch: Sequence[IdNumber]) -> Heard[Any]:
            reply = await self._client.ask(
                path,
                body=msgspec.json.encode({"idNumbers": batch, "fields": fields}),
                headers=json_headers(authority_headers(authority)),
            )
            if reply.status != _OK:
                raise refusal(self.department, reply)
            answer = decoded(self.department, _PEOPLE, reply.body)
            return people.answers(self.department, answer.people, want, answer.as_of)

        return await self.in_batches(subjects, LIMIT, call)
