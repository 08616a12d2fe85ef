"""`Debtor.insurance`."""

from connectors.insurance import InsuranceConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AmountBand, RelationCode

_POLICY = RecordGroup(
    catalogue_groups=("insuranceCashValue",),
    scopes=scopes_of("insurance:read"),
    raw=frozenset({"assets:read:raw", "insurance:ack"}),
)


@_POLICY.type
class InsurancePolicy(Asset):
    """A policy with a cash value. 保险产品"""

    insurer_name: str | None = shows("The insurer")
    policy_number: str | None = shows("Number of the policy")
    product_name: str | None = shows("Product")
    cash_value: Money | None = shows("Cash value of the day")
    cash_value_band: AmountBand | None = shows_band_of("cash_value")
    insured_relation: RelationCode | None = shows("What the insured is to the policy holder")


class InsurancePart(DebtorPart):
    insurance: list[InsurancePolicy] | None = asked_of(
        InsuranceConnector.policies_of,
        "insurance:read",
        group="insuranceCashValue",
        asset=AsAsset("insurer_name", "product_name"),
        description="Policies of the debtor with a cash value; null if the insurers are silent. "
        "保险产品现金价值",
    )
