"""`Debtor.settlementFunds`."""

from connectors.settlement_funds import SettlementFundsConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, CurrencyCode

_FUNDS = RecordGroup(
    catalogue_groups=("securitiesSettlementFunds",),
    scopes=scopes_of("settlement-funds:read"),
    raw=frozenset({"assets:read:raw", "settlement-funds:ack"}),
)


@_FUNDS.type
class SecuritiesSettlementFunds(Asset):
    """A customer's cash at a securities company. 证券交易结算资金"""

    fund_account_number: AccountNumber | None = shows("Number of the fund account")
    broker_name: str | None = shows("The securities company")
    custody_bank_name: str | None = shows("The bank in custody")
    currency: CurrencyCode | None = shows("Currency of the account; amounts are in CNY")
    balance: Money | None = shows("Balance")
    balance_band: AmountBand | None = shows_band_of("balance")
    available_balance: Money | None = shows("Balance that neither a hold nor a trade takes")
    available_balance_band: AmountBand | None = shows_band_of("available_balance")
    in_transit_amount: Money | None = shows("What completed trades have fixed, not settled yet")
    in_transit_amount_band: AmountBand | None = shows_band_of("in_transit_amount")
    special_purpose_flag: str | None = shows(
        "What keeps it from being held: `POOLED_CUSTOMER_ACCOUNT`, `SETTLEMENT_RESERVE`; null for "
        "the customer's own cash",
        zh="不得冻结账户标记",
    )


class SettlementFundsPart(DebtorPart):
    settlement_funds: list[SecuritiesSettlementFunds] | None = asked_of(
        SettlementFundsConnector.accounts_of,
        "settlement-funds:read",
        group="securitiesSettlementFunds",
        asset=AsAsset("broker_name", "fund_account_number"),
        description="The debtor's cash at securities companies; null if they are silent. "
        "证券交易结算资金",
    )
