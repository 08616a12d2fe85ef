"""`Debtor.bankDeposits` and `Debtor.wealthProducts`."""

from connectors.banks import BanksConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, CurrencyCode, Date, Decimal

_DEPOSIT = RecordGroup(
    catalogue_groups=("bankDeposit",),
    scopes=scopes_of("deposits:read"),
    raw=frozenset({"assets:read:raw", "deposits:ack"}),
)
_WEALTH = RecordGroup(
    catalogue_groups=("investmentWealthFunds",),
    scopes=scopes_of("wealth:read"),
    raw=frozenset({"assets:read:raw", "wealth:ack"}),
)


@_DEPOSIT.type
class BankDeposit(Asset):
    """An account at a bank. 银行存款账户"""

    institution_name: str | None = shows("The branch that keeps the account")
    institution_code: str | None = shows("Its number")
    account_number: AccountNumber | None = shows("Number of the account")
    card_number: AccountNumber | None = shows("Number of the card")
    account_kind: str | None = shows("Kind of account")
    currency: CurrencyCode | None = shows("Currency of the account; amounts are in CNY")
    account_status: str | None = shows("Status of the account")
    balance: Money | None = shows("Balance")
    balance_band: AmountBand | None = shows_band_of("balance")
    available_balance: Money | None = shows("Balance that no hold takes")
    available_balance_band: AmountBand | None = shows_band_of("available_balance")
    special_purpose_flag: str | None = shows(
        "What the money is for, where the law protects it: `WAGE_GUARANTEE`, `RELIEF`, "
        "`DEPOSIT_RESERVE` may not be held, `PENSION`, `MARGIN` need a look"
    )


@_WEALTH.type
class WealthProduct(Asset):
    """A wealth-management product. 投资理财产品"""

    issuer_institution: str | None = shows("Who issued or manages it")
    sales_institution: str | None = shows("Who sold it")
    product_code: str | None = shows("Code of the product")
    product_name: str | None = shows("Name of the product")
    product_kind: str | None = shows("Kind of product")
    units: Decimal | None = shows("Units held")
    principal: Money | None = shows("What was paid in")
    principal_band: AmountBand | None = shows_band_of("principal")
    current_value: Money | None = shows("Latest value")
    current_value_band: AmountBand | None = shows_band_of("current_value")
    maturity_on: Date | None = shows("Day on which it matures")
    redeemable: bool | None = shows("Whether it can be redeemed now; it is deducted after that")
    pledged: bool | None = shows("Whether it is pledged: the pledgee comes first")


class BanksPart(DebtorPart):
    bank_deposits: list[BankDeposit] | None = asked_of(
        BanksConnector.deposits_of,
        "deposits:read",
        group="bankDeposit",
        asset=AsAsset("institution_name", "account_number", account="account_number"),
        description="Accounts of the debtor at banks; null if they are silent. 银行存款",
    )
    wealth_products: list[WealthProduct] | None = asked_of(
        BanksConnector.wealth_of,
        "wealth:read",
        group="investmentWealthFunds",
        asset=AsAsset("product_name", "product_code"),
        description="Wealth products of the debtor; null if the banks are silent. 投资理财资金",
    )
