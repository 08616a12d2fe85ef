"""`Debtor.relatedPersons`, and the people it leads to."""

from typing import Final

from connectors.related_persons import RelatedPersonsConnector
from domain.identity import IdNumber
from resolvers.debtor import AFFILIATED, DebtorPart
from resolvers.declare import RecordGroup, asked_of, leads_to, scopes_of, shows
from resolvers.scalars import Date, Decimal, MaritalStatusCode, RelationCode, Uscc

_BOTH: Final = ("relations:read", "relations:corporate:read")
_RELATIONS = RecordGroup(
    catalogue_groups=("personalRelations", "corporateRelations"),
    scopes=scopes_of(_BOTH),
    raw=frozenset({"identity:read:raw"}),
    of_others=True,
)


@_RELATIONS.type
class RelatedPerson:
    """Someone related to the debtor by family, position or control. No order can point at them. 关联人"""

    kind: str | None = shows("`PERSONAL` or `CORPORATE`", zh="关系类别")
    relation: str | None = shows(
        "The relation: a GB/T 4761 code for family, a role such as `LEGAL_REPRESENTATIVE` "
        "otherwise",
        zh="关系",
        needs=("relation_code", "role"),
    )
    relation_code: RelationCode | None = shows("Family relation to the debtor")
    role: str | None = shows("Position or control")
    related_name: str | None = shows("Name of the related person or company")
    related_id_number: IdNumber | None = shows("Number of the related person or company")
    marital_status_code: MaritalStatusCode | None = shows("Marital status of the debtor")
    marriage_registered_on: Date | None = shows("Day the marriage was registered")
    company_name: str | None = shows("The company of a position")
    company_uscc: Uscc | None = shows("The company's unified social credit code")
    share_ratio: Decimal | None = shows("Share held, percent")
    valid_from: Date | None = shows("Position held from")
    valid_until: Date | None = shows("Position held until")
    evidence: str | None = shows("The finding that a relation rests on")
    source: str | None = shows("Who records the relation")
    person: AFFILIATED | None = leads_to(
        "related_id_number",
        _BOTH,
        description="The related person: identity, travel documents and vehicles, never controls. "
        "关联人信息",
    )


class RelatedPersonsPart(DebtorPart):
    related_persons: list[RelatedPerson] | None = asked_of(
        RelatedPersonsConnector.related_to,
        _BOTH,
        group="personalRelations",
        description="People and companies related to the debtor; null if the registers are "
        "silent. 关联人",
    )
