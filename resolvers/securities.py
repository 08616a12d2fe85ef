"""`Debtor.securities`."""

from connectors.securities import SecuritiesConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, Date, Long, SecurityCode

_SECURITIES = RecordGroup(
    catalogue_groups=("securities",),
    scopes=scopes_of("securities:read"),
    raw=frozenset({"assets:read:raw", "securities:ack"}),
)


@_SECURITIES.type
class SecurityHolding(Asset):
    """A holding of listed shares, bonds or fund units. 证券"""

    unified_account_number: AccountNumber | None = shows("Unified account number")
    securities_account_number: AccountNumber | None = shows("Securities account number")
    market: str | None = shows("Market")
    security_code: SecurityCode | None = shows("Code of the security")
    security_name: str | None = shows("Short name of the security")
    share_nature: str | None = shows("Nature of the shares")
    quantity: Long | None = shows("Shares held")
    quantity_band: AmountBand | None = shows_band_of("quantity")
    available_quantity: Long | None = shows("Shares that nothing binds")
    available_quantity_band: AmountBand | None = shows_band_of("available_quantity")
    pledged_quantity: Long | None = shows("Shares under pledge")
    frozen_quantity: Long | None = shows("Shares under judicial freeze")
    custodian_broker: str | None = shows("Broker in custody")
    market_value: Money | None = shows("Market value on `priceAsOf`")
    market_value_band: AmountBand | None = shows_band_of("market_value")
    price_as_of: Date | None = shows("Day of the price")


class SecuritiesPart(DebtorPart):
    securities: list[SecurityHolding] | None = asked_of(
        SecuritiesConnector.holdings_of,
        "securities:read",
        group="securities",
        asset=AsAsset("security_name", "security_code"),
        description="The debtor's holdings, most valuable first; null if the depository is "
        "silent. 证券",
    )
