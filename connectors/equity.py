"""
Market regulation (市场监管): shares in companies (股权), their freezing, and the register of enterprises.

A freeze takes effect when the publicity system shows it; whose is shown first is first in rank.

Source:
    docs/departments/equity.md
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, DecimalText, Number, fen
from connectors.graphql_department import GraphqlDepartment, graphql_question
from connectors.register import Register

_REGION: Final = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}\Z")]
_INDUSTRY: Final = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9]{2,4}\Z")]  # GB/T 4754

HOLDINGS: Final = Register(
    "EquityRecord",
    [
        *owner_columns(),
        Column("company_name", "companyName"),
        Column("company_uscc", "companyUscc", Number),
        Column("subscribed_capital", "subscribedCapital", Amount, fen),
        Column("paid_in_capital", "paidInCapital", Amount, fen),
        Column("share_ratio", "shareRatio", DecimalText),
        Column("contribution_due_on", "contributionDueOn", date),
        Column("pledged", "pledged", bool),
        Column("publicity_reference", "publicityReference"),
        ENCUMBRANCES,
        HOLDS,
        record_number("EQ"),
    ],
)
ENTERPRISES: Final = Register(
    "EnterpriseRecord",
    [
        Column("name", "name"),
        Column("uscc", "uscc", Number),
        Column("organization_type", "organizationType"),
        Column("legal_representative_name", "legalRepresentativeName"),
        Column("registered_capital", "registeredCapital", Amount, fen),
        Column("registration_status", "registrationStatus"),
        Column("established_on", "establishedOn", date),
        Column("registered_address", "registeredAddress"),
        Column("region_code", "regionCode", _REGION),
        Column("industry_code", "industryCode", _INDUSTRY),
    ],
)


class EquityConnector(GraphqlDepartment):
    department = "market-regulation"
    stem = "equity"
    carries = frozenset({"QUERY", "FREEZE", "RESTRICT_TRANSFER", "RENEW", "LIFT"})

    holdings_of = graphql_question(HOLDINGS, "shareholdings")
    enterprises_of = graphql_question(ENTERPRISES, "enterprises", lifetime=300)
