"""`Debtor.housingFund`."""

from connectors.housing_fund import HousingFundConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, HousingFundAccountStatus, YearMonth

_HOUSING_FUND = RecordGroup(
    catalogue_groups=("housingFund",),
    scopes=scopes_of("housing-fund:read"),
    raw=frozenset({"assets:read:raw", "housing-fund:ack"}),
)


@_HOUSING_FUND.type
class HousingFundAccount(Asset):
    """A person's account at the housing provident fund. 住房公积金账户"""

    personal_account_number: AccountNumber | None = shows("The person's account number")
    unit_account_number: AccountNumber | None = shows("The employer's account number")
    unit_name: str | None = shows("The employer that pays in")
    account_status: HousingFundAccountStatus | None = shows("Status of the account")
    balance: Money | None = shows("Balance")
    balance_band: AmountBand | None = shows_band_of("balance")
    available_balance: Money | None = shows("Balance that no hold takes")
    available_balance_band: AmountBand | None = shows_band_of("available_balance")
    monthly_contribution: Money | None = shows("Paid in each month")
    monthly_contribution_band: AmountBand | None = shows_band_of("monthly_contribution")
    contribution_base: Money | None = shows("Wage that contributions are computed from")
    contribution_base_band: AmountBand | None = shows_band_of("contribution_base")
    last_contribution_on: YearMonth | None = shows("Month of the last contribution")
    has_loan: bool | None = shows("Whether a housing fund loan runs")
    loan_outstanding: Money | None = shows("Outstanding loan")
    loan_outstanding_band: AmountBand | None = shows_band_of("loan_outstanding")
    withdrawal_condition_met: bool | None = shows(
        "Whether a condition for withdrawal is met; a gate for deduction"
    )


class HousingFundPart(DebtorPart):
    housing_fund: HousingFundAccount | None = asked_of(
        HousingFundConnector.accounts_of,
        "housing-fund:read",
        group="housingFund",
        natural_persons_only=True,
        asset=AsAsset("personal_account_number"),
        description="The debtor's housing provident fund account; null without one, or if the "
        "centre is silent. 住房公积金",
    )
