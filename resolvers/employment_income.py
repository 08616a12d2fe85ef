"""`Debtor.employmentIncome`."""

from connectors.employment_income import EmploymentIncomeConnector
from resolvers.as_asset import AsAsset
from resolvers.assets import Asset
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AmountBand

_INCOME = RecordGroup(
    catalogue_groups=("employmentIncome",),
    scopes=scopes_of("income:read"),
    raw=frozenset({"assets:read:raw", "income:ack"}),
)


@_INCOME.type
class EmploymentIncome(Asset):
    """Wages or a pension. 收入（工资、养老金）"""

    employer_name: str | None = shows("The employer")
    insurance_status: str | None = shows("Status in social insurance")
    contribution_base: Money | None = shows("Monthly wage that contributions are computed from")
    contribution_base_band: AmountBand | None = shows_band_of("contribution_base")
    pension_paid_by: str | None = shows("Who pays the pension")


class EmploymentIncomePart(DebtorPart):
    employment_income: list[EmploymentIncome] | None = asked_of(
        EmploymentIncomeConnector.incomes_of,
        "income:read",
        group="employmentIncome",
        asset=AsAsset("employer_name", "pension_paid_by"),
        natural_persons_only=True,
        description="Wages and pensions of a natural person; null if the bureau is silent. "
        "收入（工资、养老金）",
    )
