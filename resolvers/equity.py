"""`Debtor.equity` and `Debtor.enterpriseRegistration`."""

from connectors.equity import EquityConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AmountBand, Date, Decimal, RegionCode, Uscc

_EQUITY = RecordGroup(
    catalogue_groups=("equity",),
    scopes=scopes_of("equity:read"),
    raw=frozenset({"assets:read:raw", "equity:ack"}),
)
_ENTERPRISE = RecordGroup(
    catalogue_groups=("enterpriseRegistration",),
    scopes=scopes_of("registry:read"),
    raw=frozenset({"identity:read:raw"}),
)


@_EQUITY.type
class Equity(Asset):
    """A share in a company. 股权"""

    company_name: str | None = shows("The company")
    company_uscc: Uscc | None = shows("The company's unified social credit code")
    subscribed_capital: Money | None = shows("Subscribed capital")
    subscribed_capital_band: AmountBand | None = shows_band_of("subscribed_capital")
    paid_in_capital: Money | None = shows("Capital paid in")
    paid_in_capital_band: AmountBand | None = shows_band_of("paid_in_capital")
    share_ratio: Decimal | None = shows("Share held, percent")
    contribution_due_on: Date | None = shows("Day by which the capital is to be paid in")
    pledged: bool | None = shows("Whether the share is pledged")
    publicity_reference: str | None = shows(
        "Number under which the freeze of the first rank is shown to the public; what is not shown "
        "has no effect"
    )


@_ENTERPRISE.type
class EnterpriseRegistration:
    """An organisation as its register has it. 企业登记信息"""

    name: str | None = shows("Name")
    uscc: Uscc | None = shows("Unified social credit code")
    organization_type: str | None = shows("Type")
    legal_representative_name: str | None = shows("Legal representative")
    registered_capital: Money | None = shows("Registered capital")
    registration_status: str | None = shows("Status in the register")
    established_on: Date | None = shows("Day of foundation")
    registered_address: str | None = shows("Registered address")
    region_code: RegionCode | None = shows("Administrative region")
    industry_code: str | None = shows("Industry")


class EquityPart(DebtorPart):
    equity: list[Equity] | None = asked_of(
        EquityConnector.holdings_of,
        "equity:read",
        group="equity",
        asset=AsAsset("company_name", "share_ratio"),
        description="Shares of the debtor in companies; null if the register is silent. 股权",
    )
    enterprise_registration: EnterpriseRegistration | None = asked_of(
        EquityConnector.enterprises_of,
        "registry:read",
        group="enterpriseRegistration",
        description="The debtor in the register of enterprises; null for a person, and if the "
        "register is silent. 企业登记信息",
    )
