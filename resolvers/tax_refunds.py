"""`Debtor.exportTaxRebates`, `Debtor.vatRefunds` and `Debtor.taxProfile`."""

import strawberry

from connectors.tax_refunds import TaxRefundsConnector
from domain.identity import IdNumber
from resolvers.as_asset import AsAsset
from resolvers.assets import Encumbrance, Hold
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows, shows_band_of
from resolvers.money import Money
from resolvers.scalars import AccountNumber, AmountBand, Date, DateTime, YearMonth

_RAW = frozenset({"assets:read:raw", "tax-refunds:ack"})
_REBATE = RecordGroup(
    catalogue_groups=("exportTaxRebate",), scopes=scopes_of("tax-refunds:read"), raw=_RAW
)
_REFUND = RecordGroup(
    catalogue_groups=("vatRefund",), scopes=scopes_of("tax-refunds:read"), raw=_RAW
)
_PROFILE = RecordGroup(catalogue_groups=("taxProfile",), scopes=scopes_of("registry:read"))


class _TaxRefund:
    taxpayer_name: str | None = shows("Name of the taxpayer")
    taxpayer_id: IdNumber | None = shows("Number of the taxpayer")
    refund_type: str | None = shows("Kind of refund")
    declaration_number: str | None = shows("Number of the declaration")
    tax_period: YearMonth | None = shows("Period it is for")
    declared_amount: Money | None = shows("What was declared")
    declared_amount_band: AmountBand | None = shows_band_of("declared_amount")
    approved_amount: Money | None = shows("What was approved; null before")
    approved_amount_band: AmountBand | None = shows_band_of("approved_amount")
    paid_amount: Money | None = shows("What was paid")
    paid_amount_band: AmountBand | None = shows_band_of("paid_amount")
    refund_status: str | None = shows(
        "Where it stands; before `APPROVED` it is an expectation, which can only be watched"
    )
    expected_payment_on: Date | None = shows("Day on which it is expected to be paid")
    refund_bank_name: str | None = shows("The bank that receives it")
    refund_account_number: AccountNumber | None = shows("The account that receives it")
    account_pledged: bool | None = shows("Whether that account is pledged: the pledgee comes first")
    tax_arrears: Money | None = shows("Tax that is owed and comes first")
    tax_arrears_band: AmountBand | None = shows_band_of("tax_arrears")
    encumbrances: list[Encumbrance] | None = shows("Burdens on the asset")
    holds: list[Hold] | None = shows("Holds that stand on the asset, the waiting ones too")
    as_of: DateTime | None = shows("When the department's data were taken")
    source_record_id: strawberry.ID | None = shows(
        "The department's own record number; names the asset in an order"
    )


@_REBATE.type
class ExportTaxRebate(_TaxRefund):
    """An export tax rebate. 出口退税"""


@_REFUND.type
class VatRefund(_TaxRefund):
    """A refund of value-added tax. 返还增值税"""


@_PROFILE.type
class TaxProfile:
    """A taxpayer as the tax bureau knows it. 纳税人信息"""

    taxpayer_id: IdNumber | None = shows("Number of the taxpayer")
    taxpayer_status: str | None = shows("Status of the registration")
    competent_authority: str | None = shows("The tax bureau in charge")
    arrears: Money | None = shows("Tax that is owed")


class TaxRefundsPart(DebtorPart):
    export_tax_rebates: list[ExportTaxRebate] | None = asked_of(
        TaxRefundsConnector.export_rebates_of,
        "tax-refunds:read",
        group="exportTaxRebate",
        asset=AsAsset("refund_type", "declaration_number", account="refund_account_number"),
        description="Export tax rebates of the debtor; null if the bureau is silent. 出口退税",
    )
    vat_refunds: list[VatRefund] | None = asked_of(
        TaxRefundsConnector.vat_refunds_of,
        "tax-refunds:read",
        group="vatRefund",
        asset=AsAsset("refund_type", "declaration_number", account="refund_account_number"),
        description="Refunds of VAT to the debtor; null if the bureau is silent. 返还增值税",
    )
    tax_profiles: list[TaxProfile] | None = asked_of(
        TaxRefundsConnector.taxpayers_of,
        "registry:read",
        group="taxProfile",
        description="The debtor's registrations as a taxpayer; null if the bureau is silent. "
        "纳税人信息",
    )
