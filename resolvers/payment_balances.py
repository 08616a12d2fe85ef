"""`Debtor.paymentBalances`."""

from connectors.payment_balances import PaymentBalancesConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, Mobile

_BALANCE = RecordGroup(
    catalogue_groups=("onlinePaymentBalance",),
    scopes=scopes_of("payments:read"),
    raw=frozenset({"assets:read:raw", "payments:ack"}),
)


@_BALANCE.type
class OnlinePaymentBalance(Asset):
    """An account at a payment platform. 网络支付账户"""

    platform_name: str | None = shows("The platform")
    payment_account_number: AccountNumber | None = shows("Number of the account there")
    balance: Money | None = shows("Balance")
    balance_band: AmountBand | None = shows_band_of("balance")
    available_balance: Money | None = shows("Balance that no hold takes")
    available_balance_band: AmountBand | None = shows_band_of("available_balance")
    linked_mobile: Mobile | None = shows("Telephone the account is bound to")


class PaymentBalancesPart(DebtorPart):
    payment_balances: list[OnlinePaymentBalance] | None = asked_of(
        PaymentBalancesConnector.accounts_of,
        "payments:read",
        group="onlinePaymentBalance",
        asset=AsAsset("platform_name", "payment_account_number"),
        description="What the debtor has at payment platforms; null if they are silent. 网络资金",
    )
