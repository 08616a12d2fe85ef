"""`identity` and `travelDocuments`."""

from connectors.identity import IdentityConnector
from domain.identity import IdNumber
from resolvers.debtor import SubjectPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.scalars import Date, IdDocumentType, SexCode

_IDENTITY = RecordGroup(
    catalogue_groups=("identity",),
    scopes=scopes_of("identity:read"),
    raw=frozenset({"identity:read:raw"}),
)
_TRAVEL_DOCUMENTS = RecordGroup(
    catalogue_groups=("travelDocuments",),
    scopes=scopes_of("travel-docs:read"),
    raw=frozenset({"identity:read:raw"}),
)


@_IDENTITY.type
class Identity:
    """Identity as public security records it. 身份信息"""

    name: str | None = shows("Name")
    former_names: list[str] | None = shows("Former names")
    id_type: IdDocumentType | None = shows("Kind of identity document")
    id_number: IdNumber | None = shows("Resident identity number")
    sex_code: SexCode | None = shows("Sex")
    birth_date: Date | None = shows("Day of birth")
    age: int | None = shows("Age in years")
    issuing_authority: str | None = shows("Authority that issued the document")
    valid_from: Date | None = shows("Document valid from")
    valid_until: Date | None = shows("Document valid until")
    life_status: str | None = shows("Alive, deceased, cancelled or unknown")
    is_minor: bool | None = shows("Whether the person is a minor")


@_TRAVEL_DOCUMENTS.type
class TravelDocument:
    """An exit-entry document. 出入境证件"""

    document_kind: str | None = shows("Kind of document")
    document_number: str | None = shows("Number of the document")
    issued_on: Date | None = shows("Day of issue")
    valid_until: Date | None = shows("Valid until")
    document_status: str | None = shows("Status of the document")


class IdentityPart(SubjectPart):
    identity: Identity | None = asked_of(
        IdentityConnector.identity_of,
        "identity:read",
        group="identity",
        natural_persons_only=True,
        description="Identity, for natural persons; null if public security is silent. 身份信息",
    )


class TravelDocumentsPart(SubjectPart):
    travel_documents: list[TravelDocument] | None = asked_of(
        IdentityConnector.travel_documents_of,
        "travel-docs:read",
        group="travelDocuments",
        natural_persons_only=True,
        description="Exit-entry documents, newest first; null if public security is silent. "
        "出入境证件",
    )
